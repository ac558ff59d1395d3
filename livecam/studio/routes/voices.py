"""Voices: list, show, add with a person's statement, revoke, remove."""

from typing import Any

from fastapi import APIRouter

from livecam.studio.models import Entry, Gone, NewVoice, VoiceBody
from livecam.studio.needs import PERSONAS, VIEW, Here

router = APIRouter(prefix="/voices", tags=["voices"])


@router.get("", response_model=list[Entry], dependencies=VIEW)
async def voices(here: Here) -> Any:
    """Return the user's voices, then the built-in ones."""
    return await here.cached_answer("voices")


@router.post("", response_model=VoiceBody, status_code=201, dependencies=PERSONAS)
async def add(wish: NewVoice, here: Here) -> Any:
    """Learn a voice from uploaded recordings.

    Without the statement of a person there is none.
    """
    recordings = [here.media.get(each) for each in wish.media]
    made = await here.helper.ask(
        "voice-add",
        paths=[str(here.media.content(each)) for each in recordings],
        file_name=recordings[0].label,
        name=wish.name,
        consent=wish.consent,
        statement=wish.statement,
        agreed_again=wish.agreed_again,
    )
    here.forget("voice", made["name"], "added")
    return made


@router.get("/{name}", response_model=VoiceBody, dependencies=VIEW)
async def voice(name: str, here: Here) -> Any:
    """Return one voice."""
    return await here.helper.ask("voice", name=name)


@router.post("/{name}/revoke", response_model=Gone, dependencies=PERSONAS)
async def revoke(name: str, here: Here) -> Any:
    """Take the yes back: the voice is deleted.

    Not learned again without a new yes.
    """
    gone = await here.helper.ask("voice-revoke", name=name)
    here.forget("voice", name, "revoked")
    return gone


@router.delete("/{name}", response_model=Gone, dependencies=PERSONAS)
async def remove(name: str, here: Here) -> Any:
    """Delete a voice; its recordings may be used again."""
    gone = await here.helper.ask("voice-remove", name=name)
    here.forget("voice", name, "removed")
    return gone
