"""Tell an imperative first word from a noun, an article or another form of a verb."""

import re

_NOT_VERBS = """
    a an the this that these those it its they their there here what whether which who how when where why if all
    any both each every everything no none nothing one two some something not only more most less least as at by
    for from in into of on out over to under up with without and or but also true false between before after
    during until while can could may might must shall should will would is are was were has have had his her our
    your my i we you he she them itself again
"""
_THIRD_PERSON = re.compile(r"[a-z]{2,}s$")
_ENDS_LIKE_ONE = """
    pass process press compress decompress express suppress address guess toss dismiss miss bypass focus discuss
    assess access cross canvas bias bless caress confess dress kiss mass possess stress trespass harness witness
"""
_PARTICIPLE = re.compile(r"[a-z]{2,}(?:ing|ed)$")
_ENDS_LIKE_A_PARTICIPLE = """
    feed embed seed need speed proceed exceed succeed shed bleed breed heed weed wed bring string ring swing sing
    ping fling cling spring sting wing
"""


def is_imperative(sentence: str) -> bool:
    """Return whether a sentence begins like an order: "Open the camera", not "Opens", "Opened", "The camera"."""
    match = re.match(r"[`\"'(]*([A-Za-z][A-Za-z-]*)", sentence)
    if not match:
        return False
    word = match[1].lower().split("-")[0]
    if word in _NOT_VERBS.split():
        return False
    if _THIRD_PERSON.fullmatch(word) and word not in _ENDS_LIKE_ONE.split():
        return False
    return not (_PARTICIPLE.fullmatch(word) and word not in _ENDS_LIKE_A_PARTICIPLE.split())
