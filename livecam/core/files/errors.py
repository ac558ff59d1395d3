"""Turn the system's file errors into messages that a user can act on.

A wrong name is wrong usage; every other error is about the place.
"""

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
_ELSEWHERE: Final = "run the same command again, with its output elsewhere"


def reason_of(error: BaseException) -> str:
    """Return why something failed, without the number and path of the system."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def write_error(path: Path, error: Exception, said: str = _CANNOT) -> LivecamError:
    """Return the error of a `path` that could not be written.

    A wrong name is wrong usage; every other error is about the place.
    """
    if isinstance(error, OSError):
        code, why = error.errno, error.strerror or str(error)
    else:
        code, why = errno.EILSEQ, "the name holds what this system's file names cannot hold"
    kind = UsageError if _is_name_error(error) else OutputError
    return kind(f"{path} {said}: {why}", **remedy(hint_of(code, path)))


def _is_name_error(error: Exception) -> bool:
    """Whether another name would help.

    An invalid argument without a file name can mean anything.
    """
    if not isinstance(error, OSError):
        return True
    return error.errno in _WRONG_NAME and (error.errno != errno.EINVAL or error.filename is not None)


def hint_of(code: int | None, path: Path) -> str:
    """Return the remedy for a system error about a path."""
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
    """Return the hint for a file with another suffix.

    "." and "/" have no name that could get one.
    """
    return f"name it {path.with_suffix(suffix) if path.name else path / f'talk{suffix}'}"


@contextmanager
def translate_name_errors() -> Iterator[None]:
    """Translate errors about names that the system does not allow.

    Raises:
        UsageError: The name is too long, or holds what names cannot hold.
    """
    try:
        yield
    except OSError as error:
        if not _is_name_error(error):
            raise
        raise system_error(error) from error
    except (UnicodeError, ValueError) as error:
        if not isinstance(error, UnicodeError) and "null" not in str(error):
            raise
        raise system_error(error) from error


def system_error(error: Exception) -> LivecamError:
    """Return the message for a system error that no other code has handled."""
    if isinstance(error, UnicodeError) or not isinstance(error, OSError):
        return UsageError("a name holds what names cannot hold on this system", advice="use another name")
    why = error.strerror or str(error)
    if not isinstance(error.filename, str | bytes):
        return OutputError(f"what was to be written or printed is lost: {why}", advice=_ELSEWHERE)
    place = os.fsdecode(error.filename)
    kind = UsageError if _is_name_error(error) else OutputError
    return kind(f"{place} cannot be used: {why}", **remedy(hint_of(error.errno, Path(place))))


@contextmanager
def translate_write_errors(path: Path, said: str = _CANNOT) -> Iterator[None]:
    """Translate the system's errors while `path` is written.

    Raises:
        UsageError: The name is too long or invalid.
        OutputError: The place is full, read-only, gone, or another user's.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise write_error(path, error, said) from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise write_error(path, error, said) from error
