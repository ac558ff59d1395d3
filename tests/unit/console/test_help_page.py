"""The layout of help: a page of text for any width."""

import pytest

from livecam.console.help_page import NARROWEST, WIDEST, Panel, Row, examples, page, terminal_width
from livecam.console.prompt import wrapped

ROWS = (Row("--size WxH", "Set the output size in pixels. [default: size of the camera]"), Row("--quiet", "Say less."))
EPILOG = examples(("livecam run --persona robin --camera sample --sink null", "Try it without any device."))


def laid_out(width: int) -> list[str]:
    return page("livecam run [OPTIONS]", "Show it.\n\nNow.", [Panel("Picture", ROWS)], EPILOG, width).splitlines()


def test_a_wide_page_has_the_text_in_a_column():
    assert "  --size WxH  Set the output size in pixels. [default: size of the camera]" in laid_out(80)
    assert "  --quiet     Say less." in laid_out(80)
    assert "  livecam run --persona robin --camera sample --sink null" in laid_out(80)


def test_a_narrow_page_has_text_below_options_and_continues_commands():
    lines = laid_out(40)
    place = lines.index("  --size WxH")
    assert lines[place + 1 : place + 3] == [
        "      Set the output size in pixels.",
        "      [default: size of the camera]",
    ]
    place = lines.index("  livecam run --persona robin \\")
    assert lines[place + 1] == "      --camera sample --sink null"


def test_a_default_stays_in_one_line():
    row = Row("--a", "Word " * 13 + "[default: so much more]")
    shown = page("x", "", [Panel("P", [row])], "", 80)
    assert "[default: so much more]" in shown


def test_empty_panels_are_left_out():
    assert page("x", "", [Panel("Nothing", [])], "", 80) == "Usage: x"


@pytest.mark.parametrize("columns", ["-3", "0", "1", "2", "7", "19", "many", "99999999999"])
def test_help_and_questions_are_laid_out_whatever_a_terminal_says(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    assert NARROWEST <= terminal_width() <= WIDEST
    assert page("livecam", "About.", [Panel("Picture", ROWS)], EPILOG, terminal_width())
    assert wrapped("a question of several words ")
