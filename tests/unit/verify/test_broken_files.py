"""Any bytes under any name end in a verdict or in two lines; `benchmarks/marks/fuzz_verify.py` tries ten thousand."""

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from livecam.core.errors import UsageError
from livecam.verify import verify
from tests.fuzzing import BROKEN, Broken, seeds

pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


@settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(broken=BROKEN)
def test_a_broken_file_ends_in_a_verdict_or_in_two_lines(
    originals: dict[str, bytes], folder: Path, broken: Broken
) -> None:
    name, content = broken.content(originals)
    path = folder / name
    path.write_bytes(content)
    try:
        verdict = verify(path)
    except UsageError as error:
        assert str(error).strip() and error.help_text
    else:
        assert verdict.is_marked in (True, False)


def test_every_seed_is_read(originals: dict[str, bytes], folder: Path) -> None:
    for name, content in originals.items():
        (folder / name).write_bytes(content)
        verdict = verify(folder / name)
        assert (verdict.manifest is not None) == name.startswith("signed")


def test_metadata_that_are_no_text_are_read_as_far_as_they_go(originals: dict[str, bytes], folder: Path) -> None:
    broken = originals["marked.mkv"].replace(b"AI-modified", b"AI-modi\x80ied")
    assert broken != originals["marked.mkv"]
    (folder / "words.mkv").write_bytes(broken)
    verdict = verify(folder / "words.mkv")
    assert verdict.label_scores and [words.partition(":")[0] for words in verdict.metadata] == ["AIGC"]


def png_that_claims(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", width, height, 8, 2, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png_that_claims(60_000, 60_000), "too large"),
        (png_that_claims(0, 7), "no picture"),
        (png_that_claims(64, 48), "cannot be decoded"),
        (b"P6 9 9 255 ", "no picture"),
    ],
)
def test_a_picture_is_measured_before_it_is_decoded(folder: Path, content: bytes, why: str) -> None:
    (folder / "claims.png").write_bytes(content)
    with pytest.raises(UsageError, match=why):
        verify(folder / "claims.png")


def test_a_sound_that_is_too_short_for_a_window_is_no_mistake(originals: dict[str, bytes], folder: Path) -> None:
    (folder / "short.wav").write_bytes(originals["tone.wav"])
    verdict = verify(folder / "short.wav")
    assert not verdict.is_marked and verdict.sounds == ()


def test_a_sound_at_an_inaudible_rate_is_left_out(originals: dict[str, bytes], folder: Path) -> None:
    slow = bytearray(originals["tone.wav"])
    slow[24:28] = (1).to_bytes(4, "little")
    (folder / "slow.wav").write_bytes(slow)
    with pytest.raises(UsageError, match="no video"):
        verify(folder / "slow.wav")


def test_a_sound_with_more_channels_than_anybody_mixes_is_left_out(originals: dict[str, bytes], folder: Path) -> None:
    crowded = bytearray(originals["tone.wav"])
    crowded[22] = 106
    (folder / "crowded.wav").write_bytes(crowded)
    with pytest.raises(UsageError, match="no video"):
        verify(folder / "crowded.wav")


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", b"avc1"), ("tone.ogg", b"OpusHead")])
def test_an_unknown_codec_is_reported(originals: dict[str, bytes], folder: Path, name: str, codec: bytes) -> None:
    (folder / name).write_bytes(originals[name].replace(codec, b"zzzzzzzz"[: len(codec)]))
    with pytest.raises(UsageError, match=r"can be decoded|no video|cannot be opened"):
        verify(folder / name)
