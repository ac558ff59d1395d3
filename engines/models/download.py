"""Fetch a file of many megabytes.

Go on where it was cut off, never take more than was said, never half a file.
"""

import os
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from engines.store.catalogue import is_safe
from livecam.core.digits import read_count
from livecam.core.errors import EngineError
from livecam.core.files.errors import reason_of, write_error

_CHUNK_BYTES = 1 << 18
_WAIT_S = 30.0
_NOT_SATISFIABLE = 416
_PARTIAL = 206


class Progress(Protocol):
    """Receives the progress of a download."""

    def __call__(self, done_bytes: int, all_bytes: int) -> None:
        """Report the bytes received and the bytes in all; 0 in all: unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken.

    Attributes:
        exactly_bytes: The size it must have; 0 when it is not stated.
        most_bytes: Where to stop at the latest.
        resume: Whether bytes that came before count. Only where a hash judges the whole.
    """

    most_bytes: int
    exactly_bytes: int = 0
    resume: bool = True


def download(url: str, part: Path, limits: Limits, tell: Progress) -> None:
    """Fetch `url` into `part`, after what is there already.

    Raises:
        EngineError: The server says no, is not reached, stops in the middle (what came stays), or sends too much.
        OutputError: `part` cannot be written.
    """
    have = part.stat().st_size if limits.resume and part.is_file() else 0
    if limits.exactly_bytes and have == limits.exactly_bytes:
        return
    try:
        answer = _open(url, have)
        if answer is None:
            part.unlink(missing_ok=True)
            answer, have = _open(url, 0), 0
        with answer:
            _take(answer, part, have, limits, tell)
    except HTTPError as error:
        raise EngineError(f"{url} answers {error.code} {error.reason}", command="livecam models list") from error
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None)
        why = reason_of(reason if isinstance(reason, OSError) else error)
        raise EngineError(f"{url} was not reached: {why}", advice="the same command again: it continues") from error
    except OSError as error:
        raise write_error(part, error) from error


class _SafeRedirects(HTTPRedirectHandler):
    """Refuses a redirect to an address without encryption."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        if not is_safe(newurl):
            raise EngineError(f"{req.full_url} sends on to {newurl}, which is not https", command="livecam models list")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str, begin: int) -> Any:
    """Return the answer from a byte on; None when there is nothing from there on."""
    request = Request(url, headers={"User-Agent": "livecam"} | ({"Range": f"bytes={begin}-"} if begin else {}))
    try:
        return build_opener(_SafeRedirects()).open(request, timeout=_WAIT_S)
    except HTTPError as error:
        if begin and error.code == _NOT_SATISFIABLE:
            return None
        raise


def _take(answer: Any, part: Path, have: int, limits: Limits, tell: Progress) -> None:
    if answer.status != _PARTIAL or _begin_of(answer) != have:
        if answer.status == _PARTIAL:
            raise EngineError(f"{answer.url} sent another part than was asked for", advice=f"delete {part}")
        have = 0
    length = answer.headers.get("Content-Length")
    whole = limits.exactly_bytes or (have + int(length) if length else 0)
    most = limits.exactly_bytes or limits.most_bytes
    if whole > most or (length and have + int(length) > most):
        _too_large(answer.url, have + int(length or 0), most)
    with part.open("ab" if have else "wb") as file:
        while chunk := answer.read(_CHUNK_BYTES):
            have += len(chunk)
            if have > most:
                _too_large(answer.url, have, most)
            file.write(chunk)
            tell(have, whole)
        file.flush()
        os.fsync(file.fileno())
    if have < whole:
        raise EngineError(
            f"{answer.url} stopped at {have} of {whole} bytes", advice="the same command again: it continues"
        )


def _begin_of(answer: Any) -> int:
    """Return where a part begins, from `Content-Range: bytes 5-9/10`.

    -1 when it does not say.
    """
    word = str(answer.headers.get("Content-Range", "")).removeprefix("bytes ").partition("-")[0]
    begin = read_count(word)
    return -1 if begin is None else begin


def _too_large(url: str, size: int, most: int) -> None:
    raise EngineError(f"{url} sends {size} bytes or more where {most} are the most", command="livecam models list")
