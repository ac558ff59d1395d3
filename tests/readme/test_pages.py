"""What the pages say can be typed, can be typed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import typer
from typer.core import TyperGroup

from livecam.cli.app import app
from livecam.config.profile import read_profile
from livecam.config.setting_values import SETTINGS
from livecam.config.settings import Settings, value_of
from livecam.personas.built_in import open_builtin
from tests.readme.blocks import KINDS, Block, blocks_of

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("README.md"), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs/howto").glob("*.md"))]
LONG_PAGES = ("commands.md", "engines.md")
"""Their commands take minutes."""
BLOCKS = [block for page in PAGES for block in blocks_of(page)]
# Programs a reader types that change the machine or wait for the network; they are not ours to test.
OTHERS = frozenset(("git", "cd", "sudo", "pip", "pipx", "python", "python3", "scripts/test", "scripts/check"))


def of_kind(*kinds: str):
    chosen = [block for block in BLOCKS if block.kind in kinds]
    return pytest.mark.parametrize("block", chosen, ids=lambda block: block.place)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_a_page_says_what_it_is(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("\n```") + text.startswith("```") == 2 * len(blocks_of(page))
    assert {block.kind for block in blocks_of(page)} <= KINDS


def test_the_readme_can_be_tried():
    assert any(block.kind.startswith("sh") for block in BLOCKS if block.place.startswith("README.md"))


@pytest.fixture
def newcomer(tmp_path):
    """An empty folder with a photo, an empty home, and this installation's `livecam` first on the path."""
    here = tmp_path / "here"
    here.mkdir()
    here.joinpath("me.jpg").write_bytes(cv2.imencode(".jpg", open_builtin("robin").photo.pixels)[1].tobytes())
    folders = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("DATA", "CONFIG")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return here, {**os.environ, **folders, "PATH": path, "HOME": str(tmp_path)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.long] if page.name in LONG_PAGES else ()) for page in PAGES],
    ids=lambda page: page.name,
)
def test_every_runnable_command_of_a_page_runs(page, newcomer):
    here, environ = newcomer
    assert shutil.which("livecam", path=environ["PATH"]), "livecam is not installed next to this Python"
    for block in blocks_of(page):
        for command in block.to_run:
            done = subprocess.run(
                command, shell=True, cwd=here, env=environ, capture_output=True, text=True, timeout=1800, check=False
            )
            assert done.returncode == 0, f"{block.place}: {command}\n{done.stdout}{done.stderr}"


@of_kind("sh", "sh check")
def test_every_command_and_option_exists(block: Block):
    for command in block.commands:
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            targets = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
            assert all(any(line.startswith(f"{word}:") for line in targets) for word in words[1:]), command
        elif words[0] == "livecam":
            parse(words[1:])
        else:
            assert words[0] in OTHERS, f"{block.place}: unknown command {words[0]}"


def parse(words: list[str]) -> None:
    """Parse a command line without running it; a wrong word or option raises."""
    command, context = typer.main.get_command(app), None
    while True:
        context = command.make_context(command.name, words, parent=context)
        words = [*context._protected_args, *context.args] if isinstance(command, TyperGroup) else []
        if not words:  # the end, or a group that is a command by itself
            return
        _, command, words = command.resolve_command(context, words)


def test_a_wrong_option_on_a_page_would_be_noticed():
    for words in (["run", "--sped", "3"], ["fly"], ["persona", "sing"], ["replay", "a.mp4"]):
        with pytest.raises(Exception, match=r"No such|Missing"):
            parse(words)


@of_kind("python", "json", "toml")
def test_what_is_no_command_is_well_formed(block: Block, tmp_path):
    path = tmp_path / "livecam.toml"
    path.write_text(block.body, encoding="utf-8")
    readers = {
        "python": lambda: compile(block.body, block.place, "exec"),
        "json": lambda: json.loads(block.body),
        "toml": lambda: read_profile(path),
    }
    assert readers[block.kind]()


LINKS = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
ALL_PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.name)
def test_every_link_within_the_pages_leads_somewhere(page: Path):
    for link in LINKS.finditer(page.read_text(encoding="utf-8")):
        target = page.parent / link["path"] if link["path"] else page
        assert target.exists(), f"{page.name}: {link[0]}"
        if link["anchor"]:
            assert link["anchor"][1:] in anchors_of(target), f"{page.name}: {link[0]}"


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {(ROOT / "docs" / link["path"]).resolve() for link in LINKS.finditer(index)}
    pages = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "howto").glob("*.md")}
    assert not {page.name for page in pages if page.resolve() not in named} - {"README.md", "pypi.md"}


def test_every_test_that_a_promise_names_exists():
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    tests = {path.name for path in (ROOT / "tests").rglob("*.py")}
    assert not {name.rsplit("/", 1)[-1] for name in re.findall(r"`([\w/]*test_\w+\.py)`", page)} - tests


@pytest.mark.parametrize("key", SETTINGS)
def test_the_page_of_settings_has_the_default_of_each(key):
    setting, page = SETTINGS[key], (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    value = value_of(Settings(), setting)
    default = "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    assert f"| `{key}` | {setting.expects} | {default} | {setting.about} |" in page


def test_the_page_of_commands_has_every_command():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    top = typer.main.get_command(app)
    for name, command in top.commands.items():
        names = [f"livecam {name} {sub}" for sub in (command.commands if isinstance(command, TyperGroup) else ())] or [
            f"livecam {name}"
        ]
        assert all(name in page for name in names), names
