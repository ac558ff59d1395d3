"""Jobs: accepted at once, done later; and verification, which is one of them."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse

from livecam.core.errors import UsageError
from livecam.jobs.job import Job, State
from livecam.jobs.kinds import PREVIEW, check_request, kind_named
from livecam.jobs.runner import cancel as cancel_job
from livecam.jobs.runner import finish as finish_job
from livecam.jobs.runner import remove as remove_job
from livecam.jobs.runner import retry as retry_job
from livecam.studio.access import Grant
from livecam.studio.context import Studio
from livecam.studio.media import ID, result_id
from livecam.studio.models import JobBody, JobList, Link, NewJob, PhotoCheck, QueueBody
from livecam.studio.needs import OPERATE, VIEW, Here, refuse_without
from livecam.studio.problem import conflict, not_found
from livecam.studio.session.orders import check_job

router = APIRouter(tags=["jobs"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


def shown(job: Job) -> dict[str, Any]:
    """Return a job without the server's paths."""
    result = dict(job.result or {})
    files, verdict = result.pop("files", []), result.pop("verdict", None)
    assert isinstance(files, list)
    return {
        "id": job.id,
        "kind": job.kind,
        "inputs": [Path(path).name for path in job.inputs],
        "media": [name for path in job.inputs if ID.fullmatch(name := Path(path).parent.name)],
        "settings": dict(job.settings),
        "state": str(job.state),
        "progress": job.progress,
        "attempts": job.attempts,
        "results": [result_id(job.id, name) for name in files],
        "verdict": verdict,
        "result": result if job.result is not None else None,
        "failure": job.failure,
        "created_at": job.created_at,
        "changed_at": job.changed_at,
        "links": Link(self=f"/api/v1/jobs/{job.id}"),
    }


def found(here: Studio, job_id: str) -> Job:
    """Return the job of that ID.

    Raises:
        Problem: There is none.
    """
    try:
        return here.jobs.get(job_id)
    except UsageError as error:
        raise not_found(f"there is no job {job_id[:40]}", "GET /api/v1/jobs") from error


def queue(here: Studio) -> str:
    """Return how the queue is."""
    return "elsewhere" if here.queue_trouble else "paused" if here.paused else "runs"


@router.post("/jobs", response_model=JobBody, status_code=202, dependencies=OPERATE)
def add(wish: NewJob, here: Here, request: Request, response: Response, idempotency_key: Key = None) -> Any:
    """Queue work. The same Idempotency-Key gives the same job."""
    inputs = [str(here.media.named(here.media.get(each))) for each in wish.media]
    if not inputs and wish.kind == "replay":
        inputs = ["sample"]
    check_request(wish.kind, inputs, wish.settings)
    if kind_named(wish.kind).states:
        refuse_without(Grant.PERSONAS, request.scope["state"]["grants"])
    check_job(wish.settings)
    job, _ = here.jobs.add(wish.kind, inputs, wish.settings, idempotency_key)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return shown(job)


@router.post("/verify", response_model=JobBody, status_code=202, dependencies=OPERATE)
def verify(wish: PhotoCheck, here: Here, response: Response) -> Any:
    """Look for every mark in a file; the verdict is in the job."""
    job, _ = here.jobs.add("verify", [str(here.media.named(here.media.get(wish.media)))], {})
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return shown(job)


@router.get("/jobs", response_model=JobList, dependencies=VIEW)
def jobs(
    here: Here,
    state: State | None = None,
    after: Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")] = None,
    at_most: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """Return jobs, newest first."""
    return {"jobs": [shown(job) for job in here.jobs.list(state, after, at_most)], "queue": queue(here)}


@router.get("/jobs/{job_id}", response_model=JobBody, dependencies=VIEW)
def one(job_id: str, here: Here) -> Any:
    """Return a job: state, progress, result."""
    return shown(found(here, job_id))


@router.post("/jobs/{job_id}/cancel", response_model=JobBody, dependencies=OPERATE)
def cancel(job_id: str, here: Here) -> Any:
    """End a job that waits or runs; what it wrote is removed."""
    return shown(cancel_job(here.jobs, found(here, job_id)))


@router.post("/jobs/{job_id}/finish", response_model=JobBody, dependencies=OPERATE)
def finish(job_id: str, here: Here) -> Any:
    """Ask a job that trains to end now and keep the best that it has."""
    return shown(finish_job(here.jobs, found(here, job_id)))


@router.post("/jobs/{job_id}/retry", response_model=JobBody, dependencies=OPERATE)
def retry(job_id: str, here: Here) -> Any:
    """Queue a job again that failed or was cancelled."""
    return shown(retry_job(here.jobs, found(here, job_id)))


@router.get(
    "/jobs/{job_id}/result",
    response_class=RedirectResponse,
    status_code=303,
    dependencies=VIEW,
)
def result(job_id: str, here: Here) -> Response:
    """Return where the first file of the result is."""
    ids = shown(found(here, job_id))["results"]
    if not ids:
        raise conflict("the job has no result", "GET it until it is done")
    return RedirectResponse(f"/api/v1/media/{ids[0]}/content", 303)


@router.get(
    "/jobs/{job_id}/preview",
    response_class=Response,
    dependencies=VIEW,
    responses={200: {"content": {"image/png": {}}}},
)
def preview(job_id: str, here: Here) -> Response:
    """Return the newest picture of what a training draws, marked."""
    try:
        png = (here.jobs.folder_of(found(here, job_id)) / PREVIEW).read_bytes()
    except OSError as error:
        raise not_found("the job has no picture yet", "GET the job until it tells progress") from error
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.delete("/jobs/{job_id}", status_code=204, dependencies=OPERATE)
def remove(job_id: str, here: Here) -> None:
    """Forget a job that has ended; its results stay in the library."""
    job = found(here, job_id)
    if not remove_job(here.jobs, job):
        raise conflict(f"the job is {job.state}", "cancel it first")


@router.post("/queue/pause", response_model=QueueBody, dependencies=OPERATE)
def pause(here: Here) -> Any:
    """Begin no further job; the one that runs goes on."""
    here.paused = True
    return {"queue": queue(here)}


@router.post("/queue/resume", response_model=QueueBody, dependencies=OPERATE)
def resume(here: Here) -> Any:
    """Begin jobs again."""
    here.paused = False
    return {"queue": queue(here)}
