"""Plain metadata that say AI, and those that do not."""

import pytest

from livecam.core.label import Label
from livecam.devices.media.tags import written
from livecam.provenance.metadata import read_statements

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def test_what_livecam_writes_is_understood() -> None:
    for label in Label:
        assert [words.partition(":")[0] for words in read_statements(written(label), b"")] == ["comment", "AIGC"]


@pytest.mark.parametrize(
    "tags",
    [
        {"description": "Made with AI"},
        {"AIGC": '{"Label": 2}'},
        {"aigc": '{"label": "3"}'},
        {"DigitalSourceType": IPTC + "trainedAlgorithmicMedia"},
    ],
)
def test_others_are_understood_too(tags: dict[str, str]) -> None:
    assert len(read_statements(tags, b"")) == 1


@pytest.mark.parametrize(
    "tags",
    [
        {"title": "A PAID HOLIDAY"},
        {"AIGC": "yes"},
        {"AIGC": '{"Label": "0"}'},
        {"AIGC": "[1]"},
        {"DigitalSourceType": IPTC + "digitalCapture"},
        {"comment": "\ufffd\udc80"},
    ],
)
def test_what_says_nothing_about_ai_is_left_out(tags: dict[str, str]) -> None:
    assert read_statements(tags, b"") == ()


def test_a_source_type_counts_in_xmp_alone() -> None:
    stated = (IPTC + "compositeSynthetic").encode()
    assert read_statements({}, b"<x:xmpmeta>" + stated + b"</x:xmpmeta>") == ("IPTC source type compositeSynthetic",)
    assert read_statements({}, stated) == ()
