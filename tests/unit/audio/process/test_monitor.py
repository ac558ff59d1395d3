"""The audio process watched: what ends or hangs is started again. A manual clock, and processes that play a script."""

from base64 import b64encode
from dataclasses import replace
from threading import Event

import pytest

from livecam.audio.process.job import VoiceJob, parse_job
from livecam.audio.process.monitor import LOOK_EVERY_NS, VoiceProcessMonitor
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.voice_report import VoiceNames, VoiceReport
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_file import voice_to_bytes

NAMES = VoiceNames("cedar", "headset", "livecam AI voice")


def job(**changes: object) -> VoiceJob:
    plain = {"microphone": "pulse:headset", "output": "pulse:livecam_voice", "session": 9, **changes}
    return VoiceJob(open_builtin_voice("birch"), open_builtin_voice("cedar"), **plain)


class Scripted:
    """A process that says what a test sets."""

    def __init__(self, job: VoiceJob, clock: ManualClock) -> None:
        self.job, self.clock = job, clock
        self.is_alive, self.figures, self.last_heard_ns = True, {}, clock.now_ns()
        self.reported: list[float] = []
        self.announced = 0
        self.texts: list[str] = []
        self.ended = False

    def say(self, **figures: object) -> None:
        self.figures, self.last_heard_ns = {**self.figures, **figures}, self.clock.now_ns()

    def set_hold(self, hold_ms: float) -> None:
        self.reported.append(hold_ms)

    def announce(self) -> None:
        self.announced += 1

    def speak(self, text: str) -> None:
        self.texts.append(text)

    def end(self, patience_s: float) -> None:
        self.is_alive, self.ended = False, True


class Watched:
    """A live voice and every process it has started."""

    def __init__(self, **changes: object) -> None:
        self.clock = ManualClock()
        self.started: list[Scripted] = []
        self.listening: list[str] = []
        self.voice = VoiceProcessMonitor(job(**changes), NAMES, self.clock, self._start, lambda: self.listening)

    def _start(self, job: VoiceJob, clock: ManualClock) -> Scripted:
        self.started.append(Scripted(job, clock))
        return self.started[-1]

    def pass_s(self, seconds: float) -> None:
        for _ in range(round(seconds * NS_PER_S / LOOK_EVERY_NS)):
            self.voice.turn()
            self.clock.advance_ns(LOOK_EVERY_NS)


def test_a_job_survives_being_a_line():
    reported = job(hold_ms=12.5)
    again = parse_job(reported.to_line())
    assert "\n" not in reported.to_line()
    assert (again.microphone, again.session, again.hold_ms) == ("pulse:headset", 9, 12.5)
    assert again.target.pitch_hz == reported.target.pitch_hz
    assert parse_job(replace(reported, speaker=None).to_line()).speaker is None


def test_it_is_started_once_and_left_alone_while_all_is_well():
    watched = Watched()
    for _ in range(100):
        watched.pass_s(0.1)
        watched.started[0].say(stage="converting", stage_ms=1.0, blocks=3)
    assert len(watched.started) == 1 and watched.voice.restarts == 0
    assert watched.voice.trouble is None


def test_a_program_that_begins_to_listen_hears_the_notice():
    watched = Watched()
    watched.pass_s(0.2)
    child = watched.started[0]
    child.say(notices=1)
    watched.listening = ["Zoom"]
    watched.pass_s(0.5)
    assert child.announced == 1


def test_a_listener_from_the_start_hears_the_opening_once():
    watched = Watched()
    watched.listening = ["Zoom"]
    watched.pass_s(0.5)
    watched.started[0].say(notices=1)
    watched.pass_s(0.5)
    assert watched.started[0].announced == 0


@pytest.mark.parametrize(("notices", "again"), [(1, 1), (2, 0)], ids=["cut off", "said"])
def test_a_notice_that_was_cut_off_is_said_by_the_process_that_takes_over(notices, again):
    watched = Watched()
    watched.pass_s(0.2)
    watched.started[0].say(notices=1)
    watched.listening = ["Zoom"]
    watched.pass_s(0.1)
    watched.started[0].say(notices=notices)
    watched.pass_s(0.1)
    watched.started[0].is_alive = False
    watched.pass_s(0.2)
    assert (watched.started[0].announced, watched.started[1].announced) == (1, again)


def dead(child: Scripted) -> None:
    child.is_alive = False


def hung(child: Scripted) -> None:
    child.say(stage="converting", stage_ms=900.0)


def deaf(child: Scripted) -> None:
    child.say(stage="listening", stage_ms=6000.0)


@pytest.mark.parametrize("fault", [dead, hung, deaf])
def test_a_process_that_ended_or_hangs_is_restarted_within_a_second(fault):
    watched = Watched()
    watched.pass_s(10)
    watched.started[0].say(stage="converting", stage_ms=1.0, sent=48_000)
    watched.pass_s(1)
    fault(watched.started[0])
    watched.pass_s(0.2)
    assert len(watched.started) == 2 and watched.started[0].ended
    assert watched.started[1].job.first_sample == 48_000
    assert watched.voice.restarts == 1


def test_one_that_says_nothing_any_more_hangs():
    watched = Watched()
    watched.pass_s(1)
    watched.started[0].say(stage="converting", stage_ms=1.0)
    watched.pass_s(2)
    assert len(watched.started) == 2


def test_before_its_first_word_it_may_take_its_time():
    watched = Watched()
    watched.pass_s(10)
    assert len(watched.started) == 1
    watched.pass_s(12)
    assert len(watched.started) == 2


def test_a_process_that_keeps_ending_is_not_restarted_and_says_why():
    watched = Watched()
    for _ in range(100):
        watched.pass_s(0.2)
        watched.started[-1].figures = {"failed": "there is no voice engine"}
        watched.started[-1].is_alive = False
    assert len(watched.started) < 12
    watched.pass_s(0.1)
    assert "no voice engine" in (watched.voice.trouble or "")


def test_a_file_is_followed_by_another():
    watched = Watched(output="file:/tmp/voice.wav")
    for _ in range(3):
        watched.pass_s(6)
        watched.started[-1].say(sent=10, stage_ms=1.0)
        watched.started[-1].is_alive = False
    watched.pass_s(0.1)
    assert [child.job.output for child in watched.started] == [
        "file:/tmp/voice.wav", "file:/tmp/voice-2.wav", "file:/tmp/voice-3.wav", "file:/tmp/voice-4.wav",
    ]  # fmt: skip
    assert [f"file:{path}" for path in watched.voice.files] == [child.job.output for child in watched.started]
    assert Watched(output="device:loud").voice.files == ()


def test_the_sounds_wait_for_the_picture_is_set_and_remembered():
    watched = Watched()
    watched.voice.hold(10.0)
    watched.pass_s(0.1)
    assert watched.started[0].job.hold_ms == 10.0
    watched.voice.hold(10.4)
    watched.voice.hold(30.0)
    assert watched.started[0].reported == [30.0] and watched.voice.held_ms == 30.0
    watched.started[0].is_alive = False
    watched.pass_s(0.1)
    assert watched.started[1].job.hold_ms == 30.0


def test_the_report_names_who_speaks_where_and_how_it_went():
    watched = Watched()
    assert watched.voice.report() == VoiceReport(names=NAMES, restarts=0, trouble=None)
    watched.pass_s(0.1)
    watched.started[0].say(faults=2, latency_ms={"p50": 80.0}, now_ms=81.0, trouble="the microphone is gone", peak=1)
    report = watched.voice.report()
    assert (report.names, report.restarts, report.trouble) == (NAMES, 0, "the microphone is gone")
    assert report.stats.faults == 2 and report.latency_ms == {"p50": 80.0}
    assert watched.voice.latency_ms == 81.0


def test_at_the_end_the_process_is_ended_and_its_figures_stay():
    watched = Watched()
    watched.pass_s(0.1)
    watched.started[0].say(faults=1)
    stopping = Event()
    stopping.set()
    watched.voice.run(stopping)
    watched.voice.close()
    assert watched.started[0].ended and watched.voice.report().stats.faults == 1


def test_who_was_learned_need_not_be_listened_to_again():
    watched = Watched()
    watched.voice._job = replace(watched.voice._job, speaker=None)
    watched.pass_s(0.1)
    assert watched.started[0].job.speaker is None
    learned = b64encode(voice_to_bytes(open_builtin_voice("birch"))).decode()
    watched.started[0].say(learned=learned, sent=10, stage_ms=1.0)
    watched.started[0].is_alive = False
    watched.pass_s(0.1)
    assert watched.started[1].job.speaker.pitch_hz == open_builtin_voice("birch").pitch_hz
