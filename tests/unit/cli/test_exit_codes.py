"""Every failure is two lines on stderr, the exit code of its kind, and no traceback."""

import subprocess
import sys

import pytest

from livecam.core.errors import CameraError, EngineError, OutputError, PhotoError


def is_two_lines(said):
    lines = said.err.splitlines()
    return len(lines) == 2 and lines[0].startswith("livecam: ") and lines[1].startswith("  ")


def test_a_run_that_ends_is_0_and_says_what_it_did(livecam, stage):
    said = livecam("run", "--persona", "robin")
    assert (said.code, said.err) == (0, "")
    assert "robin on fake camera, shown on fake sink" in said.out
    assert (
        "90 pictures in 3.0 s (30.0 a second), 88 of them new (29.3 a second); delay p50 12, p95 20, p99 - ms"
        in said.out
    )
    assert "2 repeated, 0 of a card, 0 late" in said.out


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (["run"], "neither a face nor a persona is named", "livecam persona list"),
        (["run", "--face", "a.jpg", "--persona", "b"], "are both named", "not both"),
        (["bench", "compare", "a.json", "b.json"], "a.json cannot be read", "livecam bench run --json"),
        (["run", "--persona", "robin", "--size", "big"], "--size must be WxH", "config show"),
        (["run", "--persona", "robin", "--fps", "many"], "Invalid value for '--fps'", "livecam run --help"),
        (["run", "--persona", "robin", "--fps", "-3"], "--fps must be a number from 15 to 240", "livecam config show"),
        (["run", "--persona"], "Option '--persona' requires an argument", "livecam run --help"),
        (["run", "--sped", "3"], "No such option: --sped", "livecam run --help"),
        (["run", "--persona", "robin", "--json", "no/such/folder.json"], "no report can be written", "--json"),
        (["run", "--profile", "none.toml"], "profile none.toml cannot be read", "livecam config show"),
        (["fly"], "No such command 'fly'", "livecam --help"),
        (["replay"], "Missing argument 'IN'", "livecam replay --help"),
        (["replay", "a.mp4", "--out", "null"], "neither a face nor a persona is named", "--persona NAME"),
        (["persona"], "Missing command", "livecam persona --help"),
        (["persona", "sing"], "No such command 'sing'", "livecam persona --help"),
        (["persona", "synth", "--seed", "-1"], "Invalid value for '--seed'", "livecam persona synth --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_use_is_2(livecam, stage, words, what, hint):
    said = livecam(*words)
    assert (said.code, said.out, is_two_lines(said)) == (2, "", True)
    assert what in said.err.splitlines()[0]
    assert hint in said.err.splitlines()[1]
    assert stage.opened == []


@pytest.mark.parametrize("words", [["--profile", "none.toml"], ["--size", "big"], ["--profile", "bad.toml"]])
def test_the_settings_page_does_not_send_to_itself(livecam, stage, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text("sped = 3\n")
    said = livecam("config", "show", *words)
    assert (said.code, is_two_lines(said)) == (2, True)
    assert said.err.endswith("try: livecam config show --help\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CameraError("camera 3 did not open", command="livecam devices"), 3),
        (OutputError("the disk is full", advice="free some space"), 3),
        (EngineError("there is no engine named 'x'", advice="choose one of: photo"), 4),
        (PhotoError("no face was found in me.jpg", advice="another photo"), 5),
    ],
)
def test_what_cannot_be_opened_has_the_code_of_its_kind(livecam, stage, error, code):
    stage.refuse = error
    said = livecam("run", "--persona", "robin")
    assert (said.code, said.err) == (code, f"livecam: {error}\n  {error.help_line}\n")


def test_a_message_of_several_lines_becomes_one(livecam, stage):
    stage.refuse = EngineError("the model\nis  broken", command="livecam\ndoctor")
    assert livecam("run", "--persona", "robin").err == "livecam: the model is broken\n  try: livecam doctor\n"


def test_a_missing_persona_is_5(livecam):
    said = livecam("persona", "show", "unknown")
    assert (said.code, said.err) == (5, 'livecam: there is no persona "unknown"\n  try: livecam persona list\n')


def test_a_missing_clip_is_3(livecam, stage):
    said = livecam("replay", "none.mp4", "--persona", "robin", "--out", "null")
    assert said.code == 3
    assert "there is no clip or folder none.mp4" in said.err


def test_a_defect_is_1_and_one_line_without_its_traceback(livecam, stage):
    stage.refuse = ZeroDivisionError("division by zero")
    said = livecam("run", "--persona", "robin")
    assert said.code == 1
    assert said.err == "livecam: unexpected ZeroDivisionError: division by zero\n  run the same command with --debug\n"


@pytest.mark.parametrize(("module", "package"), [("cv2", "opencv-python-headless"), ("numpy.linalg", "numpy")])
def test_a_package_that_does_not_load_is_3_with_the_command_that_brings_it(livecam, stage, module, package):
    stage.refuse = ModuleNotFoundError(f"No module named '{module}'", name=module)
    said = livecam("run", "--persona", "robin")
    assert said.code == 3
    assert f"the package {package} does not load" in said.err
    assert said.err.endswith(f" -m pip install --force-reinstall {package}\n")


def test_a_library_inside_a_package_names_the_package(livecam, stage):
    inside = "/usr/lib/python3/dist-packages/cryptography/hazmat/_rust.so"
    stage.refuse = ImportError("undefined symbol", name="_rust", path=inside)
    said = livecam("run", "--persona", "robin")
    assert said.code == 3 and said.err.endswith(" -m pip install --force-reinstall cryptography\n")


def test_a_lack_of_memory_is_no_broken_package(livecam, stage):
    path = "/usr/lib/python3/site-packages/cv2/cv2.abi3.so"
    stage.refuse = ImportError(f"{path}: failed to map segment from shared object", name="cv2", path=path)
    said = livecam("run", "--persona", "robin")
    assert said.code == 3
    assert "no memory is left to start" in said.err and "pip" not in said.err


@pytest.mark.parametrize("module", ["livecam.nowhere", "json", None])
def test_a_wrong_import_of_our_own_is_a_defect(livecam, stage, module):
    stage.refuse = ImportError("no such name", name=module)
    assert livecam("run", "--persona", "robin").code == 1


@pytest.mark.parametrize("words", [["--debug", "run", "--persona", "robin"], ["run", "--persona", "robin", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(livecam, stage, words):
    stage.refuse = EngineError("broken", command="livecam doctor")
    said = livecam(*words)
    assert said.code == 4
    assert "Traceback (most recent call last)" in said.err
    assert said.err.endswith("livecam: broken\n  try: livecam doctor\n")


def test_an_interrupt_while_opening_is_130_and_silent(livecam, stage):
    stage.refuse = KeyboardInterrupt()
    said = livecam("run", "--persona", "robin")
    assert (said.code, said.err) == (130, "")


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["persona", "--help"], ["config", "show", "--help"]])
def test_help_is_0(livecam, words):
    said = livecam(*words)
    assert (said.code, said.err) == (0, "")
    assert "Usage: livecam" in said.out


def test_alone_it_says_where_to_begin_and_what_is_here(livecam):
    said = livecam()
    assert (said.code, said.err) == (0, "")
    commands = [line for line in said.out.splitlines() if line.startswith("  livecam ")]
    assert [" ".join(line.split()[:2]) for line in commands] == ["livecam demo", "livecam run", "livecam doctor"]
    assert "\nThis machine: " in said.out and "processor" in said.out and "livecam --help" in said.out


def test_what_is_here_is_counted_by_camera(tmp_path):
    from livecam.cli.overview import state

    real, virtual = tmp_path / "pci" / "usb", tmp_path / "virtual" / "video4linux"
    for number, (place, index) in enumerate([(real, 0), (real, 1), (virtual, 0), (virtual, 0)]):
        node = place / f"video{number}"
        node.mkdir(parents=True)
        (node / "index").write_text(f"{index}\n")
        tmp_path.joinpath("class").mkdir(exist_ok=True)
        tmp_path.joinpath("class", node.name).symlink_to(node)
    assert state(tmp_path / "class").startswith("1 camera, 2 virtual cameras, ")
    assert state(tmp_path / "none").startswith("no camera, no virtual camera, ")


def test_the_help_of_run_has_a_legend_of_its_status_line(livecam):
    said = livecam("run", "--help").out
    assert all(word in said for word in ("catching up", "no face, two faces", "frozen", "new/s", "delay"))


def test_the_version_is_reported(livecam):
    from livecam import __version__

    assert livecam("--version").out == f"{__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from livecam.cli import main; main(['--help'])\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'av', 'livecam.app.session'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_gets_no_complaint():
    code = "import sys; from livecam.cli import main; sys.exit(main(['config', 'show']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 1
