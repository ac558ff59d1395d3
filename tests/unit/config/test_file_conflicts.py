import os
from pathlib import Path

import pytest

from livecam.config.file_conflicts import check_files
from livecam.config.settings import Settings
from livecam.core.errors import UsageError
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from tests.clips import numbered


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a clip")
    (tmp_path / "link.mp4").symlink_to(path)
    os.link(path, tmp_path / "hard.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    return path


@pytest.mark.parametrize("name", ["clip.mp4", "link.mp4", "hard.mp4", "../{folder}/clip.mp4"])
@pytest.mark.parametrize("option", ["sink", "record", "json_path", "voice_sink"])
def test_nothing_that_is_read_is_written(clip: Path, name: str, option: str):
    path = clip.parent / name.format(folder=clip.parent.name)
    given = f"file:{path}" if option.endswith("sink") else path
    with pytest.raises(UsageError, match="would overwrite"):
        check_files(Settings(persona="robin", camera=str(clip), **{option: given}))


@pytest.mark.parametrize(
    "read",
    [
        {"face": "clip.mp4"},
        {"microphone": "clip.mp4"},
        {"engine": "onnx:clip.mp4@cpu"},
        {"engine": "clip.mp4"},
        {"identity_model": "clip.mp4"},
    ],
)
def test_photos_recordings_and_models_stay(clip: Path, read: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(clip.parent)
    with pytest.raises(UsageError, match="would overwrite"):
        check_files(Settings(record=clip, **read))


def test_a_replay_names_its_own_options(clip: Path):
    settings = Settings(persona="robin", camera=str(clip), sink=f"file:{clip}")
    with pytest.raises(UsageError, match=r"--out would overwrite .*, which the replay reads") as refused:
        check_files(settings, is_live=False)
    assert "--sink" not in f"{refused.value} {refused.value.help_text}"


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({"sink": "file:a.mp4", "record": "a.mp4"}, "--sink and --record both write"),
        ({"record": "a.mp4", "json_path": "a.mp4"}, "--record and --json both write"),
        ({"record": "pipe.mp4"}, "no file that --record could write"),
        ({"sink": "file:pipe.mp4"}, "no file that --sink could write"),
    ],
)
def test_outputs_are_files_of_their_own(
    clip: Path, outputs: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(clip.parent)
    with pytest.raises(UsageError, match=said):
        check_files(Settings(**outputs))


def test_a_recording_is_replaced_by_the_next_one(clip: Path):
    sink = FileSink(clip.parent / "own.mp4", (64, 48), 30)
    sink.send(Marker((64, 48)).mark(numbered(3), 0, 0))
    sink.close()
    clip = clip.parent / "own.mp4"
    check_files(Settings(camera="sample", record=clip, json_path=clip.parent / "report.json", sink="null"))
    check_files(Settings(json_path=Path("/dev/stdout")))


@pytest.mark.parametrize("option", ["sink", "record", "json_path", "voice_sink"])
def test_a_file_that_livecam_did_not_write_is_not_replaced(clip: Path, option: str):
    given = f"file:{clip}" if option.endswith("sink") else clip
    with pytest.raises(UsageError, match="livecam did not write it"):
        check_files(Settings(persona="robin", **{option: given}))
    assert clip.read_bytes() == b"a clip"
