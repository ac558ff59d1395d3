"""A file no one tried yet harms a process of its own, and no session."""

import numpy as np
import pytest
from onnx import helper

from engines.onnx import admission
from engines.swap.enhance.restore import open_enhancer
from engines.swap.neural.engine import open_engine
from livecam.core.errors import EngineError
from tests import swap_models as tiny


@pytest.fixture(autouse=True)
def nothing_tried_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def endless(path):
    """Turns a loop around the face for days, in a few hundred bytes."""
    turns, true = tiny.weight("turns", np.int64(10**15)), tiny.weight("true", np.bool_(True))
    node = helper.make_node("Loop", ["turns", "true", "face"], ["texture"], body=tiny.loop_body())
    faces = [tiny.value("face", 1, 3, 96, 96)], [tiny.value("texture", 1, 3, 96, 96)]
    return tiny.save(path, [node], *faces, [turns, true])


def test_a_model_that_never_ends_is_refused_at_the_start_of_a_run(tmp_path, monkeypatch):
    monkeypatch.setattr(admission, "_LONGEST_UNASKED_S", 4)
    path = endless(tmp_path / "loop.onnx")
    with pytest.raises(EngineError, match=r"loop\.onnx was not done after 4 s") as error:
        open_engine(str(path))
    assert "models check" in error.value.help_text


def test_one_that_asks_for_all_memory_takes_none_of_a_run(tmp_path):
    path = tiny.greedy(tmp_path / "bomb.onnx")
    with pytest.raises(EngineError, match=r"bomb\.onnx"):
        open_engine(str(path))


def test_the_network_that_embeds_faces_is_tried_as_well(tmp_path):
    tiny.embedder(tmp_path / "arc.onnx", np.nan)
    with pytest.raises(EngineError, match=r"arc\.onnx gives numbers that are none"):
        open_engine(f"{tiny.inswapper(tmp_path / 'swap.onnx')}@cpu")


def test_what_passed_is_not_tried_again(tmp_path, monkeypatch):
    path = tiny.livecam(tmp_path / "a.onnx")
    open_engine(str(path)).close()
    monkeypatch.setattr(admission, "try_in_child", lambda *given, **named: pytest.fail("it was tried again"))
    open_engine(str(path)).close()
    path.write_bytes(tiny.livecam(tmp_path / "b.onnx", alpha=True).read_bytes())
    with pytest.raises(pytest.fail.Exception):
        open_engine(str(path))


def test_a_word_next_to_the_file_does_not_let_it_in(tmp_path):
    """Answers come with a model as easily as the model itself."""
    path = tiny.returning(tmp_path / "a.onnx", "nan")
    path.with_name("a.onnx.trial.json").write_text('{"sha256": "0", "outputs": []}')
    with pytest.raises(EngineError, match="none"):
        open_engine(str(path))


def test_a_restorer_is_tried_too(tmp_path):
    path = tiny.restorer(tmp_path / "gfpgan.onnx", factor=np.nan)
    with pytest.raises(EngineError, match="none"):
        open_enhancer(str(path))


def test_where_nothing_can_be_written_each_start_tries(tmp_path, monkeypatch):
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    path = tiny.livecam(tmp_path / "a.onnx")
    open_engine(str(path)).close()
    assert not admission.remember("0" * 64)
