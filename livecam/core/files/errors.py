"""What the system says about files, in words a person can act on: another name is wrong use, all else the place."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from livecam.core.errors import LivecamError, OutputError, UsageError, remedy

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_WRONG_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.ELOOP)
_CANNOT: Final = "cannot be written"
_ELSEWHERE: Final = "the same command again, with its output elsewhere"


def cannot_write(path: Path, error: Exception, said: str = _CANNOT) -> LivecamError:
    """What a person should read when `path` could not be written: a wrong name is wrong use, all else the place."""
    if isinstance(error, OSError):
        code, why = error.errno, error.strerror or str(error)
    else:
        code, why = errno.EILSEQ, "the name holds what this system's file names cannot hold"
    kind = UsageError if _is_of_the_name(error) else OutputError
    return kind(f"{path} {said}: {why}", **remedy(hint_of(code, path)))


def _is_of_the_name(error: Exception) -> bool:
    """Whether another name would do; an invalid argument can be anything where no name is with it."""
    if not isinstance(error, OSError):
        return True
    return error.errno in _WRONG_NAME and (error.errno != errno.EINVAL or error.filename is not None)


def hint_of(code: int | None, path: Path) -> str:
    """What helps after an error of the system about a path."""
    if code in _FULL:
        return f"free some space, or choose another place than {path.parent}"
    if code in _FORBIDDEN:
        return f"choose a folder you may write to, instead of {path.parent}"
    if code == errno.ENAMETOOLONG:
        return "choose a shorter name"
    if code in _WRONG_NAME:
        return "choose another name"
    if code == errno.ENOENT and not path.parent.is_dir():
        return f"mkdir -p {path.parent}"
    if code == errno.ENOENT:
        return f"choose a folder that takes files, instead of {path.parent}"
    return "choose another place"


def name_it(path: Path, suffix: str) -> str:
    """The hint for a file of another ending; "." and "/" have no name that could get one."""
    return f"name it {path.with_suffix(suffix) if path.name else path / f'talk{suffix}'}"


@contextmanager
def naming() -> Iterator[None]:
    """Names that are looked up: one that is no name on this system becomes two lines.

    Raises:
        UsageError: The name is too long, or holds what names cannot hold.
    """
    try:
        yield
    except OSError as error:
        if not _is_of_the_name(error):
            raise
        raise unusable(error) from error
    except (UnicodeError, ValueError) as error:
        if not isinstance(error, UnicodeError) and "null" not in str(error):
            raise
        raise unusable(error) from error


def unusable(error: Exception) -> LivecamError:
    """What a person should read after an error of the system that nobody nearer to it had words for."""
    if isinstance(error, UnicodeError) or not isinstance(error, OSError):
        return UsageError("a name holds what names cannot hold on this system", advice="use another name")
    why = error.strerror or str(error)
    if not isinstance(error.filename, str | bytes):
        return OutputError(f"what was to be written or printed is lost: {why}", advice=_ELSEWHERE)
    place = os.fsdecode(error.filename)
    kind = UsageError if _is_of_the_name(error) else OutputError
    return kind(f"{place} cannot be used: {why}", **remedy(hint_of(error.errno, Path(place))))


@contextmanager
def writing(path: Path, said: str = _CANNOT) -> Iterator[None]:
    """What the system says while `path` is written becomes two lines.

    Raises:
        UsageError: The name is too long, or none.
        OutputError: The place is full, read-only, gone, or somebody else's.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise cannot_write(path, error, said) from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise cannot_write(path, error, said) from error
