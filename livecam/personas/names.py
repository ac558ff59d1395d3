"""Names of personas, which are folder names everywhere and never paths.

Names of every script are kept as written, so that they can be read: "мария", "李明". Accents on Latin letters are
removed, because they are typed and stored in two ways: "jose".
"""

import unicodedata
from collections.abc import Collection
from typing import Final

_LONGEST: Final = 40
_LONGEST_STEM: Final = 32
_WHOLE_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "þ": "th"}
)


def is_name(text: str) -> bool:
    """Whether a persona may have this name.

    It has small letters, digits and inner dashes, at most 40 characters.
    """
    inside = text.strip("-") == text and all(c == "-" or _is_kept(c) for c in text)
    return bool(text) and len(text) <= _LONGEST and inside and _plain(text) == text


def free_name(wished: str, taken: Collection[str]) -> str:
    """Return an unused name, as near as possible to the wanted one."""
    words = "".join(c if _is_kept(c) else " " for c in _plain(wished)).split()
    whole = "-".join(words)
    stem = _cut(whole, _LONGEST_STEM)
    first = whole if is_name(whole) else stem
    names = (first if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _cut(whole: str, longest: int) -> str:
    """Return the beginning of a name, with room for a number after it."""
    stem = whole[:longest].strip("-") or "face"
    while not is_name(stem):  # cut in the middle of a letter that is made of several
        stem = stem[:-1].strip("-") or "face"
    return stem


def _plain(text: str) -> str:
    """Return the text in small letters, each in its usual form.

    Accents stay where they make another letter.
    """
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_WHOLE_LETTERS)
    kept = (c for n, c in enumerate(apart) if not (unicodedata.combining(c) and _base(apart, n).isascii()))
    return unicodedata.normalize("NFC", "".join(kept)).lower()


def _base(apart: str, at: int) -> str:
    """Return the letter a combining mark belongs to."""
    while at and unicodedata.combining(apart[at]):
        at -= 1
    return apart[at]


def _is_kept(character: str) -> bool:
    """Whether a character is a letter, a mark that belongs to one, or a digit."""
    return unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"
