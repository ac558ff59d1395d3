"""A clip frame by frame, and the ten seconds a newcomer sees first."""

import json
import os
import signal
from dataclasses import replace

import cv2
import numpy as np
import pytest

from livecam.app import demo
from livecam.cli import replay_command
from livecam.core.errors import CameraError
from livecam.core.frame import Frame
from livecam.core.payload import FACE, SYNTHETIC, MarkPayload
from livecam.core.report import FrameCounts, Report
from livecam.personas.built_in import builtin_names
from tests.unit.cli.conftest import ScriptedSession

GREY = Frame(np.full((36, 64, 3), 90, np.uint8), 0, 0)
WHITE = Frame(np.full((36, 64, 3), 255, np.uint8), 0, 0)


class ScriptedReplay:
    """Gives `frames` frames; `at_frame` is called at the second."""

    def __init__(self, settings, frames=40, at_frame=lambda: None):
        self.settings, self.parts, self.closed, self.done = settings, self, False, 0
        self._frames, self._at_frame = frames, at_frame

    def close(self):
        self.closed = True

    def run(self):
        for number in range(self._frames):
            if number == 1:
                self._at_frame()
            self.done = number + 1
            yield GREY, WHITE

    def report(self):
        return Report(
            frames=FrameCounts(captured=self.done, sent=self.done, new=self.done), stage_ms={"whole": {"p50": 8.4}}
        )


@pytest.fixture
def replays(monkeypatch):
    """Replays are scripted; the list is of those opened, its `at_frame` what happens on the way."""

    class Opened(list):
        at_frame = staticmethod(lambda: None)

    opened = Opened()

    def open_replay(settings, choice=None):
        opened.append(ScriptedReplay(settings, at_frame=opened.at_frame))
        return opened[-1]

    monkeypatch.setattr(replay_command, "open_replay", open_replay)
    return opened


@pytest.mark.parametrize(("out", "sink"), [("null", "null"), ("result.mp4", "file:result.mp4")])
def test_every_frame_is_replayed_and_reported(livecam, replays, out, sink):
    said = livecam("replay", "sample", "--persona", "robin", "--out", out, "--json", "report.json")
    assert (said.code, replays[0].done, replays[0].closed) == (0, 40, True)
    assert (replays[0].settings.camera, replays[0].settings.sink) == ("sample", sink)
    assert "40 pictures" in said.out
    assert "a frame p50 8" in said.out


def test_a_clip_that_breaks_off_leaves_its_report_and_a_closed_file(livecam, replays, tmp_path):
    def break_off():
        raise CameraError("the clip is damaged after frame 1", advice="copy it again")

    replays.at_frame = break_off
    said = livecam("replay", "sample", "--persona", "robin", "--out", "a.mp4", "--json", "report.json")
    assert (said.code, replays[0].closed) == (3, True)
    assert json.loads((tmp_path / "report.json").read_text())["frames"]["sent"] == 1


def test_ctrl_c_finishes_what_was_begun(livecam, replays):
    replays.at_frame = lambda: os.kill(os.getpid(), signal.SIGINT)
    said = livecam("replay", "sample", "--persona", "robin", "--out", "a.mp4")
    assert (said.code, replays[0].done, replays[0].closed) == (0, 2, True)


class DemoSession(ScriptedSession):
    """Reports every quarter of a second for ten seconds; has a pair of the frame then current when `swaps`."""

    swaps, new = True, 240

    def reports(self, every_s):
        for number in range(40):
            self.seconds = number / 4
            yield Report(seconds=self.seconds)

    def report(self):
        new = self.new if self.swaps else 0
        return Report(seconds=10.0, frames=FrameCounts(captured=300, sent=300, new=new), levels={"HOLD": 300 - new})

    def pair(self):
        before = replace(GREY, seq=int(self.seconds * 30))
        return (before, WHITE) if self.swaps else None


@pytest.fixture
def demos(monkeypatch):
    opened = []

    def open_session(settings):
        opened.append(DemoSession(settings))
        return opened[-1]

    monkeypatch.setattr(demo, "open_session", open_session)
    return opened


def test_the_demo_writes_a_video_a_picture_a_report_and_the_next_step(livecam, demos, tmp_path):
    said = livecam("demo", "--folder", "out")
    settings = demos[0].settings
    assert said.code == 0
    assert (settings.camera, settings.sink) == ("sample", "file:out/livecam-demo.mp4")
    assert settings.persona == builtin_names()[0]
    assert json.loads((tmp_path / "out" / "livecam-demo.json").read_text())["schema"] == 2
    assert f"run --persona {builtin_names()[0]}" in said.out
    assert "run --face me.jpg" in said.out
    picture = cv2.imread(str(tmp_path / "out" / "livecam-demo.png"))
    assert picture.shape == (36 + 3 * 360 + 2 * 8, 2 * 640 + 8, 3)
    assert (picture[136, 100].tolist(), picture[136, 1000].tolist()) == ([90] * 3, [255] * 3)
    both = picture[:36, :640], picture[:36, 648:]
    assert all((label < 100).sum() > 500 for label in both)


def test_the_demo_ignores_the_profile_and_takes_another_persona(livecam, demos, tmp_path):
    (tmp_path / "config" / "livecam").mkdir(parents=True)
    (tmp_path / "config" / "livecam" / "livecam.toml").write_text('face = "me.jpg"\nsink = "null"\n')
    assert livecam("demo", "--persona", "kim").code == 0
    assert (demos[0].settings.persona, demos[0].settings.sink) == ("kim", "file:livecam-demo.mp4")


def test_the_demo_shows_the_whole_head_and_names_the_other_mode(livecam, demos):
    assert "demo --mode head" in livecam("demo").out
    assert "demo --mode swap" in livecam("demo", "--mode", "head").out
    assert [session.settings.mode for session in demos] == ["swap", "head"]


def test_verify_reads_what_the_demo_s_picture_says(livecam, demos):
    livecam("demo")
    said = livecam("verify", "livecam-demo.png")
    assert said.code == 0
    assert "livecam-demo.png: marked" in said.out
    assert "the right half is altered by livecam, the left half shows a synthetic person" in said.out
    assert "compositeWithTrainedAlgorithmicMedia" in said.out and "valid manifest by livecam" in said.out


class SteppedReplay(ScriptedReplay):
    """Every frame of the clip, with its picture."""

    payload = MarkPayload(FACE | SYNTHETIC, 1)

    def run(self):
        for number in range(300):
            self._at_frame()
            self.done = number + 1
            yield replace(GREY, seq=number), WHITE


@pytest.fixture
def stepped(monkeypatch):
    """Replays that a demo falls back on; `at_frame` is called at each frame."""

    class Opened(list):
        at_frame = staticmethod(lambda: None)

    opened = Opened()

    def open_replay(settings, choice=None):
        opened.append(SteppedReplay(settings, at_frame=opened.at_frame))
        return opened[-1]

    monkeypatch.setattr(demo, "open_replay", open_replay)
    return opened


@pytest.mark.parametrize(("swaps", "new"), [(False, 0), (True, 40)], ids=["no picture in time", "few pictures"])
def test_on_a_machine_that_is_too_busy_the_files_are_made_frame_by_frame(
    livecam, demos, stepped, monkeypatch, tmp_path, swaps, new
):
    monkeypatch.setattr(DemoSession, "swaps", swaps)
    monkeypatch.setattr(DemoSession, "new", new)
    said = livecam("demo")
    assert (said.code, len(stepped), stepped[0].closed) == (0, 1, True)
    assert "too slow for it just now" in said.out and "made frame by frame" in said.out
    assert json.loads((tmp_path / "livecam-demo.json").read_text())["frames"]["new"] == 300
    assert cv2.imread(str(tmp_path / "livecam-demo.png")).shape[0] == 36 + 3 * 360 + 2 * 8


def test_a_demo_that_was_ended_before_its_pictures_is_no_success(livecam, demos, stepped, monkeypatch):
    monkeypatch.setattr(DemoSession, "swaps", False)
    stepped.at_frame = lambda: os.kill(os.getpid(), signal.SIGINT)
    said = livecam("demo")
    assert said.code == 3
    assert said.err == "livecam: the demo was ended before its pictures were made\n  try: livecam demo\n"


def test_a_demo_in_which_no_frame_could_be_drawn_is_a_failure(livecam, demos, stepped, monkeypatch):
    monkeypatch.setattr(DemoSession, "swaps", False)
    monkeypatch.setattr(SteppedReplay, "run", lambda self: iter(()))
    said = livecam("demo")
    assert (said.code, said.err) == (4, "livecam: the sample's face was never replaced\n  try: livecam doctor\n")


def test_a_folder_that_cannot_be_made_is_3(livecam, demos, tmp_path):
    (tmp_path / "file").write_text("")
    said = livecam("demo", "--folder", "file/inside")
    assert (said.code, demos) == (3, [])
    assert "is no folder for the demo" in said.err


def test_a_picture_that_cannot_be_written_is_3(livecam, demos, tmp_path):
    (tmp_path / "livecam-demo.png").mkdir()
    said = livecam("demo")
    assert said.code == 3
    assert "livecam-demo.png was not written" in said.err
