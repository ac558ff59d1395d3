"""What a model gave at first is kept next to it; one that gives something else later is named and not shown."""

import json

import numpy as np
import pytest
from onnx import TensorProto, helper

from engines.models.check import main
from engines.onnx.answers import ReferenceAnswers, read_answers
from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU, find_provider
from engines.onnx.runner import Runner
from engines.swap.neural.engine import open_engine
from engines.swap.neural.trial import run_trial
from livecam.core.errors import EngineError
from tests import swap_models as tiny

FACE = np.random.default_rng(1).random((1, 3, 96, 96), np.float32)


def next_to(path):
    return path.with_name(path.name + ".trial.json")


def try_on_cpu(path, provider=CPU):
    graph = read_graph(path)
    runner = Runner(graph, CPU)
    runner.provider = provider
    return run_trial(runner, graph, {"face": FACE}, 1)


def precise(path, half: bool):
    """The negative by way of numbers 160,000 times as large; in half precision those are infinite, and clipped to 1."""
    nodes = [
        helper.make_node("Sub", ["one", "face"], ["negative"]),
        helper.make_node("Mul", ["negative", "much"], ["more"]),
        helper.make_node("Cast", ["more"], ["in_between"], to=TensorProto.FLOAT16 if half else TensorProto.FLOAT),
        helper.make_node("Cast", ["in_between"], ["back"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["back", "little"], ["again"]),
        helper.make_node("Clip", ["again", "none", "one"], ["texture"]),
    ]
    weights = [tiny.weight(name, np.array(value, np.float32))
               for name, value in (("one", 1), ("much", 160_000), ("little", 1 / 160_000), ("none", 0))]  # fmt: skip
    face, texture = (tiny.value(name, 1, 3, 96, 96) for name in ("face", "texture"))
    return tiny.save(path, nodes, [face], [texture], weights)


def test_the_first_trial_on_the_cpu_is_kept_and_the_next_is_judged_by_it(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    try_on_cpu(path)
    assert read_answers(read_graph(path)).measure_difference([(1 - FACE)[:, :, ::-1]]) < 1e-5
    try_on_cpu(path)
    words = json.loads(next_to(path).read_text())
    words["outputs"][0] = [0.5 for _ in words["outputs"][0]]
    next_to(path).write_text(json.dumps(words))
    with pytest.raises(
        EngineError, match=r"a\.onnx gives another picture on cpu than when it was first tried"
    ) as error:
        try_on_cpu(path)
    assert "models check" in error.value.help_text


def test_the_cpus_answers_are_kept_and_judge_another_provider(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    try_on_cpu(path, find_provider("cuda"))
    assert read_answers(read_graph(path)).measure_difference([(1 - FACE)[:, :, ::-1]]) < 1e-5


def test_a_changed_file_is_another_model(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    try_on_cpu(path)
    tiny.returning(path, "itself")
    assert read_answers(read_graph(path)) is None
    try_on_cpu(path)
    assert read_answers(read_graph(path)).measure_difference([FACE]) < 1e-5


@pytest.mark.parametrize("text", ["{", "[]", '{"sha256": "x"}', '{"sha256": "x", "outputs": [["a"]]}', " " * (1 << 21)])
def test_what_is_kept_and_cannot_be_read_is_named(tmp_path, text):
    path = tiny.livecam(tmp_path / "a.onnx")
    next_to(path).write_text(text)
    with pytest.raises(EngineError, match=r"a\.onnx\.trial\.json cannot be read") as error:
        open_engine(f"{path}@cpu")
    assert error.value.help_text.startswith("delete")


def test_outputs_of_another_shape_are_as_far_off_as_can_be():
    answers = ReferenceAnswers.of("0" * 64, [FACE])
    assert answers.measure_difference([FACE[:, :1, :2, :9]]) == answers.measure_difference([FACE, FACE]) == 1.0


def test_a_folder_that_cannot_be_written_keeps_nothing_and_is_no_fault(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    next_to(path).mkdir()
    assert try_on_cpu(path).network_ms > 0
    assert read_answers(read_graph(path)) is None


def test_a_half_precision_file_that_overflows_is_named_by_its_float_form(tmp_path, capsys):
    right = precise(tmp_path / "right.onnx", half=False)
    broken = precise(tmp_path / "broken.onnx", half=True)
    code = main(str(broken), "cpu", "", str(right))
    said = capsys.readouterr()
    assert code == 4, said.out
    assert "broken.onnx gives" in said.err
    with pytest.raises(EngineError, match=r"broken\.onnx gives"):
        open_engine(f"{broken}@cpu")
    assert main(str(right), "cpu", "", str(right)) == 0
