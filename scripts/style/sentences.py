"""Split prose into sentences and judge their length and form."""

import re
from collections.abc import Iterator

MOST_WORDS = 25
"""Words in one sentence, at most."""

_CODE = re.compile(r"``.+?``|`[^`]+`")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?])[)\"'*_]*\s+(?=[^a-z]|(?:livecam|macOS|pip)\b|import-linter\b)")
_SHORT_FORM = re.compile(r"\b(e\.g|i\.e|vs|cf|No|approx)\.", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]")


def plain(text: str) -> str:
    """Return text without Markdown: a link counts as its words, code and a picture as one word."""
    text = _CODE.sub("Code", _IMAGE.sub("", text))
    return _LINK.sub(r"\1", text)


def split_sentences(text: str) -> list[str]:
    """Split a paragraph into its sentences."""
    whole = _SHORT_FORM.sub(r"\1", plain(" ".join(text.split())))
    return [sentence for sentence in _END.split(whole) if sentence]


def count_words(sentence: str) -> int:
    """Count what has a letter or digit in it and stands between spaces."""
    return sum(1 for word in sentence.split() if _WORD.search(word))


def judge(text: str) -> Iterator[str]:
    """Yield what is wrong with each sentence of a paragraph."""
    for sentence in split_sentences(text):
        words = count_words(sentence)
        begin = " ".join(sentence.split()[:6])
        if words > MOST_WORDS:
            yield f'{words} words in one sentence, at most {MOST_WORDS}: "{begin} …"'
        if len(re.findall(r":(?=\s)", sentence)) > 1:
            yield f'two colons in one sentence: "{begin} …"'
