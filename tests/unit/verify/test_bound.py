"""A manifest speaks of the marks it was signed with, and of no others."""

import pytest

from livecam.disclosure.sound.watermark.reader import SoundReading
from livecam.provenance.manifest import Manifest
from livecam.provenance.statement import PICTURE_MARK, SOUND_MARK
from livecam.verify import Verdict


@pytest.mark.parametrize(
    ("bindings", "session", "margin", "bound"),
    [
        (((SOUND_MARK, "00ff"),), 0xFF, 5.0, True),
        (((SOUND_MARK, "00fe"),), 0xFF, 5.0, False),
        (((SOUND_MARK, "00fe"),), 0xFF, 0.5, None),
        (((SOUND_MARK, "00fe"), (SOUND_MARK, "00ff")), 0xFF, 5.0, True),
        (((PICTURE_MARK, "000000ff"),), 0xFF, 5.0, None),
        ((), 0xFF, 5.0, None),
    ],
)
def test_sound_is_held_against_its_manifest_where_its_number_is_sure(bindings, session, margin, bound):
    heard = SoundReading(0.0, True, 20.0, session, margin, 1.0)
    assert Verdict(sounds=(heard,), manifest=Manifest(True, bindings=bindings)).is_binding_ok is bound
