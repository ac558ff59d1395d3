"""What a persona may be called: something that is a folder's name everywhere and never a path."""

import re
from collections.abc import Collection

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_LONGEST_STEM = 32


def is_name(text: str) -> bool:
    """Whether a persona may be called this: a-z, 0-9 and inner dashes, at most 40 characters."""
    return _NAME.fullmatch(text) is not None


def free_name(wished: str, taken: Collection[str]) -> str:
    """A name nobody has, as near as possible to the wished one."""
    stem = re.sub(r"[^a-z0-9]+", "-", wished.lower()).strip("-")[:_LONGEST_STEM].strip("-") or "face"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
