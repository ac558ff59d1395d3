"""The live session: start, change, stop, look."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from livecam.studio.context import Studio
from livecam.studio.models import LiveBody, LiveWish
from livecam.studio.needs import OPERATE, VIEW, Here
from livecam.studio.preview_hub import snapshot
from livecam.studio.problem import Problem, conflict, not_found
from livecam.studio.session.live import LiveState

router = APIRouter(prefix="/live", tags=["live"])
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=40)]


def _body(here: Studio, response: Response, restarted: bool = False) -> Mapping[str, Any]:
    now = here.live.now
    response.headers["ETag"] = f'"{now.version}"'
    return {
        "state": str(now.state),
        "settings": now.settings,
        "controls": now.controls,
        "figures": now.figures,
        "facts": now.facts,
        "failed": now.failed,
        "restarted": restarted,
    }


def _check(here: Studio, if_match: str | None) -> None:
    if if_match is not None and if_match != f'"{here.live.now.version}"':
        raise Problem(412, "conflict", "the session has changed since", "GET /api/v1/live, then try again")


@router.get("", response_model=LiveBody, dependencies=VIEW)
async def live(here: Here, response: Response) -> Any:
    """Return the session as it is."""
    return _body(here, response)


@router.put("", response_model=LiveBody, status_code=202, dependencies=OPERATE)
async def start(wish: LiveWish, here: Here, response: Response, if_match: IfMatch = None) -> Any:
    """Start a session with these settings; one that runs ends first."""
    _check(here, if_match)
    await here.live.start(wish.settings)
    return _body(here, response)


@router.patch("", response_model=LiveBody, dependencies=OPERATE)
async def change(wish: LiveWish, here: Here, response: Response, if_match: IfMatch = None) -> Any:
    """Change persona, strength, mode, mirror.

    Freeze or record between two pictures; anything else starts it again.
    """
    _check(here, if_match)
    return _body(here, response, await here.live.change(wish.settings))


@router.delete("", response_model=LiveBody, dependencies=OPERATE)
async def stop(here: Here, response: Response) -> Any:
    """End the session; what it wrote is finished and signed."""
    await here.live.stop()
    return _body(here, response)


@router.get(
    "/snapshot.jpg", response_class=Response, dependencies=VIEW, responses={200: {"content": {"image/jpeg": {}}}}
)
async def one_picture(here: Here) -> Response:
    """Return the newest picture that went out, marked, 640 pixels wide at most."""
    if here.live.now.state is not LiveState.RUNNING:
        raise conflict("no session runs", "PUT /api/v1/live")
    jpeg = await snapshot(here.preview)
    if not jpeg:
        raise not_found("no picture came", "try again")
    return Response(jpeg, media_type="image/jpeg")
