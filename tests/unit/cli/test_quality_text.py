"""The table of picture quality fits a terminal of 80 columns, with and without identity."""

import io

import pytest
from rich.console import Console

from livecam.bench.quality.figures import Identity, Quality, Tracking
from livecam.bench.quality.run import QualityResult
from livecam.cli.quality_command import show

IDENTITY = Identity(to_persona=0.54, to_live=0.2, first=0.96, gallery=40)


def printed(identity: Identity | None, kept: float = 0.67) -> str:
    """What a terminal of 80 columns shows of one persona."""
    quality = Quality("robin", 300, 37, 0, 0, 0.82, 0.1, 3.4, 0.53, 1.4, 0.55, kept, identity)
    console = Console(file=io.StringIO(), width=80)
    show(QualityResult({}, [quality], Tracking(1.94, 0.2, 0.05), identity and "arcface.onnx"), console)
    return console.file.getvalue()


@pytest.mark.parametrize("identity", [None, IDENTITY])
def test_no_heading_and_no_figure_is_cut(identity):
    text = printed(identity)
    assert "…" not in text
    (row,) = [line for line in text.splitlines() if "37 of 300" in line]
    assert row.split()[:7] == ["robin", "0.82", "3.4", "0.53", "1.4", "0.55", "67"]


def test_identity_has_a_table_where_it_was_measured():
    assert "not measured" in printed(None)
    (row,) = [line for line in printed(IDENTITY).splitlines() if "0.54" in line]
    assert row.split() == ["robin", "0.54", "0.20", "96", "%"]


def test_what_could_not_be_measured_is_a_dash():
    (row,) = [line for line in printed(None, kept=float("nan")).splitlines() if "37 of 300" in line]
    assert row.split()[6] == "-"
