"""The help of every command: whole words at any width, a default for each option, examples that can be pasted."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from livecam.cli.app import app
from livecam.cli.bench_commands import subcommand_first
from livecam.cli.examples import EPILOGS
from livecam.cli.overview import overview
from livecam.config.profile import read_profile
from livecam.config.setting_values import RENAMED as RENAMED_KEYS
from livecam.config.setting_values import SETTINGS
from livecam.config.settings import Settings, value_of
from livecam.console import commands as console
from livecam.console.commands import PRINT_AND_EXIT, RENAMED, current, help_of
from livecam.console.panels import BASIC, PANELS
from livecam.core.errors import UsageError
from tests.unit.cli.test_named_commands import usage_fault

WIDE = 100_000


def walk(command, parent=None, name="livecam") -> Iterator[tuple[str, object, typer.Context]]:
    context = typer.Context(command, info_name=name, parent=parent)
    yield context.command_path, command, context
    for each in command.list_commands(context) if isinstance(command, TyperGroup) else ():
        yield from walk(command.get_command(context, each), context, each)


COMMANDS = list(walk(get_command(app)))


def every_command(function):
    return pytest.mark.parametrize(
        ("command", "context"), [pytest.param(command, context, id=path) for path, command, context in COMMANDS]
    )(function)


def help_at(command, context, width: int, monkeypatch) -> str:
    monkeypatch.setattr(console, "terminal_width", lambda: width)
    return help_of(command, context)


def words_of(text: str) -> list[str]:
    return [word for word in text.split() if word != "\\" and set(word) - {"-", "\u2500"}]


def test_the_walk_sees_commands_of_every_depth():
    assert {"livecam", "livecam run", "livecam bench soak", "livecam models pull"} <= {path for path, *_ in COMMANDS}


@pytest.mark.parametrize("width", [80, 40])
@every_command
def test_no_word_is_cut_and_no_line_is_too_long(command, context, width, monkeypatch):
    shown = help_at(command, context, width, monkeypatch)
    assert max(map(len, shown.splitlines())) <= width
    assert words_of(shown) == words_of(help_at(command, context, WIDE, monkeypatch))


@every_command
def test_every_option_says_what_it_does_its_value_and_its_default(command, context, monkeypatch):
    shown = help_at(command, context, WIDE, monkeypatch)
    assert "<" not in shown and "None" not in shown
    for param in command.get_params(context):
        if getattr(param, "hidden", False):
            continue
        name = max(param.opts, key=len).lstrip("-")
        assert param.help and param.help.endswith("."), name
        is_option = param.param_type_name == "option"
        assert not is_option or param.is_flag or param.metavar, name
        if is_option and name not in PRINT_AND_EXIT:
            (line,) = (line for line in shown.splitlines() if re.match(rf"  --{name}\b(?!-)", line))
            assert line.endswith("]") and ("[default: " in line or "[required]" in line), line


@every_command
def test_every_command_ends_with_examples_that_would_run(command, context, monkeypatch):
    for width in (80, 40):
        shown = help_at(command, context, width, monkeypatch).replace(" \\\n", " ")
        _, _, end = shown.partition(" Examples ")
        lines = [line.strip() for line in end.splitlines() if line.startswith("  livecam ")]
        assert lines
        for line in lines:
            assert line.startswith(context.command_path.removesuffix(" bench"))
            assert usage_fault(line) is None, line


def test_the_examples_name_commands_that_exist():
    paths = {path.removeprefix("livecam").strip() for path, *_ in COMMANDS}
    assert set(EPILOGS) <= paths


def test_the_ten_options_of_run_that_most_people_need_come_first(monkeypatch):
    (run,) = ((command, context) for path, command, context in COMMANDS if path == "livecam run")
    shown = help_at(*run, 80, monkeypatch)
    basic, _, advanced = shown.partition("Advanced: ")
    assert re.findall(r"^  --([a-z-]+)", basic, re.MULTILINE) == [
        *("face", "persona", "camera", "size", "voice", "microphone", "sink", "record", "consent", "json", "help")
    ]
    assert len(BASIC) == 10 and "--strength" in advanced
    titles = re.findall(r"^\S+ ([A-Z][a-z]+) ", basic, re.MULTILINE)
    assert titles == ["Persona", "Picture", "Voice", "Output", "Consent", "Diagnostics"]


def test_every_setting_stands_in_one_panel_and_its_shown_default_is_true():
    placed = [name for names in PANELS.values() for name in names]
    assert len(placed) == len(set(placed)) and set(SETTINGS) <= set(placed)
    for setting in SETTINGS.values():
        default = value_of(Settings(), setting)
        shown = {None: setting.default, False: "off"}.get(
            default, f"{default:g}" if isinstance(default, float) else default
        )
        assert setting.default and setting.default == shown, setting.key


@pytest.mark.parametrize("path", ["livecam run", "livecam persona add"])
def test_an_option_by_its_old_spelling_is_taken_and_not_shown(path, monkeypatch):
    (found,) = ((command, context) for known, command, context in COMMANDS if known == path)
    shown = help_at(*found, 80, monkeypatch)
    for old, new in RENAMED.items():
        assert old not in shown
        assert current([old, "x", f"{old}=y", "--", old]) == [new, "x", f"{new}=y", "--", old]


@pytest.mark.parametrize(
    "line",
    ["livecam run --plate-corner top-left", "livecam persona add me.jpg --agreed-again",
     "livecam voice enrol sam --agreed-again"],
)  # fmt: skip
def test_old_spellings_parse(line):
    assert usage_fault(line) is None
    assert usage_fault(line.replace("--", "--not-")) is not None


def test_an_old_key_of_a_profile_is_taken_under_its_new_name(tmp_path):
    profile = tmp_path / "livecam.toml"
    for old, new in RENAMED_KEYS.items():
        profile.write_text(f'{old} = "top-left"\n')
        assert read_profile(profile)[new].value == "top-left"
        profile.write_text(f'not-{old} = "top-left"\n')
        with pytest.raises(UsageError):
            read_profile(profile)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ([], ["run"]),
        (["--quick", "--json", "b.json"], ["run", "--quick", "--json", "b.json"]),
        (["--marks", "--json", "m.json"], ["marks", "--json", "m.json"]),
        (["--quick", "--voice"], ["voice", "--quick"]),
        (["--quality", "--identity-model", "a.onnx"], ["quality", "--identity-model", "a.onnx"]),
        (["--soak", "600", "--json", "s.json"], ["soak", "--seconds", "600", "--json", "s.json"]),
        (["--json", "s.json", "--soak=600"], ["soak", "--seconds", "600", "--json", "s.json"]),
        (["--growth"], ["scaling"]),
        (["compare", "a.json", "b.json"], ["compare", "a.json", "b.json"]),
        (["--help"], ["--help"]),
    ],
)
def test_the_flags_of_bench_choose_the_subcommands_that_replaced_them(given, meant):
    assert subcommand_first(given) == meant
    assert usage_fault(" ".join(["livecam", "bench", *given])) is None


def test_bench_has_a_subcommand_for_each_measurement():
    names = {path.removeprefix("livecam bench ") for path, *_ in COMMANDS if path.startswith("livecam bench ")}
    assert names == {"run", "live", "soak", "quality", "voice", "marks", "scaling", "compare"}


@pytest.mark.parametrize("width", [80, 40])
def test_the_greeting_fits_the_terminal_and_its_commands_would_run(width):
    lines = overview(width).splitlines()
    commands = [line.strip().split("  ")[0] for line in lines if line.startswith("  livecam ")]
    assert len(commands) == 3 and all(usage_fault(command) is None for command in commands)
    fixed = [line for line in lines if not line.startswith(("livecam shows", "This machine: "))]
    assert max(map(len, fixed)) <= width
    assert len([line for line in lines if line.startswith("This machine: ")]) == 1
