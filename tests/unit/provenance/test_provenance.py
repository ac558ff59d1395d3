"""What a manifest adds: an authority's time, the clip it was made of, where the detector is, how far the key goes."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from livecam.core.label import Label
from livecam.core.payload import FACE, GENERATED, MarkPayload
from livecam.provenance.manifest import read_manifest
from livecam.provenance.sign_outputs import Provenance, add_manifest, sign_written
from livecam.provenance.signing import SETTINGS
from livecam.provenance.statement import NO_AUTHORITY, PICTURE_MARK, SIGNING, SIGNPOST, relationship
from tests.unit.provenance.test_signing import PAYLOADS, recording
from tests.unit.provenance.time_stamps import serving

c2pa = pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
NOWHERE = "http://127.0.0.1:9/"


def assertions(path: Path) -> dict[str, Any]:
    """What the active manifest says, by label, as C2PA's own library reads it."""
    with (
        c2pa.Context.from_dict(dict(SETTINGS)) as context,
        path.open("rb") as file,
        c2pa.Reader("video/mp4", file, context=context) as reader,
    ):
        report = json.loads(reader.json())
    active = report["manifests"][report["active_manifest"]]
    return {item["label"]: item["data"] for item in active["assertions"]}


@needs_openssl
def test_the_time_stamp_in_a_file_is_one_that_openssl_accepts(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.mp4")
    (tmp_path / "authority").mkdir()
    with serving(tmp_path / "authority") as (address, authority):
        assert add_manifest(path, PAYLOADS, tmp_path / "data", about=Provenance(address)) is None
    assert authority.requests == 1 and authority.verified()
    assert authority.token() in path.read_bytes()
    found = read_manifest(path)
    assert found is not None and found.intact and found.time_stamp.startswith("20")
    assert assertions(path)[SIGNING]["timeStamp"] == address and "exception" not in assertions(path)[SIGNING]


@needs_openssl
def test_openssl_refuses_a_time_stamp_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    path = recording(tmp_path / "a.mp4")
    with serving(tmp_path / "authority") as (address, authority):
        add_manifest(path, PAYLOADS, tmp_path / "data", about=Provenance(address))
    reply = bytearray((authority.folder / "reply.tsr").read_bytes())
    reply[len(reply) // 3] ^= 1
    (authority.folder / "reply.tsr").write_bytes(reply)
    assert not authority.verified()


def test_without_an_authority_the_exception_is_written_into_the_manifest(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.mp4")
    assert add_manifest(path, PAYLOADS, tmp_path / "data") is None
    says = assertions(path)[SIGNING]
    assert says["timeStamp"] == "none" and says["exception"] == NO_AUTHORITY and "machine" in says["key"]
    found = read_manifest(path)
    assert found is not None and found.time_stamp == ""


def test_an_authority_that_does_not_answer_is_named_and_the_file_is_signed(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.mp4")
    (entry,) = sign_written([path], PAYLOADS, tmp_path / "data", about=Provenance(NOWHERE))
    assert entry.signed is True and NOWHERE in str(entry.why_unstamped)
    assert "did not answer" in assertions(path)[SIGNING]["exception"]
    found = read_manifest(path)
    assert found is not None and found.intact


def test_every_manifest_names_the_detector_of_its_marks(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.mp4")
    add_manifest(path, PAYLOADS, tmp_path / "data")
    post = assertions(path)[SIGNPOST]
    assert post["detector"] == "livecam verify" and post["marks"] == [PICTURE_MARK]
    found = read_manifest(path)
    assert found is not None and found.detector == "livecam verify"
    page = (Path(__file__).parents[3] / "docs" / "mark-format.md").read_text()
    assert post["detector"] in page and PICTURE_MARK in page


@pytest.mark.parametrize("flags", [FACE, FACE | GENERATED])
def test_the_marks_a_clip_came_with_are_kept_and_shown(tmp_path: Path, flags: int) -> None:
    clip, out = recording(tmp_path / "clip.mp4"), recording(tmp_path / "out.mp4")
    add_manifest(clip, PAYLOADS, tmp_path / "first")
    incoming = (MarkPayload(FACE, 0x1234),)
    add_manifest(out, [MarkPayload(flags, 7)], tmp_path / "data", about=Provenance(clip=clip, incoming=incoming))
    found = read_manifest(out)
    assert found is not None and found.intact, found
    (ingredient,) = found.ingredients
    assert ingredient.startswith(relationship(MarkPayload(flags, 7).label)) and "livecam" in ingredient
    assert f"{PAYLOADS[0].word:08x}" in ingredient and "compositeWithTrainedAlgorithmicMedia" in ingredient
    assert found.incoming == ((PICTURE_MARK, f"{incoming[0].word:08x}"),)
    assert found.bindings == ((PICTURE_MARK, f"{MarkPayload(flags, 7).word:08x}"),)


def test_a_clip_without_any_mark_is_no_ingredient(tmp_path: Path) -> None:
    clip, out = recording(tmp_path / "clip.mp4"), recording(tmp_path / "out.mp4")
    add_manifest(out, PAYLOADS, tmp_path / "data", about=Provenance(clip=clip))
    found = read_manifest(out)
    assert found is not None and found.ingredients == ()


def test_a_clip_drives_what_is_generated_and_is_what_is_modified() -> None:
    assert relationship(Label.MODIFIED) == "parentOf" and relationship(Label.GENERATED) == "inputTo"
