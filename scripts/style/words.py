"""Find the words that the style guide replaces, in prose, in comments and inside names."""

import re
from collections.abc import Iterator

REPLACEMENTS = {
    "beside": "next to, in parallel",
    "anew": "again",
    "of late": "recently",
    "so much later": "after N seconds",
    "meanwhile": "while, until",
    "whose": "of which, name the owner",
    "somebody": "the user, the speaker, the viewer",
    "nobody": "no user, a synthetic person, not",
    "told": "receives, is set to",
    "lies": "is, region",
    "mend": "fix",
    "mends": "fixes",
    "mended": "fixed",
    "mending": "fixing",
}
"""A word that is not used, and what stands in its place."""

SIGNED_TEXTS = ("belongs to nobody; it imitates no real person", "whose voice this network speaks with is an adult")
"""Parts of statements that users have signed: they stay as they are in records, and so in the code that writes them."""

_WORD = re.compile(rf"\b(?:{'|'.join(REPLACEMENTS)})\b", re.IGNORECASE)
_PART = re.compile("|".join(REPLACEMENTS), re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def find_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and word; `snake_case` and `CamelCase` names count as the words in them."""
    lower = text.lower()
    if not any(word in lower for word in REPLACEMENTS):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not _PART.search(line):
            continue
        for signed in SIGNED_TEXTS:
            line = line.replace(signed, "")
        for match in _WORD.finditer(_HUMP.sub(" ", line).replace("_", " ")):
            yield number, match[0].lower()
