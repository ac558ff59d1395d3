"""`livecam models` on the command line: what a person is shown and asked, and the exit codes."""

import hashlib

import pytest

from engines.models import commands
from engines.models import console as tell
from tests import swap_models as tiny
from tests.unit.cli.conftest import livecam  # noqa: F401
from tests.unit.engines.models.server import Shelf, serving


@pytest.fixture
def shelf(tmp_path):
    content = tiny.inswapper(tmp_path / "a.onnx").read_bytes()
    with serving(Shelf(content)) as shelf:
        folder = tmp_path / "data" / "livecam" / "models"
        folder.mkdir(parents=True)
        (folder / "models.toml").write_text(f"""
[mine]
about = "one photo"
purpose = "swap"
url = "{shelf.url}"
file = "mine.onnx"
sha256 = "{hashlib.sha256(content).hexdigest()}"
licence = "CC BY-NC"
terms = "https://example.org/terms"
needs = ["arc"]

[arc]
about = "embeds"
purpose = "embed"
url = "{shelf.url}"
file = "arc.onnx"
licence = "CC BY-NC"
terms = "https://example.org/terms"
""")
        yield shelf


def test_the_list_says_for_what_and_under_which_licence(livecam, shelf):  # noqa: F811
    said = livecam("models", "list")
    assert said.code == 0
    line = next(line for line in said.out.splitlines() if line.startswith("inswapper-128"))
    assert "554 MB" in line and "non-commercial" in line
    assert "unpinned" in next(line for line in said.out.splitlines() if line.startswith("arc "))


def test_the_licence_is_shown_and_must_be_accepted(livecam, shelf, monkeypatch):  # noqa: F811
    said = livecam("models", "pull", "mine")
    assert said.code == 2 and "--accept-licence" in said.err
    assert "not for commercial use" in said.out and "https://example.org/terms" in said.out
    monkeypatch.setattr(tell.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(tell.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(tell.typer, "confirm", lambda question, default: False)
    said = livecam("models", "pull", "mine")
    assert said.code == 2 and "not accepted" in said.err
    assert shelf.asked == []


def test_a_model_and_what_it_needs_are_pulled_and_found_by_name(livecam, shelf):  # noqa: F811
    said = livecam("models", "pull", "mine", "--accept-licence")
    assert said.code == 4 and "--accept-unpinned" in said.err
    said = livecam("models", "pull", "mine", "--accept-licence", "--accept-unpinned")
    assert said.code == 0, said.err
    assert (
        "no hash of arc is published" in said.out
        and "  sha256   " in said.out
        and "--engine onnx:mine.onnx" in said.out
    )
    assert "was here" in livecam("models", "pull", "mine", "--accept-licence").out
    said = livecam("models", "check", "mine.onnx")
    assert said.code == 0 and "inswapper" in said.out
    assert (
        next(line for line in livecam("models", "list").out.splitlines() if line.startswith("mine")).split()[2]
        == "here"
    )


@pytest.mark.parametrize("words", [("pull", "nothing"), ("check", "nothing.onnx")])
def test_what_is_not_there_is_4(livecam, words):  # noqa: F811
    assert livecam("models", *words).code == 4


@pytest.mark.parametrize("content", [b"", b"\xff" * 4096, b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_4_and_one_line(livecam, tmp_path, content):  # noqa: F811
    (tmp_path / "a.onnx").write_bytes(content)
    said = livecam("models", "check", "a.onnx")
    assert said.code == 4 and len(said.err.splitlines()) == 2


def test_a_model_of_another_contract_is_4(livecam, tmp_path):  # noqa: F811
    path = tiny.livecam(tmp_path / "a.onnx")
    path.write_bytes(path.read_bytes().replace(b"texture", b"tezture"))
    said = livecam("models", "check", "a.onnx")
    assert said.code == 4 and "no face swap model" in said.err


def test_the_group_is_the_entry_points():
    assert commands.models.info.help.startswith("List, fetch and check swap models")
