"""What a file is and whether it works: one clear line for everything that is wrong with it."""

import json

import numpy as np
import pytest
from onnx import helper

from engines.models import check
from engines.models.check import checked, looked_into, main
from livecam.core.errors import EngineError
from tests import swap_models as tiny


@pytest.mark.parametrize(
    ("build", "family"),
    [(tiny.inswapper, "inswapper"), (tiny.dfm, "dfm"), (tiny.livecam, "livecam"), (tiny.embedder, "face embedding")],
)
def test_a_model_that_works_is_described(tmp_path, capfd, build, family):
    path = build(tmp_path / "a.onnx")
    assert looked_into(path)["family"] == family
    assert main(str(path), "cpu") == 0
    assert json.loads(capfd.readouterr().out)["network_ms"] >= 0


@pytest.fixture(autouse=True)
def memory_as_it_is(monkeypatch):
    """The limit is for a process of its own, which a test's is not."""
    monkeypatch.setattr(check, "_limit_memory", lambda file_bytes: None)


@pytest.mark.parametrize(("what", "words"), [("nothing", "same number everywhere"), ("nan", "numbers that are none")])
def test_a_model_that_gives_no_picture_is_4(tmp_path, capfd, what, words):
    path = tiny.returning(tmp_path / "a.onnx", what)
    assert main(str(path), "cpu") == 4
    said = capfd.readouterr().err.splitlines()
    assert words in said[-2] and said[-1]


def greedy(path):
    """A hundred gigabytes in a few bytes."""
    shape = tiny.weight("shape", np.int64([1, 3, 100_000, 100_000]))
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
        helper.make_node("ReduceMax", ["huge"], ["most"], keepdims=1),
        helper.make_node("Add", ["face", "most"], ["texture"]),
    ]
    faces = [tiny.value("face", 1, 3, 96, 96)], [tiny.value("texture", 1, 3, 96, 96)]
    return tiny.save(path, nodes, *faces, [shape])


def test_a_process_of_its_own_answers_in_the_same_words(tmp_path):
    assert checked(tiny.livecam(tmp_path / "a.onnx"))["provider"] == "cpu"
    with pytest.raises(EngineError, match=r"a\.onnx gives numbers that are none on cpu") as error:
        checked(tiny.returning(tmp_path / "a.onnx", "nan"))
    assert "float32" in error.value.hint


def test_a_file_that_asks_for_all_memory_takes_none(tmp_path):
    with pytest.raises(EngineError, match=r"a\.onnx"):
        checked(greedy(tmp_path / "a.onnx"))


@pytest.mark.parametrize(
    ("does", "longest_s", "words"),
    [("exit 3", 60, r"down \(code 3\): it said nothing"), ("exec tail -f /dev/null", 0.1, "was not done after")],
)
def test_a_process_that_dies_or_never_ends_is_told(tmp_path, monkeypatch, does, longest_s, words):
    path, script = tiny.livecam(tmp_path / "a.onnx"), tmp_path / "python"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    monkeypatch.setattr(check.sys, "executable", str(script))
    monkeypatch.setattr(check, "_LONGEST_S", longest_s)
    with pytest.raises(EngineError, match=words):
        checked(path)
