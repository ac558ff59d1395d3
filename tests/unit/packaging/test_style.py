"""The style check finds what the style guide forbids, and nothing else."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.style import ratchet
from scripts.style.docstrings import find_bad_first_lines
from scripts.style.finding import Finding
from scripts.style.imperative import is_imperative
from scripts.style.messages import find_bad_errors, find_bad_help
from scripts.style.pages import find_long_sentences, find_wide_lines, split_paragraphs
from scripts.style.rules import check_file
from scripts.style.sentences import count_words, split_sentences
from scripts.style.subjects import judge_message
from scripts.style.words import find_words

ROOT = Path(__file__).parents[3]
LONG = "word " * 26


@pytest.mark.parametrize(
    "text", ["It stands beside it", "def told_of(x):", "class BesideVoice:", "Nobody knows", "of late"]
)
def test_a_word_of_the_list_is_found_in_prose_and_in_names(text: str):
    assert len(list(find_words(text))) == 1


@pytest.mark.parametrize("text", ["it applies", "amended", "besides", "a relied on value", "the toldo", "recommend it"])
def test_a_word_that_only_holds_one_of_the_list_is_left_alone(text: str):
    assert not list(find_words(text))


def test_a_statement_that_users_have_signed_is_left_alone():
    assert not list(find_words('"This face was generated and belongs to nobody; it imitates no real person."'))
    assert list(find_words("it belongs to nobody"))


def test_the_glossary_may_name_any_word_and_a_page_may_not():
    assert not list(check_file("docs/glossary.md", "whose"))
    assert [finding.rule for finding in check_file("docs/page.md", "whose")] == ["words"]


@pytest.mark.parametrize("text", ["Open it.", "Process a frame.", "`make` it.", "Embed a face.", "Return the size."])
def test_an_order_is_an_imperative(text: str):
    assert is_imperative(text)


@pytest.mark.parametrize(
    "text", ["The size.", "Opens it.", "Opened.", "Its number.", "What it is.", "Opening it.", "468 points."]
)
def test_anything_else_is_none(text: str):
    assert not is_imperative(text)


def reasons(source: str) -> list[str]:
    return [reason for _, reason in find_bad_first_lines(ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ('def f():\n    """The size."""', "imperative"),
        ('def f():\n    """Open it"""', "full stop"),
        ('class A:\n    """As above."""', "As above"),
        (f'"""{"x" * 79}."""', "80 characters"),
        ('def f() -> int:\n    """Whether it is."""', "imperative"),
    ],
)
def test_a_docstring_that_breaks_the_guide_is_found(source: str, part: str):
    (reason,) = reasons(source)
    assert part in reason


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    """Open it.\n\n    The rest is free"""',
        'class A:\n    """A camera."""\n\n    @property\n    def size(self):\n        """Size in pixels."""',
        'def is_open() -> bool:\n    """Whether it is open."""',
        "def f():\n    pass",
    ],
)
def test_a_docstring_of_the_guide_passes(source: str):
    assert reasons(source) == []


@pytest.mark.parametrize("text", ["Seconds to record", "seconds to record.", "Record; then play.", f"{LONG}."])
def test_a_help_text_that_breaks_the_guide_is_found(text: str):
    assert list(find_bad_help(ast.parse(f"option(help={text!r})")))


def test_a_help_text_of_the_guide_passes():
    assert not list(find_bad_help(ast.parse("option(help='Seconds to record. [default: 10]')")))


@pytest.mark.parametrize("text", ["the camera failed.", "The camera failed", "it failed; try again"])
def test_an_error_that_breaks_the_guide_is_found(text: str):
    assert list(find_bad_errors(ast.parse(f"raise E({text!r})")))


@pytest.mark.parametrize(
    "call", ["E('camera 2 did not open: it is busy')", "E(f'{path} is no file')", "E('OBS is not there')", "E(x)"]
)
def test_an_error_of_the_guide_passes(call: str):
    assert not list(find_bad_errors(ast.parse(f"raise {call}")))


def test_a_semicolon_in_advice_is_found():
    assert list(find_bad_errors(ast.parse("raise E('it failed', advice='do this; do that')")))


def test_a_sentence_ends_at_its_full_stop_and_a_link_counts_as_its_words():
    assert split_sentences("One, e.g. this one. Two `a. b`! [Three](http://x.y/z. w)") == [
        "One, e.g this one.",
        "Two Code!",
        "Three",
    ]
    assert count_words("12.6 / 17.6 ms - yes") == 4


def test_only_a_long_sentence_or_one_with_two_colons_is_found():
    assert len(list(find_long_sentences(f"{LONG}.\n\nShort one. Another: one.\n"))) == 1
    assert len(list(find_long_sentences("This: that: those.\n"))) == 1


def test_items_and_cells_are_paragraphs_and_code_is_none():
    page = f"# {LONG}\n\n- one\n  more\n- two\n\n| a | b c |\n|---|---|\n\n```sh\n{LONG}\n```\n"
    found = [text for _, text in split_paragraphs(page)]
    assert [text for text in found if any(map(str.isalpha, text))] == ["one more", "two", "a", "b c"]


def test_a_wide_line_is_found_outside_tables_and_code():
    wide = "word " * 21
    assert len(list(find_wide_lines(f"{wide}\n\n| {wide} |\n\n```\n{wide}\n```\n"))) == 1


def test_what_a_program_writes_into_a_page_is_left_out():
    page = f"<!-- measured: x writes this -->\n{LONG}\n<!-- end -->\n\n{LONG}\n"
    assert [number for number, _ in find_long_sentences(page)] == [5]


def test_a_folder_without_an_allowance_is_held_to_none():
    finding = Finding(Path("livecam/cli/app.py"), 1, "words", "x")
    counts = ratchet.count([finding, finding])
    assert ratchet.grown(counts, {}) == [("livecam.cli", "words", 2, 0)]
    assert ratchet.grown(counts, {"livecam.cli": Counter(words=2)}) == []


def test_an_allowance_is_lowered_and_never_raised(tmp_path: Path):
    ratchet.write({"a": Counter(words=3, help=1), "b": Counter(words=1)}, tmp_path)
    counts = {"a": Counter(words=5), "c": Counter(words=9)}
    ratchet.write(ratchet.lowered(counts, ratchet.read(tmp_path)), tmp_path)
    assert ratchet.read(tmp_path) == {"a": Counter(words=3)}


@pytest.mark.parametrize(
    "message",
    [
        "Add a hook",
        "Merge branch 'x' of a place that has quite a long name, longer than sixty",
        "\n# note\nAdd it\n\nWhy.",
    ],
)
def test_a_good_commit_message_passes(message: str):
    assert judge_message(message) == []


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("", "empty"),
        ("Added a hook", "imperative"),
        ("add a hook", "capital"),
        ("Add a hook.", "full stop"),
        ("Add " + "x" * 57, "61 characters"),
        ("Shorten", "what was done"),
        ("Add a hook\nand more", "second line"),
    ],
)
def test_a_bad_commit_message_is_refused(message: str, part: str):
    assert any(part in reason for reason in judge_message(message))


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs rights there; pre-commit runs the hook by itself")
def test_git_runs_the_hook_that_contributing_installs(tmp_path: Path):
    def git(*words: str) -> int:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.hooksPath=.git/hooks")
        return subprocess.run(["git", *who, *words], cwd=tmp_path, capture_output=True, check=False).returncode

    assert git("init") == 0
    (tmp_path / ".git/hooks").mkdir(exist_ok=True)
    (tmp_path / ".git/hooks/commit-msg").symlink_to(ROOT / "scripts/commit-msg")
    assert git("commit", "--allow-empty", "-m", "added things.") != 0
    assert git("commit", "--allow-empty", "-m", "Add things") == 0
