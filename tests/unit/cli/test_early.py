"""The first and the last moments of the program: signals, closed streams, readers that go away, strange names."""

import os
import signal
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path

import pytest

from livecam.cli import early
from livecam.core.stop_signals import stopped_by_signals

PROGRAM = "import sys; from livecam.cli import main; sys.exit(main())"
SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and descriptors of POSIX")

# Each sends itself the signal at one moment of its start.
MOMENTS = {
    "while it is imported": """
import os, sys
class Asked:
    def find_spec(self, name, path=None, target=None):
        if name == "livecam.cli.main":
            os.kill(os.getpid(), NUMBER)
        return None
sys.meta_path.insert(0, Asked())
from livecam.cli import main
sys.exit(main(["config", "show"]))
""",
    "before the command": """
import os, sys
from livecam.cli import main
from livecam.console.options import CommandLine
CommandLine.resolved = lambda *_, **__: os.kill(os.getpid(), NUMBER)
sys.exit(main(["config", "show"]))
""",
    "while it opens": """
import os, sys
from livecam.cli import main, run_command
run_command.open_session = lambda *_, **__: os.kill(os.getpid(), NUMBER)
sys.exit(main(["run", "--persona", "robin"]))
""",
}


@posix
@pytest.mark.parametrize(
    ("moment", "number"),
    [*(("while it is imported", number) for number in SIGNALS), *((moment, signal.SIGTERM) for moment in MOMENTS)],
)
def test_a_request_to_end_at_the_very_start_is_silent(tmp_path, moment, number):
    code = MOMENTS[moment].replace("NUMBER", str(int(number)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (130, "")


class Swallowing:
    """An object; the callback of a weak reference to it loses every exception."""


@posix
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_request_that_foreign_code_swallows_still_ends_the_run(number):
    stopped = []
    with early.asked_to_end():
        kept = Swallowing()
        reference = weakref.ref(kept, lambda _: os.kill(os.getpid(), number))
        del kept
        assert reference() is None and early.was_asked_to_end()
        with stopped_by_signals(lambda: stopped.append(number)):
            pass
    assert stopped == [number] and not early.was_asked_to_end()


@posix
def test_a_request_that_an_import_swallows_ends_the_program():
    with pytest.raises(SystemExit) as ended, early.ends_when_asked(), suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    assert ended.value.code == early.EXIT_INTERRUPTED


@posix
def test_signals_are_as_before_afterwards_and_what_was_ignored_stays_so():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        usual = signal.getsignal(signal.SIGINT)
        with early.asked_to_end():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is usual
    finally:
        signal.signal(signal.SIGTERM, before)


@posix
@pytest.mark.parametrize(
    ("words", "closed"), [("persona list --data-folder data", "0<&-"), ("run", "0<&- 1>&-"), ("run", "0<&- 1>&- 2>&-")]
)
def test_a_stream_that_is_closed_is_an_empty_one(tmp_path, closed, words):
    plain, done = (
        subprocess.run(
            ["sh", "-c", f'exec "{sys.executable}" -c "{PROGRAM}" {words} {streams}'],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        for streams in ("</dev/null", closed)
    )
    assert done.returncode == plain.returncode
    assert done.stderr == ("" if "2>&-" in closed else plain.stderr)
    assert done.stdout == ("" if "1>&-" in closed else plain.stdout)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_an_output_that_is_full_is_reported():
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-c", PROGRAM, "config", "show"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert [line[:9] for line in done.stderr.splitlines()] == ["livecam: ", "  run the"]
    assert "No space left" in done.stderr


@posix
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("ascii", "photo of Мария.jpg"),
        ("latin-1", "李明\n\x1b[31m.jpg"),
        ("utf-8", os.fsdecode(b"\xff\xfe.jpg")),
        ("ascii", "n" * 300),
    ],
)
def test_a_name_that_the_terminal_lacks_is_an_error_of_two_lines(tmp_path, encoding, name):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "persona", "add", name, "--consent", "own"],
        capture_output=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    lines = done.stderr.decode(encoding, "replace").splitlines()
    assert done.returncode in (2, 3, 5), lines
    assert len(lines) == 2 and lines[1].startswith("  ") and "unexpected" not in lines[0]
    assert b"\x1b" not in done.stderr


@posix
def test_a_user_without_a_home_or_a_name_works(tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG") and key != "HOME"}
    code = (
        "import os, pwd, sys\n"
        "def unknown(*_): raise KeyError('uid not found')\n"
        "pwd.getpwuid = unknown\n"
        "from livecam.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    for words in (["persona", "list"], ["persona", "synth", "--seed", "3"], ["persona", "add", "~/x"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True, text=True, cwd=tmp_path, env={**environment, "TMPDIR": str(tmp_path)}, check=False,
        )  # fmt: skip
        assert done.returncode == (5 if "add" in words else 0), done.stderr
    folder = tmp_path / f"livecam-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700 and list(folder.rglob("synthetic-3"))
