"""Recordings signed with C2PA's own library and read back by it."""

import errno
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from livecam.core.errors import OutputError
from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload
from livecam.core.report import WrittenFile
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from livecam.provenance.install_key import LOCAL, ManifestKey
from livecam.provenance.manifest import Manifest, parse_manifest, read_manifest
from livecam.provenance.sign_outputs import add_manifest, sign_written
from livecam.provenance.signing import sign
from livecam.provenance.statement import COMPOSITE, PICTURE_MARK, SOUND_MARK, build_manifest
from tests.clips import numbered, steady, write_clip
from tests.full_disk import small_disk
from tests.unit.devices.recording.test_video_file import content

pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")

PAYLOADS = (MarkPayload(FACE | SYNTHETIC, 0xBEEF), MarkPayload(FACE, 0xBEEF))
SIZE_WH = (320, 240)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ManifestKey:
    return ManifestKey.of(tmp_path_factory.mktemp("data"), lambda: NOW)


def recording(path: Path, pictures: int = 45, finish: bool = True) -> Path:
    sink, marker = FileSink(path, SIZE_WH, 30.0), Marker(SIZE_WH, payload=PAYLOADS[0])
    for number in range(pictures):
        sink.send(marker.mark(numbered(number % 25, SIZE_WH), number * 33_000_000, number))
    if finish:
        sink.close()
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_signed_recording_says_how_it_was_made_and_plays_as_before(
    tmp_path: Path, key: ManifestKey, name: str
) -> None:
    path = recording(tmp_path / name)
    before = content(path)
    sign(path, build_manifest(PAYLOADS, "0.1.0"), key)
    found = read_manifest(path)
    assert found == Manifest(
        intact=True,
        maker="livecam 0.1.0",
        signer=LOCAL,
        sources=("compositeWithTrainedAlgorithmicMedia",),
        bindings=((PICTURE_MARK, "15beefdb"), (PICTURE_MARK, "11beef70")),
        detector="livecam verify",
    )
    assert found.says_altered and not found.trusted
    assert content(path) == before
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_recording_that_was_killed_is_signed_later(tmp_path: Path, key: ManifestKey) -> None:
    whole = recording(tmp_path / "whole.mp4", pictures=90, finish=False).read_bytes()
    killed = tmp_path / "killed.mp4"
    killed.write_bytes(whole[: len(whole) * 9 // 10])
    before = content(killed)
    sign(killed, build_manifest(PAYLOADS, "0.1.0"), key)
    found = read_manifest(killed)
    assert found is not None and found.intact
    assert content(killed) == before and len(before) >= 30


def test_a_change_after_signing_is_seen(tmp_path: Path, key: ManifestKey) -> None:
    path = recording(tmp_path / "a.mp4")
    sign(path, build_manifest(PAYLOADS, "0.1.0"), key)
    data = bytearray(path.read_bytes())
    data[len(data) * 2 // 3] ^= 1
    path.write_bytes(data)
    found = read_manifest(path)
    assert found is not None and not found.intact and "mismatch" in found.problem
    assert not found.says_altered


def test_the_statement_names_no_person_and_no_file(tmp_path: Path, key: ManifestKey) -> None:
    path = recording(tmp_path / "interview-with-robin.mp4")
    plain = path.read_bytes()
    sign(path, build_manifest(PAYLOADS, "0.1.0"), key)
    added = path.read_bytes()[: len(path.read_bytes()) - len(plain) + 2000]
    for private in (b"robin", str(tmp_path).encode(), Path.home().name.encode() + b"@"):
        assert private not in added


def test_a_statement_is_how_it_was_made_and_which_marks_it_carries() -> None:
    made = build_manifest([MarkPayload(FACE | VOICE, 7)], "1.2", heard=[7])
    text = json.dumps(made)
    assert COMPOSITE in text and "c2pa.watermarked.bound" in text
    assert SOUND_MARK in text and '"0007"' in text and "the voice is altered" in text
    assert set(made) == {"claim_generator_info", "title", "assertions"}


@pytest.mark.parametrize(("name", "why"), [("a.mkv", "holds no C2PA"), ("text.mp4", "cannot be signed")])
def test_what_cannot_be_signed_is_kept_as_it_was(tmp_path: Path, key: ManifestKey, name: str, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"no film at all")
    with pytest.raises(OutputError, match=why):
        sign(path, build_manifest(PAYLOADS, "0.1.0"), key)
    assert path.read_bytes() == b"no film at all"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_disk_that_takes_no_more_leaves_the_recording(
    tmp_path: Path, key: ManifestKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recording(tmp_path / "a.mp4")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("livecam.provenance.signing.copymode", full)
    with pytest.raises(OutputError, match="cannot be signed"):
        sign(path, build_manifest(PAYLOADS, "0.1.0"), key)
    assert len(content(path)) == 45
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_link_stays_a_link_and_a_mode_stays(tmp_path: Path, key: ManifestKey) -> None:
    path = recording(tmp_path / "a.mp4")
    path.chmod(0o600)
    (tmp_path / "link.mp4").symlink_to(path)
    sign(tmp_path / "link.mp4", build_manifest(PAYLOADS, "0.1.0"), key)
    found = read_manifest(path)
    assert found is not None and found.intact
    assert (tmp_path / "link.mp4").is_symlink() and path.stat().st_mode & 0o777 == 0o600


def test_without_the_library_a_recording_is_kept_and_the_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recording(tmp_path / "a.mp4")
    signed_before = recording(tmp_path / "b.mp4")
    add_manifest(signed_before, PAYLOADS, tmp_path / "data")
    monkeypatch.setitem(sys.modules, "c2pa", None)
    (reported,) = sign_written([path], PAYLOADS, tmp_path / "data")
    assert reported.signed is False and "-m pip install c2pa-python" in str(reported.why_unsigned)
    unread = read_manifest(signed_before)
    assert unread is not None and not unread.intact and "not installed" in unread.problem
    assert len(content(path)) == 45


def test_every_written_file_is_signed_and_a_missing_one_is_left_out(tmp_path: Path) -> None:
    paths = [recording(tmp_path / "a.mp4"), tmp_path / "never.mp4", recording(tmp_path / "b.mkv")]
    one, other = sign_written(paths, PAYLOADS, tmp_path / "data")
    assert one == WrittenFile(str(paths[0]), signed=True)
    assert other.signed is False and "b.mp4" in str(other.why_unsigned)


def test_a_file_of_the_users_that_took_its_place_is_left_as_it_is(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "mine.mp4", steady(3))
    (tmp_path / "mine.txt").write_bytes(b"mine")
    before = clip.read_bytes()
    assert sign_written([clip, tmp_path / "mine.txt"], PAYLOADS, tmp_path / "data") == ()
    assert clip.read_bytes() == before


def test_files_without_a_manifest_have_none(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "named.mp4").write_bytes(b"the word c2pa alone is no manifest")
    assert read_manifest(write_clip(tmp_path / "clip.mp4", steady(3))) is None
    assert read_manifest(tmp_path / "empty.mp4") is None
    assert read_manifest(tmp_path / "unknown.kind") is None
    assert not (read_manifest(tmp_path / "named.mp4") or Manifest(False)).intact


def test_a_trusted_signer_and_a_report_of_another_program() -> None:
    report = {
        "active_manifest": "m",
        "manifests": {"m": {"claim_generator_info": [], "assertions": [{"label": "c2pa.actions", "data": {}}]}},
    }
    assert parse_manifest(report, "Trusted") == Manifest(intact=True, trusted=True)
    assert parse_manifest(report, "Invalid").problem == "it cannot be read"
    assert not parse_manifest(report, "Valid").says_altered


@pytest.mark.parametrize(
    "report", [{}, {"active_manifest": "m", "manifests": {}}, {"active_manifest": "m", "manifests": 7}]
)
def test_no_report_is_no_manifest(report: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="lacks"):
        parse_manifest(report, "Valid")


def test_a_disk_without_room_for_a_signed_copy_is_named(tmp_path: Path, key: ManifestKey) -> None:
    with small_disk(tmp_path / "disk", 200) as disk:
        path = recording(disk / "a.mp4", 20)
        (disk / "filler").write_bytes(bytes(200 * 1024 - path.stat().st_size - 40_000))
        before = path.read_bytes()
        with pytest.raises(OutputError, match="cannot be signed: No space left") as reported:
            sign(path, build_manifest(PAYLOADS, "1"), key)
        assert f"livecam sign {path}" in reported.value.help_text
        assert path.read_bytes() == before and len(list(disk.iterdir())) == 2
