"""Keys act on the running session; the terminal is as before afterwards."""

import os
import pty
import signal
import termios
from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console

from livecam.app.plain_words import plain
from livecam.cli.controls import Controls
from livecam.cli.display import open_counter, open_display
from livecam.cli.keys import no_keys, open_keys
from livecam.cli.status import RecentRate, help_line, status_line
from livecam.config.settings import Settings
from livecam.core.errors import PhotoError, UsageError
from livecam.core.persona import PersonaKind
from livecam.core.report import FrameCounts, Report
from livecam.personas.built_in import builtin_names
from livecam.personas.entry import Entry
from livecam.personas.store import PersonaStore
from tests.unit.cli.conftest import ScriptedSession

REASONS = (
    *("frame too old", "looking for a face", "track needs a look", "in time", "deadlines were missed"),
    *("frame is late", "track is stale", "no face", "two faces", "a face that cannot be guessed"),
    *("a face that cannot be followed", "the face is covered or turned away", "an engine failed"),
)


@pytest.fixture
def session():
    return ScriptedSession(Settings(persona="robin"))


@pytest.fixture
def controls(session, tmp_path):
    return Controls(session, PersonaStore(tmp_path), builtin_names()[0], 0.9, mirror=False)


@pytest.mark.parametrize(
    ("keys", "reported"),
    [
        ("f", [("freeze", True)]),
        ("ff", [("freeze", True), ("freeze", False)]),
        ("M", [("mirror", True)]),
        ("-", [("strength", 0.8)]),
        ("+++", [("strength", 1.0)] * 3),
        ("=", [("strength", 1.0)]),
        ("-" * 11, [("strength", round(0.9 - 0.1 * n, 2)) for n in range(1, 10)] + [("strength", 0.0)] * 2),
        ("h", [("mode", "head")]),
        ("n", [("use", builtin_names()[1])]),
        ("xyz 7\t", []),
        ("", []),
    ],
)
def test_each_key_does_its_work(session, controls, keys, reported):
    controls.press(keys)
    controls.work()
    assert session.reported == reported


@pytest.mark.parametrize(
    ("keys", "reported"),
    [("h", []), ("hmh", [("mirror", True)]), ("hh", [("mode", "swap")]), ("hhh", [("mode", "swap"), ("mode", "head")])],
)
def test_going_back_to_ones_own_hair_is_asked_for_twice(session, tmp_path, keys, reported):
    controls = Controls(session, PersonaStore(tmp_path), "robin", 0.9, mirror=False, mode="head")
    controls.press(keys)
    assert session.reported == reported
    assert ("press h again" in controls.note) == (keys in ("h", "hmh"))


def test_a_session_without_heads_says_so(session, controls):
    def refuse(name):
        raise UsageError("this session was opened without heads", command="livecam run --mode head")

    session.mode = refuse
    controls.press("h")
    assert controls.mode == "swap" and "opened without heads" in status_line(Report(), controls)


def test_q_asks_the_session_to_end(session, controls):
    controls.press("q")
    assert session.stopped


def test_mirroring_starts_from_the_setting(session, tmp_path):
    Controls(session, PersonaStore(tmp_path), "robin", 0.9, mirror=True).press("m")
    assert session.reported == [("mirror", False)]


def test_after_the_last_persona_comes_the_first(session, controls):
    for _ in builtin_names():
        controls.press("n")
        controls.work()
    assert controls.persona == builtin_names()[0]


def test_a_persona_that_is_in_no_list_is_followed_by_the_first(session, tmp_path):
    controls = Controls(session, PersonaStore(tmp_path), "removed since", 0.9, mirror=False)
    controls.press("n")
    controls.work()
    assert session.reported == [("use", builtin_names()[0])]


@pytest.mark.parametrize(("compares", "reached"), [(True, ["robin", "me"]), (False, ["mine", "robin", "me"])])
def test_ones_own_face_is_not_come_to_uncompared(session, compares, reached):
    """With an identity model, who is in front of the camera was held against the persona it started as alone."""
    kinds = {"me": PersonaKind.OWN, "mine": PersonaKind.OWN, "robin": PersonaKind.SYNTHETIC}
    entries = [Entry(name, kind, None, False, None) for name, kind in kinds.items()]
    store = SimpleNamespace(list=lambda: entries, load=lambda name: SimpleNamespace(name=name))
    controls = Controls(session, store, "me", 0.9, mirror=False, compares=compares)
    for _ in reached:
        controls.press("n")
        controls.work()
    assert session.reported == [("use", name) for name in reached]


def test_a_persona_that_does_not_serve_is_named_and_the_old_one_stays(session, controls):
    def refuse(persona):
        raise PhotoError("the photo is too dark", advice="another")

    session.use = refuse
    controls.press("n")
    controls.work()
    assert controls.persona == builtin_names()[0]
    assert "the photo is too dark" in status_line(Report(), controls)
    controls.press("f")
    assert "the photo is too dark" not in status_line(Report(), controls)


def test_while_a_persona_is_loaded_the_line_says_so_and_other_keys_work(session, controls):
    _, second, third = builtin_names()[:3]
    controls.press("n")
    assert f"loading {second}" in status_line(Report(), controls, 40)
    assert session.reported == []
    controls.press("m")
    assert session.reported == [("mirror", True)]
    assert f"loading {second}" in status_line(Report(), controls)
    controls.press("n")
    controls.work()
    assert session.reported[1:] == [("use", third)]
    assert controls.persona == third and "loading" not in status_line(Report(), controls)


REPORT = Report(
    fps=29.97,
    new_fps=28.4,
    latency_ms={"p50": 11.6, "p95": 19.2},
    frames=FrameCounts(held=4, late=1, new=280),
    cpu_percent_of_one_core=41.2,
    level="RENDER",
    reason="in time",
)


def test_the_status_line_says_what_matters_first_and_the_figures_last(controls):
    name = builtin_names()[0]
    controls.press("m")
    assert status_line(REPORT, controls) == (
        f"live | mirrored | {name} 90% | 28 new/s | delay 12/19 ms | repeated 4, late 1 | CPU 41%"
    )


@pytest.mark.parametrize("width", [20, 40, 80])
def test_what_does_not_fit_is_left_out_from_the_end(controls, width):
    name = builtin_names()[0]
    controls.press("fm")
    whole = f"frozen | mirrored | {name} 90% | 28 new/s | delay 12/19 ms | repeated 4, late 1 | CPU 41%"
    line = status_line(REPORT, controls, width)
    assert len(line) <= width and whole.startswith(line)
    assert line.startswith("frozen | mirrored")
    assert len(help_line(width)) <= max(width, 35)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report(), "starting"),
        (Report(reason="frame too old"), "starting"),
        (Report(reason="in time"), "starting"),
        (Report(reason="no face"), "no face"),
        (Report(reason="two faces", frames=FrameCounts(new=9)), "two faces"),
        (Report(reason="frame too old", frames=FrameCounts(new=9)), "catching up"),
        (Report(reason="in time", frames=FrameCounts(new=9)), "live"),
        (Report(reason="the camera is unplugged", frames=FrameCounts(new=9)), "the camera is unplugged"),
    ],
)
def test_what_a_run_is_doing_comes_first_in_plain_words(controls, report, said):
    assert status_line(report, controls).split(" | ")[0] == said


def test_every_reason_of_the_program_is_plain_or_has_plain_words():
    for word in ("HOLD", "RENDER", "CARRY", "REFRESH", "track", "budget", "deadline"):
        assert word not in " ".join(plain(reason) for reason in REASONS)


def test_the_rate_is_that_of_the_last_seconds():
    recent = RecentRate()
    assert recent.of(Report(seconds=0.0)) is None
    for quarter in range(1, 21):
        recent.of(Report(seconds=quarter / 4))
    rates = [recent.of(Report(seconds=5 + n / 4, frames=FrameCounts(new=5 * n))) for n in range(1, 21)]
    assert rates[0] < 5 and rates[-1] == pytest.approx(20)


def in_a_terminal(body, typed=b""):
    """The exit code of `body(terminal)` in a child process at a terminal; `typed` is sent once it writes "ready"."""
    child, keyboard = pty.fork()
    if child == 0:
        signal.alarm(20)
        status = 1
        try:
            with open(0, closefd=False) as terminal:
                status = body(terminal)
        finally:
            os._exit(status)
    if typed:
        assert os.read(keyboard, 5) == b"ready"
        os.write(keyboard, typed)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(keyboard)
    return code


def read_until_q(pressed):
    os.write(1, b"ready")
    read = ""
    while "q" not in read:
        read += pressed()
    return read


def test_keys_are_read_one_by_one_and_the_terminal_is_restored():
    def body(terminal):
        before = termios.tcgetattr(0)
        with open_keys(terminal) as pressed:
            at_once = termios.tcgetattr(0)[3] & termios.ICANON == 0
            nothing = pressed()
            read = read_until_q(pressed)
        return 0 if (at_once, nothing, read, termios.tcgetattr(0)) == (True, "", "fmq", before) else 3

    assert in_a_terminal(body, b"fmq") == 0


@pytest.mark.parametrize("arrow", [b"\x1b[C", b"\x1bOP", b"\x1b[15~", b"\x1b[1;5f", b"\x1b"])
def test_arrow_and_function_keys_are_no_letters(arrow):
    def body(terminal):
        with open_keys(terminal) as pressed:
            return 0 if read_until_q(pressed) == "+q" else 3

    assert in_a_terminal(body, arrow + b"+q") == 0


def test_the_terminal_is_restored_when_something_fails():
    def body(terminal):
        before = termios.tcgetattr(0)
        try:
            with open_keys(terminal):
                raise PhotoError("x", advice="y")
        except PhotoError:
            return 0 if termios.tcgetattr(0) == before else 3

    assert in_a_terminal(body) == 0


def test_after_a_stop_and_fg_the_keys_work_again():
    def body(terminal):
        shell_mode = termios.tcgetattr(0)
        with open_keys(terminal) as pressed:
            termios.tcsetattr(0, termios.TCSANOW, shell_mode)
            os.kill(os.getpid(), signal.SIGCONT)
            return 0 if read_until_q(pressed) == "fq" else 3

    assert in_a_terminal(body, b"fq") == 0


def test_a_job_in_the_background_leaves_the_terminal_alone():
    def body(terminal):
        before = termios.tcgetattr(0)
        grandchild = os.fork()
        if grandchild == 0:
            os.setpgid(0, 0)
            with open_keys(terminal) as pressed:
                os._exit(0 if pressed is no_keys and termios.tcgetattr(0) == before else 3)
        return os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1])

    assert in_a_terminal(body) == 0


def test_without_a_terminal_there_are_no_keys():
    with open_keys(StringIO("q")) as pressed:
        assert pressed() == ""


@pytest.mark.parametrize("width", [20, 60, 400])
def test_the_display_fits_the_terminal(controls, width):
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=width, color_system=None)
    with open_display(console) as show:
        show(Report(), controls)
        show(Report(reason="a reason " * 30), controls)
    lines = [line for line in screen.getvalue().replace("\r", "\n").split("\n") if "\x1b" not in line]
    assert lines
    assert max(len(line) for line in lines) <= width


def test_the_counter_counts_in_a_terminal_only(controls):
    seen, silent = StringIO(), StringIO()
    for file, is_terminal in ((seen, True), (silent, False)):
        with open_counter(Console(file=file, force_terminal=is_terminal)) as say:
            for number in range(1, 40):
                say(number)
    assert "frame 31" in seen.getvalue()
    assert silent.getvalue() == ""
