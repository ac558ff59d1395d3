"""Every text of the page is there in every language of the plate, with the same places for values."""

import re
from pathlib import Path
from typing import get_args

import pytest

import livecam.studio
from livecam.disclosure.picture.label_text import Language

SCRIPTS = Path(livecam.studio.__file__).parent / "static" / "js"
LANGUAGES = sorted(path.stem for path in SCRIPTS.glob("i18n/*.js"))
QUOTED = r"'((?:[^'\\]|\\.)*)'"


def texts_of_the_page() -> set[str]:
    scripts = [path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js") if path.parent.name != "i18n"]
    return {text for script in scripts for text in re.findall(rf"\bt\({QUOTED}", script)}


def texts_in(language: str) -> dict[str, str]:
    script = (SCRIPTS / "i18n" / f"{language}.js").read_text(encoding="utf-8")
    return dict(re.findall(rf"^  {QUOTED}: {QUOTED},$", script, re.MULTILINE))


def test_the_languages_are_those_of_the_plate():
    assert sorted(set(get_args(Language)) - {"en"}) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language):
    assert texts_of_the_page() - texts_in(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_same_places_for_values_in_every_language(language):
    def places(text):
        return sorted(re.findall(r"\{\d\}", text))

    assert {text: said for text, said in texts_in(language).items() if places(text) != places(said)} == {}
