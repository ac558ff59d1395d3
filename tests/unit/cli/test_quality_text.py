"""The table of picture quality fits a terminal of 80 columns, with and without identity."""

import io

import pytest
from rich.console import Console

from livecam.bench.quality.figures import Identity, Quality, Tracking
from livecam.bench.quality.run import QualityResult
from livecam.cli.quality_command import show

IDENTITY = Identity(0.54, 0.2, 0.96, 40, 0.11, 0.51, 0.16, 0.9, 0.08, "arcface.onnx")
SECOND = Identity(0.61, 0.3, 0.93, 40, 0.12, 0.58, 0.26, 0.8, 0.07, "other.onnx")


def printed(identity: Identity | None, kept: float = 0.67, second: bool = False) -> str:
    """What a terminal of 80 columns shows of one persona."""
    quality = Quality(
        "robin",
        300,
        37,
        0,
        0,
        0.82,
        0.1,
        3.4,
        0.53,
        1.4,
        0.55,
        kept,
        identity,
        (SECOND,) if second else (),
        1.2,
        0.004,
        0.012,
    )
    console = Console(file=io.StringIO(), width=80)
    models = "arcface.onnx, other.onnx" if second else "arcface.onnx"
    show(QualityResult({}, [quality], Tracking(1.94, 0.2, 0.05), identity and models), console)
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
    assert row.split() == ["robin", "0.54", "0.20", "0.11", "96", "%"]
    (alone,) = [line for line in printed(IDENTITY).splitlines() if "0.51" in line]
    assert alone.split() == ["robin", "0.51", "0.16", "0.08", "90", "%"]


def test_a_second_recogniser_has_tables_of_its_own():
    text = printed(IDENTITY, second=True)
    assert "other.onnx" in text and "0.61" in text and "0.58" in text and "…" not in text


def test_unrest_and_what_is_left_of_the_head_are_shown():
    (row,) = [line for line in printed(None).splitlines() if "0.4 %" in line]
    assert row.split() == ["robin", "1.20", "0.4", "%", "1.2", "%"]


def test_what_could_not_be_measured_is_a_dash():
    (row,) = [line for line in printed(None, kept=float("nan")).splitlines() if "37 of 300" in line]
    assert row.split()[6] == "-"
