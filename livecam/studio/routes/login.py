"""Login by the start token, tokens for programs, and that the studio runs."""

from fastapi import APIRouter, Request, Response

from livecam.studio.models import Granted, Health, Login, Token, TokenWish
from livecam.studio.needs import OPERATE, Here
from livecam.studio.problem import Problem

router = APIRouter(tags=["access"])


@router.get("/health")
async def health() -> Health:
    """Say that the studio runs; needs no token."""
    return Health(ok=True)


@router.post("/login")
async def login(wish: Login, here: Here, request: Request, response: Response) -> Granted:
    """Exchange the start token for a cookie; needs no token."""
    grants = here.access.grants(wish.token)
    if grants is None:
        raise Problem(401, "unauthenticated", "this token is not known", "open the address livecam studio printed")
    cookie = here.access.issue(grants)
    secure = request.url.scheme == "https"
    response.set_cookie(here.access.cookie, cookie, httponly=True, samesite="strict", secure=secure, path="/")
    return Granted(grants=sorted(grants))


@router.get("/login")
async def who(request: Request) -> Granted:
    """Return what this cookie or token allows; nothing without one."""
    return Granted(grants=sorted(request.scope["state"]["grants"]))


@router.delete("/login", status_code=204)
async def logout(here: Here, request: Request, response: Response) -> None:
    """Make the cookie or token worthless."""
    token = request.scope["state"]["token"]
    if token is not None:
        here.access.forget(token)
    response.delete_cookie(here.access.cookie, path="/")


@router.post("/tokens", status_code=201, dependencies=OPERATE)
async def issue(wish: TokenWish, here: Here, request: Request) -> Token:
    """Make a token for a program, with no more grants than one has."""
    missing = set(wish.grants) - request.scope["state"]["grants"]
    if missing:
        raise Problem(
            403, "grant-missing", f"this token does not allow to {', '.join(sorted(missing))}", "ask for less"
        )
    return Token(token=here.access.issue(wish.grants), grants=sorted(set(wish.grants)))
