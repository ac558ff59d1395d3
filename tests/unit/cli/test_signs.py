"""`livecam verify --signs` and `--challenge`, on files and on what is no clip of a face."""

import json
import wave

import cv2
import numpy as np
import pytest

from livecam.cli import challenge_command
from livecam.core.errors import CameraError
from livecam.devices.media.sample import SAMPLE_CLIP
from tests.clips import numbered, steady, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Less than two seconds of the synthetic person of the sample, small and without any mark."""
    path = tmp_path_factory.mktemp("signs") / "clip.avi"
    reader, writer = (
        cv2.VideoCapture(str(SAMPLE_CLIP)),
        cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 360)),
    )
    for _ in range(54):
        writer.write(cv2.resize(reader.read()[1], (640, 360), interpolation=cv2.INTER_AREA))
    writer.release()
    return path


@pytest.fixture(scope="module")
def narrow():
    return 80


def test_marks_come_first_and_signs_follow_in_80_columns(livecam, clip, narrow):
    said = livecam("verify", clip, "--signs")
    assert said.code == 1, said.err
    marks, _, signs = said.out.partition("\nsigns\n")
    assert marks.startswith(f"{clip}: not marked") and "picture watermark" in marks
    for words in (
        "measured signs",
        "Sharpness:",
        "can tell:",
        "cannot tell:",
        "not measured here",
        "Blinks: needs 4 s",
    ):
        assert words in signs
    assert all(len(line) <= narrow for line in said.out.splitlines()[1:])


def test_plot_page_and_json_are_written(livecam, clip, tmp_path):
    said = livecam("verify", clip, "--signs", "--plot", "signs.png", "--html", "signs.html", "--json")
    found = json.loads(said.out)
    assert found["marked"] is False and len(found["signs"]["signs"]) == 11
    sharpness = next(sign for sign in found["signs"]["signs"] if sign["name"] == "sharpness")
    assert sharpness["typical"]["score"] is not None and sharpness["cannot"]
    assert cv2.imread(str(tmp_path / "signs.png")).shape[1] == 960
    page = (tmp_path / "signs.html").read_text()
    assert page.count("<section") == found["signs"]["measured"]
    assert "data:image/jpeg;base64," in page and "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("option", "name"), [("--plot", "signs.html"), ("--html", "signs.png"), ("--html", "no/a.html")]
)
def test_a_place_that_takes_no_report_is_named_before_the_search(livecam, clip, option, name):
    said = livecam("verify", clip, "--signs", option, name)
    assert said.code == 2 and option in said.err


def wrote_sound(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((8000 * np.sin(np.arange(48_000) / 20)).astype("<i2").tobytes())
    return path


def wrote_still(path):
    cv2.imwrite(str(path), numbered(3, (320, 240)))
    return path


ODD = {
    "sound only": lambda folder: wrote_sound(folder / "a.wav"),
    "a still": lambda folder: wrote_still(folder / "a.png"),
    "one picture": lambda folder: write_clip(folder / "a.mp4", [0]),
    "no face": lambda folder: write_clip(folder / "a.mp4", steady(20)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_end_in_one_clear_line(livecam, tmp_path, name):
    said = livecam("verify", ODD[name](tmp_path), "--signs")
    assert said.code == 1, said.err
    assert "no sign can be measured: " in said.out


def test_a_file_that_is_nothing_is_an_error_in_two_lines(livecam, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    said = livecam("verify", "a.mp4", "--signs")
    assert said.code == 2 and len(said.err.strip().splitlines()) == 2


def test_a_challenge_proposes_three_tasks_and_is_no_identity_check(livecam):
    said = livecam("verify", "--challenge")
    assert said.code == 0
    assert [line for line in said.out.splitlines() if line.strip().startswith(("1.", "2.", "3."))]
    assert "not an identity check" in said.out.replace("\n    ", " ") and "GOTCHA" in said.out
    assert len(json.loads(livecam("verify", "--challenge", "--json").out)["tasks"]) == 3


def test_a_challenge_says_what_was_seen(livecam, monkeypatch):
    watched = []

    def watch(task, what, seconds):
        watched.append((what, seconds))
        return "the head turned to 60 degrees"

    monkeypatch.setattr(challenge_command, "watch_task", watch)
    said = livecam("verify", "camera:0", "--challenge", "--seconds", 5)
    assert watched == [("camera:0", 5.0)] * 3
    assert said.out.count("seen: the head turned to 60 degrees") == 3


def test_a_challenge_refuses_a_file_and_names_a_camera_that_is_gone(livecam, clip, monkeypatch):
    assert livecam("verify", clip, "--challenge").code == 2

    def watch(task, what, seconds):
        raise CameraError("camera 0 did not open", command="livecam devices")

    monkeypatch.setattr(challenge_command, "watch_task", watch)
    said = livecam("verify", "camera:0", "--challenge")
    assert said.code == 3 and "camera 0 did not open" in said.err
