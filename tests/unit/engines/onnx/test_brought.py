"""The bytes that are hashed are the bytes that are loaded, with all the weights next to them."""

import os

import numpy as np
import onnx
import pytest

from engines.onnx.brought import hash_model, open_model_copy
from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU, find_provider
from engines.onnx.runner import Runner
from engines.store.hashes import hash_file
from engines.swap.neural.contracts import match_contract
from engines.swap.neural.engine import open_engine
from engines.swap.neural.on_device import DeviceModel
from livecam.core.errors import EngineError
from tests import swap_models as tiny

CROP = np.random.default_rng(3).integers(0, 256, (128, 128, 3), np.uint8)
SOURCE = np.full((1, 512), 0.04, np.float32)


@pytest.fixture(autouse=True)
def nothing_tried_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def with_external_weights(path):
    """A model with its largest weights in a file next to it."""
    model = onnx.load(tiny.with_embedding(path, 256, "Div"))
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=1024)
    return path


def swapped(graph, model) -> np.ndarray:
    runner = Runner(graph, CPU, model=model)
    side = match_contract(graph).side_px
    crop = np.resize(CROP, (side, side, 3))
    try:
        return DeviceModel(graph, match_contract(graph), runner).swap(crop, SOURCE).picture
    finally:
        runner.close()


def replaced_in_place(path) -> None:
    """Other bytes under the same name, of the same size and time of change."""
    state, data = path.stat(), bytearray(path.read_bytes())
    data[-4:] = b"\0\0\0\1"
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_the_hash_of_a_model_in_one_file_is_that_files(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    assert hash_model(read_graph(path)) == hash_file(path)


def test_external_weights_are_part_of_a_models_hash(tmp_path):
    path = with_external_weights(tmp_path / "a.onnx")
    before = hash_model(read_graph(path))
    assert before != hash_file(path)
    weights = tmp_path / "weights.bin"
    weights.write_bytes(bytes(reversed(weights.read_bytes())))
    assert hash_model(read_graph(path)) != before
    weights.unlink()
    with pytest.raises(EngineError, match=r"a\.onnx lacks its weights: .*weights\.bin"):
        hash_model(read_graph(path))


def test_a_model_with_changed_weights_is_tried_again(tmp_path, monkeypatch):
    path = with_external_weights(tmp_path / "a.onnx")
    tiny.embedder(tmp_path / "arc.onnx")
    open_engine(f"{path}@cpu").close()
    monkeypatch.setattr("engines.onnx.admission.try_in_child", lambda *_, **__: pytest.fail("it was tried again"))
    open_engine(f"{path}@cpu").close()
    weights = tmp_path / "weights.bin"
    weights.write_bytes(bytes(reversed(weights.read_bytes())))
    with pytest.raises(pytest.fail.Exception):
        open_engine(f"{path}@cpu")


@pytest.mark.parametrize("which", ["a.onnx", "weights.bin"])
def test_what_is_replaced_between_hash_and_load_is_not_loaded(tmp_path, which):
    path = with_external_weights(tmp_path / "a.onnx")
    wanted = hash_model(read_graph(path))
    replaced_in_place(tmp_path / which)
    with (
        pytest.raises(EngineError, match=r"changed while it was opened|no complete ONNX"),
        open_model_copy(path, CPU, wanted),
    ):
        pytest.fail("it was loaded")


@pytest.mark.parametrize("build", [tiny.inswapper, with_external_weights])
@pytest.mark.parametrize("provider", [CPU, find_provider("cuda")], ids=lambda provider: provider.name)
def test_what_is_replaced_after_it_was_read_does_no_more_matter(tmp_path, build, provider):
    """From bytes on the CPU, from a private copy for a GPU or where weights lie next to it."""
    path = build(tmp_path / "a.onnx")
    right = swapped(read_graph(path), str(path))
    with open_model_copy(path, provider) as model:
        for one in (path, tmp_path / "weights.bin"):
            if one.exists():
                one.write_bytes(bytes(one.stat().st_size))
        assert (swapped(model.graph, model.model) == right).all()
        copy = model.model if isinstance(model.model, str) else None
        assert (copy is None) == (provider is CPU and build is tiny.inswapper)
        if copy is not None:
            assert os.path.basename(copy) == "a.onnx" and os.stat(os.path.dirname(copy)).st_mode & 0o077 == 0
    assert copy is None or not os.path.exists(copy)


def test_weights_that_are_links_into_a_cache_are_loaded(tmp_path):
    """ONNX Runtime itself refuses links that lead out of a model's folder."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    snapshot.mkdir()
    made = with_external_weights(blobs / "a.onnx")
    right = swapped(read_graph(made), str(made))
    for name in ("a.onnx", "weights.bin"):
        (snapshot / name).symlink_to(blobs / name)
    with open_model_copy(snapshot / "a.onnx", CPU) as model:
        assert (swapped(model.graph, model.model) == right).all()
