"""A replay of a marked clip: what the clip came with is found, kept and shown."""

from dataclasses import replace

import numpy as np

from livecam.app.incoming_mark import IncomingMark
from livecam.core.payload import FACE, MarkPayload
from livecam.disclosure.picture import Marker
from livecam.provenance.manifest import Manifest
from livecam.provenance.statement import PICTURE_MARK
from livecam.verify import Verdict
from tests.unit.disclosure.scenes import PERIOD_NS, scene
from tests.unit.verify.test_policy import FOUND

OLD, NEW = MarkPayload(FACE, 0x1111), MarkPayload(FACE, 0xBEEF)
SIZE_WH = (640, 360)


def fed(payload, seconds):
    """What is found in a scene of so many seconds, marked or not."""
    found, marker = IncomingMark(), Marker(SIZE_WH, payload=payload or OLD)
    for n, pixels in enumerate(scene(SIZE_WH, 30 * seconds)):
        shown = marker.mark(pixels, n * PERIOD_NS, n).pixels if payload else pixels
        found.add(np.asarray(shown), n * PERIOD_NS)
    found.end()
    return found


def test_the_mark_of_a_short_clip_is_found_and_said():
    found = fed(OLD, 6)
    assert found.said == (OLD,) and "session 1111" in found.remarks[0]


def test_an_unmarked_clip_says_nothing():
    found = fed(None, 6)
    assert found.said == () and found.remarks == ()


def test_either_of_two_marks_agrees_with_a_manifest_that_names_both():
    def word(payload):
        return (PICTURE_MARK, f"{payload.word:08x}")

    both = Manifest(True, bindings=(word(NEW),), incoming=(word(OLD),))
    for payload, bound in ((OLD, True), (NEW, True), (MarkPayload(FACE, 3), False)):
        reading = replace(FOUND, payload=payload)
        assert Verdict(readings=(reading,), manifest=both).is_binding_ok is bound
