"""Training: list, enrol with a person's statement, revoke, remove.

A training itself is a job of the kind `train`.
"""

from typing import Any, Final

from fastapi import APIRouter, Response

from livecam.studio.models import Gone, JobBody, NewTraining, TrainedBody
from livecam.studio.needs import OPERATE, PERSONAS, VIEW, Here
from livecam.studio.routes.jobs import shown

router = APIRouter(prefix="/training", tags=["training"])
_ENROL: Final = "enrol"


@router.get("", response_model=list[TrainedBody], dependencies=VIEW)
async def training(here: Here) -> Any:
    """Return every enrolment and every trained model."""
    return await here.helper.ask("training")


@router.post("", response_model=JobBody, status_code=202, dependencies=[*PERSONAS, *OPERATE])
async def enrol(wish: NewTraining, here: Here, response: Response) -> Any:
    """Queue the enrolment of uploaded clips.

    Without the statement of a person there is none.
    """
    clips = [here.media.get(each) for each in wish.media]
    consent = await here.helper.ask(
        "training-check", file_name=clips[0].label, name=wish.name, consent=wish.consent, statement=wish.statement
    )
    settings = {"name": wish.name, "consent": consent, "statement": wish.statement or ""}
    job, _ = here.jobs.add(_ENROL, [str(here.media.named(each)) for each in clips], settings)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return shown(job)


@router.post("/{name}/revoke", response_model=Gone, dependencies=PERSONAS)
async def revoke(name: str, here: Here) -> Any:
    """Take the yes to train back: pictures and models are deleted.

    The same clips are not enrolled again.
    """
    gone = await here.helper.ask("training-revoke", name=name)
    here.forget("training", name, "revoked")
    return gone


@router.delete("/{name}", response_model=Gone, dependencies=PERSONAS)
async def remove(name: str, here: Here) -> Any:
    """Delete pictures and model of a name; its clips may be enrolled again."""
    gone = await here.helper.ask("training-remove", name=name)
    here.forget("training", name, "removed")
    return gone
