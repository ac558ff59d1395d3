"""Every command that writes, sent to places that cannot be written: two lines, exit code 2, 3 or 5, nothing left."""

import errno
import os
from pathlib import Path

import pytest

from livecam.cli import (
    bench_command,
    demo_command,
    endurance_command,
    marks_command,
    quality_command,
    run_command,
    voice_bench_command,
)
from livecam.core.files import writing as door
from tests.full_disk import small_disk
from tests.sounds import talking, write_wav

RUN = ["run", "--persona", "robin", "--camera", "sample", "--duration", "1"]
REPLAY = ["replay", "sample", "--persona", "robin"]
# By what they write; {} is the folder in question.
OUTPUTS = {
    "run --record": [*RUN, "--sink", "null", "--record", "{}/o.mp4"],
    "run --sink": [*RUN, "--sink", "file:{}/o.mp4"],
    "run --json": [*RUN, "--sink", "null", "--json", "{}/o.json"],
    "run --voice-sink": [*RUN, "--sink", "null", "--voice", "cedar", "--voice-sink", "file:{}/o.wav"],
    "replay --out": [*REPLAY, "--out", "{}/o.mkv"],
    "replay --json": [*REPLAY, "--out", "null", "--json", "{}/o.json"],
    "demo --folder": ["demo", "--folder", "{}"],
    "bench run --json": ["bench", "run", "--quick", "--json", "{}/o.json"],
    "bench run --html": ["bench", "run", "--quick", "--html", "{}/o.html"],
    "bench marks": ["bench", "marks", "--json", "{}/o.json"],
    "bench voice": ["bench", "voice", "--json", "{}/o.json"],
    "bench quality": ["bench", "quality", "--json", "{}/o.json"],
    "bench soak": ["bench", "soak", "--seconds", "60", "--json", "{}/o.json"],
    "bench scaling": ["bench", "scaling", "--json", "{}/o.json"],
    "verify --plot": ["verify", "in.wav", "--plot", "{}/o.png"],
    "verify --plot page": ["verify", "in.wav", "--plot", "{}/o.html"],
    "voice convert": ["voice", "convert", "in.wav", "{}/o.wav", "--voice", "cedar"],
    "persona export": ["persona", "export", "synthetic-1", "{}/o.age", "--passphrase-file", "pass"],
    "calibrate avsync": ["calibrate", "avsync", "--write", "{}/o.mp4"],
}
STORES = {
    "persona synth": ["persona", "synth", "--seed", "1"],
    "voice enrol": ["voice", "enrol", "kim", "in.wav", "--consent", "own"],
}


def is_two_lines(said) -> bool:
    lines = said.err.splitlines()
    return len(lines) == 2 and lines[0].startswith("livecam: ") and lines[1].startswith("  ")


def to(words: list[str], folder: object) -> list[str]:
    return [word.replace("{}", str(folder)) for word in words]


def assert_refused(said) -> None:
    assert said.code in (2, 3, 5), said
    assert is_two_lines(said), said.err
    assert "unexpected" not in said.err and "rm " not in said.err


@pytest.fixture
def here(tmp_path, livecam):
    """An empty folder with what the commands read."""
    write_wav(tmp_path / "in.wav", talking(4.0, 48_000, 120.0))
    (tmp_path / "pass").write_text("several words here\n")
    return tmp_path


@pytest.fixture(autouse=True)
def no_long_work(monkeypatch):
    """What takes long is reached only by a command that did not look at its places first."""

    def reached(*_, **__):
        raise AssertionError("it began to work before it looked where to write")

    monkeypatch.setattr(bench_command, "run_bench", reached)
    monkeypatch.setattr(marks_command, "run_marks", reached)
    monkeypatch.setattr(quality_command, "run_quality", reached)
    monkeypatch.setattr(voice_bench_command, "run_voice", reached)
    monkeypatch.setattr(endurance_command, "run_soak", reached)
    monkeypatch.setattr(endurance_command, "run_growth", reached)
    # A module that is first imported under a patch would keep it: the demo takes `follow` from there.
    for command in (run_command, demo_command):
        monkeypatch.setattr(command, "follow", reached)
    monkeypatch.setattr("livecam.app.replay.Replay.run", reached)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="Linux has a folder that takes no files, even from root")
@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_a_folder_that_takes_no_files(here, livecam, words):
    if words[:2] == ["persona", "export"]:
        assert livecam("persona", "synth", "--seed", "1").code == 0
    assert_refused(livecam(*to(words, "/proc")))


@pytest.mark.parametrize("words", [OUTPUTS[key] for key in OUTPUTS if "demo" not in key and "export" not in key],
                         ids=[key for key in OUTPUTS if "demo" not in key and "export" not in key])  # fmt: skip
@pytest.mark.parametrize("folder", ["none", "file", "n" * 300], ids=["missing", "a file", "300 letters"])
def test_a_folder_that_is_none(here, livecam, words, folder):
    (here / "file").write_text("in the way")
    assert_refused(livecam(*to(words, here / folder)))
    assert (here / "file").read_text() == "in the way"


@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_a_disk_that_is_full(here, livecam, words, monkeypatch):
    """As the system says it, before any work."""
    if words[:2] == ["persona", "export"]:
        assert livecam("persona", "synth", "--seed", "1").code == 0
    (here / "out").mkdir()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(door.os, "fsync", full)
    said = livecam(*to(words, here / "out"))
    assert_refused(said)
    assert "No space left" in said.err
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize("words", [OUTPUTS[key] for key in OUTPUTS if "demo" not in key],
                         ids=[key for key in OUTPUTS if "demo" not in key])  # fmt: skip
def test_a_file_that_livecam_did_not_write_stays(here, livecam, words):
    """It is refused before any work is done."""
    if words[:2] == ["persona", "export"]:
        assert livecam("persona", "synth", "--seed", "1").code == 0
    written = Path(to(words, here)[-1].removeprefix("file:") if "export" not in words and "convert" not in words
                   else to(words, here)[3])  # fmt: skip
    written.write_bytes(b"the only copy of a photo")
    assert_refused(livecam(*to(words, here)))
    assert written.read_bytes() == b"the only copy of a photo"


@pytest.mark.parametrize("name", ["livecam-demo.mp4", "livecam-demo.png", "livecam-demo.json"])
def test_the_demo_leaves_files_of_its_names_alone(here, livecam, name):
    (here / name).write_bytes(b"mine")
    assert_refused(livecam("demo", "--folder", here))
    assert (here / name).read_bytes() == b"mine"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="Linux has a folder that takes no files, even from root")
@pytest.mark.parametrize("words", STORES.values(), ids=STORES)
def test_a_data_folder_that_cannot_be_made(here, livecam, words):
    assert_refused(livecam(*words, "--data-folder", "/proc/livecam"))


@pytest.mark.parametrize("words", STORES.values(), ids=STORES)
def test_a_data_folder_on_a_disk_that_is_really_full(here, livecam, words):
    with small_disk(here / "disk", 4) as disk:
        assert_refused(livecam(*words, "--data-folder", disk))
        kept = [path.name for path in disk.rglob("*") if path.is_file()]
        assert [name for name in kept if name != "consent.pem"] == []


def test_a_given_folder_keeps_its_mode(here, livecam):
    here.chmod(0o755)
    assert livecam("persona", "synth", "--seed", "1", "--data-folder", ".").code == 0
    assert here.stat().st_mode & 0o777 == 0o755
    assert (here / "personas").stat().st_mode & 0o777 == 0o700
