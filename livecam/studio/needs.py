"""What routes ask for: the studio, and a grant of the token."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Request, WebSocket

from livecam.studio.access import Grant
from livecam.studio.context import Studio
from livecam.studio.problem import Problem


def studio_of(request: Request) -> Studio:
    """Return the studio that a request came to."""
    studio: Studio = request.app.state.studio
    return studio


def needs(grant: Grant) -> Callable[[Request], None]:
    """Return a dependency that refuses who has not this grant."""

    def check(request: Request) -> None:
        refuse_without(grant, request.scope["state"]["grants"])

    return check


Here = Annotated[Studio, Depends(studio_of)]
"""The parameter of a route that is the studio."""
VIEW: Final = [Depends(needs(Grant.VIEW))]
OPERATE: Final = [Depends(needs(Grant.OPERATE))]
PERSONAS: Final = [Depends(needs(Grant.PERSONAS))]
"""What a route or a router asks of the token."""


def refuse_without(grant: Grant, grants: frozenset[Grant]) -> None:
    """Refuse who has not this grant.

    Raises:
        Problem: It is missing.
    """
    if grant not in grants:
        raise Problem(403, "grant-missing", f"this token does not allow to {grant}", "use another token")


def socket_studio(socket: WebSocket, grant: Grant) -> Studio | None:
    """Return the studio that a WebSocket came to; None where the grant is missing."""
    studio: Studio = socket.app.state.studio
    return studio if grant in socket.scope["state"]["grants"] else None
