"""Uploads, the core of tus 1.0 with creation, termination and expiration.

And one `PUT` for curl.
"""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from starlette.requests import ClientDisconnect

from livecam.core.errors import LivecamError
from livecam.studio.context import Studio
from livecam.studio.media import Media, label_of
from livecam.studio.models import Link, MediaBody, UploadBody, UploadWish
from livecam.studio.needs import OPERATE, Here
from livecam.studio.problem import Problem
from livecam.studio.uploads import Upload

router = APIRouter(prefix="/uploads", tags=["uploads"], dependencies=OPERATE)
TUS: Final = "1.0.0"
_PLACE: Final = "/api/v1/uploads"
_RAW: Final = {"requestBody": {"content": {"application/offset+octet-stream": {"schema": {"format": "binary"}}}}}
_ANY: Final = {"requestBody": {"content": {"application/octet-stream": {"schema": {"format": "binary"}}}}}
_MOST_METADATA: Final = 4096


def _shown(here: Studio, upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.label,
        "length": upload.length,
        "offset": here.uploads.offset(upload),
        "links": Link(self=f"{_PLACE}/{upload.id}"),
    }


def _headers(here: Studio, upload: Upload) -> dict[str, str]:
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(here.uploads.offset(upload)),
        "Upload-Length": str(upload.length),
        "Location": f"{_PLACE}/{upload.id}",
    }


@router.post("", response_model=UploadBody, status_code=201)
async def create(
    here: Here,
    response: Response,
    wish: UploadWish | None = None,
    upload_length: Annotated[int | None, Header(ge=0, le=2**53)] = None,
    upload_metadata: Annotated[str | None, Header(max_length=_MOST_METADATA)] = None,
) -> Any:
    """Announce a file, by a JSON body or by the headers of tus."""
    if wish is None and upload_length is None:
        raise Problem(
            422, "wrong-value", "how long the file is, is not said", "send length, or the header Upload-Length"
        )
    length = wish.length if wish is not None else upload_length or 0
    upload = here.uploads.create(length, label_of(wish.name if wish is not None else _name_in(upload_metadata)))
    response.headers.update(_headers(here, upload))
    return _shown(here, upload)


def _name_in(metadata: str | None) -> str:
    """Return the file's name in tus metadata: pairs of a key and base64."""
    for pair in (metadata or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                return "unnamed"
    return "unnamed"


@router.get("/{upload_id}", response_model=UploadBody)
async def show(upload_id: str, here: Here, response: Response) -> Any:
    """Return how much has come."""
    upload = here.uploads.get(upload_id)
    response.headers.update(_headers(here, upload))
    return _shown(here, upload)


@router.head("/{upload_id}", status_code=204)
async def offset(upload_id: str, here: Here) -> Response:
    """Return how much has come, in the headers of tus."""
    return Response(status_code=204, headers=_headers(here, here.uploads.get(upload_id)))


@router.patch("/{upload_id}", status_code=204, openapi_extra=_RAW)
async def append(
    upload_id: str, here: Here, request: Request, upload_offset: Annotated[int, Header(ge=0, le=2**53)]
) -> Response:
    """Add bytes at an offset; what came before a line broke stays."""
    upload = here.uploads.get(upload_id)
    await here.uploads.append(upload, upload_offset, _pieces(request))
    return Response(status_code=204, headers=_headers(here, upload))


@router.put("/{upload_id}", response_model=MediaBody, status_code=201, openapi_extra=_ANY)
async def whole(upload_id: str, here: Here, request: Request) -> Any:
    """Send the rest in one request and finish, for curl."""
    upload = here.uploads.get(upload_id)
    await here.uploads.append(upload, here.uploads.offset(upload), _pieces(request))
    return await _finish(here, upload)


@router.post("/{upload_id}/finish", response_model=MediaBody, status_code=201)
async def finish(upload_id: str, here: Here) -> Any:
    """Take the whole file in.

    It is looked at in a closed process, and refused unless it is of a kind that is read.
    """
    return await _finish(here, here.uploads.get(upload_id))


@router.delete("/{upload_id}", status_code=204)
async def remove(upload_id: str, here: Here) -> None:
    """Forget an upload and what came of it."""
    here.uploads.remove(here.uploads.get(upload_id))


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        return


async def _finish(here: Studio, upload: Upload) -> Media:
    path, sha256 = await here.uploads.finished(upload)
    try:
        found = await here.helper.ask("probe", path=str(path), name=upload.label)
    except LivecamError as error:
        here.uploads.remove(upload)
        raise Problem(415, "unreadable-media", str(error), error.help_text, error.exit_code) from error
    thumb = base64.b64decode(found["thumb"])
    media = here.media.keep(path, Media(upload.id, upload.label, "upload", None, upload.length, sha256), thumb)
    here.uploads.remove(upload)
    media = here.media.describe(media, found, thumb)
    here.forget("media", media.id, "added")
    return media
