"""Split typed text into sentences: cleaned, bounded, free of markup."""

import re
import unicodedata
from typing import Final

from livecam.core.errors import UsageError

LONGEST_TEXT: Final = 5000
"""Characters of one text at most."""
LONGEST_SENTENCE: Final = 280
"""Characters spoken at once, at most.

Longer sentences are cut at a comma or space.
"""

_END: Final = re.compile(r"(?:(?<=\w{3}\.)|(?<=[!?…;:]))[\"')\]»”]*\s+|\n+")
# A full stop after one or two letters is an abbreviation.
_PHONEMES: Final = re.compile(r"\[\[+|\]\]+")
_CUTS: Final = (", ", " - ", " ")


def clean_text(text: str) -> str:
    """Return a text without control characters and phoneme notation.

    Control characters would be commands to a speech program, and double brackets would be phonemes.

    Raises:
        UsageError: It is longer than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"the text has {len(text)} characters, {LONGEST_TEXT} at most are spoken", advice="say it in parts"
        )
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(map(_keep, plain.replace("\r", "\n")))
    return re.sub(r"[^\S\n]+", " ", _PHONEMES.sub(" ", kept)).strip()


def split_sentences(text: str) -> list[str]:
    """Return the cleaned sentences of a text.

    Each has at most `LONGEST_SENTENCE` characters.
    """
    found = (part.strip() for part in _END.split(clean_text(text)))
    return [piece for part in found if _is_spoken(part) for piece in _cut(part)]


def _keep(character: str) -> str:
    """Return a character, or what replaces it.

    A space replaces a control character; one without a width is removed.
    """
    kind = unicodedata.category(character)
    return character if character == "\n" or kind[0] != "C" else "" if kind == "Cf" else " "


def _is_spoken(part: str) -> bool:
    return any(unicodedata.category(each)[0] in "LNS" for each in part)


def _cut(sentence: str) -> list[str]:
    """Return a sentence in pieces that are short enough.

    Each is cut at its last comma, dash or space.
    """
    pieces = []
    while len(sentence) > LONGEST_SENTENCE:
        head = sentence[:LONGEST_SENTENCE]
        at = next((head.rfind(cut) + len(cut) for cut in _CUTS if head.rfind(cut) > 0), LONGEST_SENTENCE)
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, *([sentence] if sentence else [])]
