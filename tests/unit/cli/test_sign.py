"""Signing later, and what `verify` says of manifests and metadata."""

import json
import shutil
from datetime import UTC, datetime

import cv2
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.payload import FACE, MarkPayload
from livecam.core.report import WrittenFile
from livecam.disclosure.sound.watermark import SoundMark
from livecam.provenance.install_key import ManifestKey
from livecam.provenance.sign_outputs import signature_line
from livecam.provenance.signing import sign
from livecam.provenance.statement import build_manifest
from tests.clips import numbered
from tests.unit.audio.voices import voice
from tests.unit.cli.test_verify import recorded, write_sound
from tests.unit.provenance.time_stamps import serving

pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("marked") / "clip.mp4")


def still(path):
    cv2.imwrite(str(path), numbered(5, (320, 240)))
    return path


@pytest.fixture
def copy(clip, tmp_path):
    return shutil.copy(clip, tmp_path / "a.mp4")


def test_a_marked_recording_is_signed_and_bound_to_its_mark(livecam, copy, tmp_path):
    said = livecam("sign", copy)
    assert said.code == 0 and "no authority vouches" in said.out
    assert (tmp_path / "data" / "livecam" / "provenance" / "signing.pem").exists()
    read = livecam("verify", copy).out
    for words in (
        "valid manifest by livecam",
        "unchanged since it was signed",
        "compositeWithTrainedAlgorithmicMedia",
        "livecam.in-picture.1 15beefdb, matches the watermark",
        "certificate made on this machine; not on a trust list",
        "comment: AI-modified picture",
    ):
        assert words in read


def test_nothing_is_signed_twice_or_after_a_change(livecam, copy):
    livecam("sign", copy)
    again = livecam("sign", copy)
    assert again.code == 2 and "signed already" in again.err
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    changed = livecam("sign", copy)
    assert changed.code == 2 and "changed since (assertion.bmffHash.mismatch)" in changed.err
    assert "invalid manifest: assertion.bmffHash.mismatch" in livecam("verify", copy).out


def test_a_manifest_of_another_recording_is_reported(livecam, copy, tmp_path):
    key = ManifestKey.of(tmp_path, lambda: datetime.now(UTC))
    sign(copy, build_manifest([MarkPayload(FACE, 0x1234)], "0.1.0"), key)
    assert "does not match the watermark: signed for another file" in livecam("verify", copy).out


def test_what_carries_no_mark_is_not_signed(livecam, tmp_path):
    plain = still(tmp_path / "plain.png")
    before = plain.read_bytes()
    said = livecam("sign", plain)
    assert said.code == 2 and "no mark of livecam" in said.err
    assert plain.read_bytes() == before
    assert livecam("sign", write_sound(tmp_path / "plain.wav", voice(17))).code == 2
    assert livecam("sign", tmp_path / "missing.mp4").code == 2


def test_a_file_that_only_says_it_in_its_manifest_is_marked(livecam, tmp_path):
    plain = still(tmp_path / "plain.png")
    assert livecam("verify", plain).code == 1
    sign(plain, build_manifest([MarkPayload(FACE, 7)], "0.1.0"), ManifestKey.of(tmp_path, lambda: datetime.now(UTC)))
    said = livecam("verify", plain, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["manifest"]["intact"] and found["metadata"] == [] and found["payload"] is None


def test_the_end_of_a_run_says_what_was_signed_and_what_was_not():
    assert "signed (C2PA)" in signature_line(WrittenFile("a.mp4", signed=True))
    unsigned = signature_line(WrittenFile("a.mkv", signed=False, why_unsigned="a .mkv holds none"))
    assert unsigned == "note: a.mkv is saved but not signed: a .mkv holds none"


def test_a_marked_sound_is_signed_with_its_session(livecam, tmp_path):
    speech = voice(17)
    block = AudioBlock(speech[:, None], 48_000, 0, 0)
    marked = write_sound(tmp_path / "marked.wav", SoundMark(0xBEEF).process(block).samples[:, 0])
    assert livecam("sign", marked).code == 0
    read = livecam("verify", marked).out
    assert "livecam.in-sound.1 beef" in read and "in-picture.1" not in read


def test_sign_asks_an_authority_for_the_time(livecam, copy, tmp_path):
    (tmp_path / "authority").mkdir()
    with serving(tmp_path / "authority") as (address, authority):
        said = livecam("sign", copy, "--time-stamp", address)
    assert said.code == 0 and authority.requests == 1 and authority.verified()
    assert "time stamp: 20" in livecam("verify", copy).out


def test_sign_says_that_the_authority_did_not_answer(livecam, copy):
    said = livecam("sign", copy, "--time-stamp", "http://127.0.0.1:9/")
    assert said.code == 0 and "note: no time stamp: http://127.0.0.1:9/" in said.err
    assert "no time stamp" in livecam("verify", copy).out


def test_the_line_of_a_signature_says_that_the_time_is_missing():
    line = signature_line(WrittenFile("a.mp4", signed=True, why_unstamped="no answer"))
    assert line.endswith("certificate; no time stamp: no answer")
