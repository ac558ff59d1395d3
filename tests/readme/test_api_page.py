"""Every example of docs/api.md runs as it stands."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"^## (.+?)$.*?^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def test_there_are_six_examples():
    assert len(EXAMPLES) == 6


@pytest.mark.slow
@pytest.mark.parametrize(("title", "program"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_runs(title: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(program, f"{PAGE}: {title}", "exec"), {"__name__": "__main__"})


def test_every_exported_name_is_on_the_page():
    import livecam

    named = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    assert set(livecam.__all__) - {"__version__"} <= named
