"""A page that names a test as evidence names one that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_NAME = re.compile(r"\btest_[a-z0-9_]+(?:\.py)?")


@pytest.fixture(scope="module")
def existing() -> set[str]:
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = (name for file in files for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8")))
    return {*functions, *(file.name for file in files)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path, existing: set[str]) -> None:
    assert set(_NAME.findall(page.read_text(encoding="utf-8"))) <= existing
