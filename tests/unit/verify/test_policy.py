"""Which measures of the Code a recording satisfies is read off the recording, each of them by itself."""

from dataclasses import replace

import numpy as np
import pytest

from livecam.core.label import Label
from livecam.core.payload import FACE, MarkPayload
from livecam.disclosure.picture_reader import MarkReading
from livecam.disclosure.picture_reader.place import Place
from livecam.provenance.manifest import Manifest
from livecam.verify import Verdict
from livecam.verify.policy import measures

PAYLOAD = MarkPayload(FACE, 7)
MANIFEST = Manifest(
    True, True, signer="a notary", sources=("compositeWithTrainedAlgorithmicMedia",), time_stamp="2026-11-30T10:00:00Z"
)
NONE = np.zeros(0, np.float32)
FOUND = MarkReading(0, True, 30.0, 12.0, PAYLOAD, Place(0.0, 0.0, 1.0, 1.0, False), PAYLOAD.bits(), NONE, NONE)
WHOLE = Verdict(
    readings=(FOUND,),
    label_scores=(0.9, 0.9),
    plate_label=Label.MODIFIED,
    manifest=replace(MANIFEST, detector="livecam verify", ingredients=("parentOf, manifest by another",)),
)


def states(verdict):
    return {measure.name: measure.state for measure in measures(verdict)}


def test_a_recording_with_everything_satisfies_every_measure_it_can_show():
    assert set(states(WHOLE).values()) == {"yes", "not in a recording"}
    assert [name for name, state in states(WHOLE).items() if state != "yes"] == ["deployer: audible notice"]


LOSSES = {
    "1.1 two layers": replace(WHOLE, readings=()),
    "1.1 signed metadata": replace(WHOLE, manifest=replace(WHOLE.manifest, intact=False)),
    "1.1 time stamp": replace(WHOLE, manifest=replace(WHOLE.manifest, time_stamp="")),
    "1.1 watermark": replace(WHOLE, readings=()),
    "1.2 incoming marks kept": replace(WHOLE, manifest=replace(WHOLE.manifest, ingredients=())),
    "3.4 signpost to the detector": replace(WHOLE, manifest=replace(WHOLE.manifest, detector="")),
    "deployer: visible label": replace(WHOLE, label_scores=(0.9, 0.1)),
    "deployer: the right label": replace(WHOLE, plate_label=Label.GENERATED),
    "2 detector": Verdict(label_scores=(0.0,)),
}


@pytest.mark.parametrize("measure", list(LOSSES))
def test_what_is_missing_is_said_of_its_own_measure(measure):
    assert states(LOSSES[measure])[measure] != "yes"


def test_a_local_key_is_said_to_prove_no_name():
    local = replace(WHOLE, manifest=replace(WHOLE.manifest, trusted=False))
    assert states(local)["1.1 signed metadata"] == "partly"


def test_an_unmarked_file_satisfies_none():
    assert "yes" not in states(Verdict(label_scores=(0.1,))).values()
