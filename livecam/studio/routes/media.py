"""Media: uploads, results and recordings, by the server's own names."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from livecam.studio.models import MediaBody
from livecam.studio.needs import OPERATE, VIEW, Here
from livecam.studio.problem import not_found

router = APIRouter(prefix="/media", tags=["media"])
_TYPES: Final = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
_BINARY: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/octet-stream": {}}}}


@router.get("", response_model=list[MediaBody], dependencies=VIEW)
async def media(here: Here) -> Any:
    """Return all, newest first."""
    return here.media.list()


@router.get("/{media_id}", response_model=MediaBody, dependencies=VIEW)
async def one(media_id: str, here: Here) -> Any:
    """Return what is known of a file."""
    return here.media.get(media_id)


@router.get(
    "/{media_id}/content",
    response_class=FileResponse,
    dependencies=VIEW,
    responses={**_BINARY, 206: {"description": "A part of it."}, 304: {"description": "It is the same."}},
)
async def content(media_id: str, here: Here, request: Request, download: bool = False) -> Response:
    """Return the file itself; Range and If-None-Match are honoured."""
    found = here.media.get(media_id)
    tag = f'"{found.sha256}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    ending = "." + found.label.rpartition(".")[2].lower()
    how = "attachment" if download or ending not in _TYPES else "inline"
    headers = {
        "ETag": tag,
        "Content-Disposition": f"{how}; filename*=utf-8''{quote(found.label, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-cache",
    }
    kind = _TYPES.get(ending, "application/octet-stream")
    return FileResponse(here.media.content(found), media_type=kind, headers=headers)


@router.get(
    "/{media_id}/thumb", response_class=Response, dependencies=VIEW, responses={200: {"content": {"image/jpeg": {}}}}
)
async def thumb(media_id: str, here: Here) -> Response:
    """Return a small picture of it."""
    path = here.media.thumb(here.media.get(media_id))
    if path is None:
        raise not_found("it has no picture", "GET /api/v1/media names its kind")
    return Response(path.read_bytes(), media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.delete("/{media_id}", status_code=204, dependencies=OPERATE)
async def remove(media_id: str, here: Here) -> None:
    """Delete a file; a job that reads it fails."""
    here.media.remove(here.media.get(media_id))
    here.forget("media", media_id, "removed")
