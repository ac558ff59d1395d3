"""Personas: list, show, add with a statement, renew, revoke, remove, export."""

import base64
from typing import Any

from fastapi import APIRouter, Response

from livecam.studio.models import (
    CarriedPersona,
    Entry,
    Gone,
    NewPersona,
    Passphrase,
    PersonaBody,
    PhotoCheck,
    PhotoVerdict,
    Stated,
    SynthPersona,
)
from livecam.studio.needs import OPERATE, PERSONAS, VIEW, Here

router = APIRouter(prefix="/personas", tags=["personas"])


@router.get("", response_model=list[Entry], dependencies=VIEW)
async def personas(here: Here) -> Any:
    """Return the user's personas, then the built-in ones."""
    return await here.cached_answer("personas")


@router.post("", response_model=PersonaBody, status_code=201, dependencies=PERSONAS)
async def add(wish: NewPersona, here: Here) -> Any:
    """Make a persona of an uploaded photo.

    Without the statement of a person there is none.
    """
    photo = here.media.get(wish.media)
    made = await here.helper.ask(
        "persona-add",
        path=str(here.media.content(photo)),
        file_name=photo.label,
        name=wish.name,
        consent=wish.consent,
        statement=wish.statement,
        agreed_again=wish.agreed_again,
    )
    here.forget("persona", made["name"], "added")
    return made


@router.post("/import", response_model=PersonaBody, status_code=201, dependencies=[*PERSONAS, *OPERATE])
async def take_in(wish: CarriedPersona, here: Here) -> Any:
    """Take in a persona that was exported, from a whole upload that is not finished.

    Who does so makes its statement again. The upload is forgotten once the persona is here.
    """
    upload = here.uploads.get(wish.upload)
    path, _ = await here.uploads.finished(upload)
    made = await here.helper.ask(
        "persona-import",
        path=str(path),
        file_name=upload.label,
        passphrase=wish.passphrase,
        name=wish.name,
        consent=wish.consent,
        statement=wish.statement,
    )
    here.uploads.remove(upload)
    here.forget("persona", made["name"], "added")
    return made


@router.post("/check", response_model=PhotoVerdict, dependencies=PERSONAS)
async def check(wish: PhotoCheck, here: Here) -> Any:
    """Return whether an uploaded photo serves; nothing is kept."""
    photo = here.media.get(wish.media)
    return await here.helper.ask("persona-check", path=str(here.media.content(photo)), file_name=photo.label)


@router.post("/synth", response_model=PersonaBody, status_code=201, dependencies=PERSONAS)
async def synth(wish: SynthPersona, here: Here) -> Any:
    """Make a new face that belongs to no one."""
    made = await here.helper.ask("persona-synth", seed=wish.seed, name=wish.name)
    here.forget("persona", made["name"], "added")
    return made


@router.get("/{name}", response_model=PersonaBody, dependencies=VIEW)
async def persona(name: str, here: Here) -> Any:
    """Return one persona with its consent record."""
    return await here.helper.ask("persona", name=name)


@router.get(
    "/{name}/picture", response_class=Response, dependencies=VIEW, responses={200: {"content": {"image/jpeg": {}}}}
)
async def picture(name: str, here: Here) -> Response:
    """Return the persona's photo, small; one that may not be used has none."""
    jpeg = await here.cached_answer("persona-picture", name=name)
    return Response(base64.b64decode(jpeg), media_type="image/jpeg")


@router.post("/{name}/renew", response_model=PersonaBody, dependencies=PERSONAS)
async def renew(name: str, wish: Stated, here: Here) -> Any:
    """Answer the question of consent again; it holds for another twelve months."""
    made = await here.helper.ask("persona-renew", name=name, consent=wish.consent, statement=wish.statement)
    here.forget("persona", name, "renewed")
    return made


@router.post("/{name}/revoke", response_model=Gone, dependencies=PERSONAS)
async def revoke(name: str, here: Here) -> Any:
    """Take the yes back: the persona is deleted.

    Its photo is not taken in again without a new yes.
    """
    gone = await here.helper.ask("persona-revoke", name=name)
    here.forget("persona", name, "revoked")
    return gone


@router.delete("/{name}", response_model=Gone, dependencies=PERSONAS)
async def remove(name: str, here: Here) -> Any:
    """Delete a persona; its photo may be added again."""
    gone = await here.helper.ask("persona-remove", name=name)
    here.forget("persona", name, "removed")
    return gone


@router.post(
    "/{name}/export",
    response_class=Response,
    dependencies=PERSONAS,
    responses={200: {"content": {"application/age": {}}}},
)
async def export(name: str, wish: Passphrase, here: Here) -> Response:
    """Return the persona in one file that the passphrase opens."""
    data = await here.helper.ask("persona-export", name=name, passphrase=wish.passphrase)
    headers = {"Content-Disposition": 'attachment; filename="persona.age"'}
    return Response(base64.b64decode(data), media_type="application/age", headers=headers)
