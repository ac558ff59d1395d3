"""A TensorRT engine serves what it was built for and nothing else; where it cannot be built, that is said."""

import subprocess
from dataclasses import replace
from importlib.metadata import PackageNotFoundError

import pytest

from engines.onnx.graph import read_graph
from engines.swap.neural import tensorrt_build as build
from engines.swap.neural import tensorrt_cache as cache
from engines.swap.neural.tensorrt_build import TensorRtBuilder
from engines.swap.neural.tensorrt_cache import (
    Key,
    find_ready_folder,
    gpu_and_driver,
    list_differences,
    list_engines,
    tensorrt_version,
    write_key,
)
from livecam.core.errors import EngineError
from tests import swap_models as tiny

KEY = Key("ab" * 32, "inputs face 1x3x96x96", "11.1.0", "1.31.1", "RTX 4070", "590.12")


@pytest.fixture
def graph(tmp_path):
    return read_graph(tiny.livecam(tmp_path / "a.onnx"))


def kept(root, key: Key, model: str = "a.onnx"):
    folder = root / key.folder
    folder.mkdir(parents=True)
    write_key(folder, model, key)
    return folder


def test_what_was_built_for_this_is_found_again(tmp_path, graph):
    folder = kept(tmp_path / "engines", KEY)
    assert find_ready_folder(graph, KEY, tmp_path / "engines") == folder
    assert [built.key for built in list_engines(tmp_path / "engines")] == [KEY]


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"tensorrt": "11.2.0"}, "tensorrt was 11.1.0, is 11.2.0"), ({"gpu": "H200"}, "gpu was RTX 4070, is H200"),
     ({"driver": "600"}, "driver was"), ({"model_sha256": "cd" * 32}, "the model is another file"),
     ({"shapes": "x"}, "shapes was"), ({"onnxruntime": "1.32"}, "onnxruntime was")],
)  # fmt: skip
def test_a_stale_engine_is_refused_with_what_changed_and_the_command(tmp_path, graph, changed, words):
    kept(tmp_path / "engines", KEY)
    now = replace(KEY, **changed)
    assert now.folder != KEY.folder
    with pytest.raises(EngineError, match="is stale") as error:
        find_ready_folder(graph, now, tmp_path / "engines")
    assert words in str(error.value)
    assert error.value.help_text == f"livecam engines build {graph.path}"


def test_nothing_built_yet_is_another_thing(tmp_path, graph):
    kept(tmp_path / "engines", replace(KEY, model_sha256="cd" * 32), "b.onnx")
    with pytest.raises(EngineError, match=r"no TensorRT engine was built of a\.onnx yet"):
        find_ready_folder(graph, KEY, tmp_path / "engines")


def test_half_an_engine_does_not_count_and_a_broken_key_is_named(tmp_path):
    (tmp_path / KEY.folder).mkdir()
    assert list(list_engines(tmp_path)) == []
    (tmp_path / KEY.folder / cache.KEY_FILE).write_text("{")
    with pytest.raises(EngineError, match="cannot be read"):
        list(list_engines(tmp_path))


def test_two_differences_are_both_reported():
    assert (
        list_differences(KEY, replace(KEY, gpu="H200", driver="600"))
        == "gpu was RTX 4070, is H200; driver was 590.12, is 600"
    )


def _missing(library: str) -> object:
    raise OSError(library)


def test_without_libnvinfer_tensorrt_is_refused():
    with pytest.raises(EngineError, match="libnvinfer was not found") as error:
        tensorrt_version(_missing)
    assert "[gpu]" in error.value.help_text


def test_tensorrt_is_known_by_its_package_or_its_library():
    def no_package(name: str) -> str:
        raise PackageNotFoundError(name)

    assert tensorrt_version(lambda library: None, lambda name: "11.1.0") == "11.1.0"
    assert "nvinfer" in tensorrt_version(lambda library: None, no_package)


@pytest.mark.parametrize("answer", ["", "NVIDIA H200", None])
def test_without_an_nvidia_gpu_that_is_said(answer):
    def ask(*args: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        if answer is None:
            raise FileNotFoundError("nvidia-smi")
        return subprocess.CompletedProcess([], 0, stdout=answer)

    with pytest.raises(EngineError, match="no NVIDIA GPU"):
        gpu_and_driver(ask)


def test_the_gpu_is_known_by_name_and_driver():
    done = subprocess.CompletedProcess([], 0, stdout="NVIDIA H200, 590.12\nNVIDIA H200, 590.12\n")
    assert gpu_and_driver(lambda *args, **kwargs: done) == ("NVIDIA H200", "590.12")


@pytest.fixture
def machine_with_tensorrt(monkeypatch):
    monkeypatch.setattr(build, "make_key", lambda graph: KEY)
    monkeypatch.setattr(build, "choose_provider", lambda name, offered: None)


def test_a_build_that_fails_in_its_process_keeps_nothing(tmp_path, graph, machine_with_tensorrt):
    builder = TensorRtBuilder(tmp_path / "engines")
    with pytest.raises(EngineError, match=r"built no engine of a\.onnx \(code 1\).*Tensorrt"):
        builder.build(graph.path, lambda seconds: None)
    assert list(builder.list_built()) == []


def test_a_build_that_works_is_kept_and_listed(tmp_path, graph, machine_with_tensorrt, monkeypatch):
    monkeypatch.setattr(build, "_in_a_process", lambda command, model, tell: tell(1))
    reported: list[int] = []
    builder = TensorRtBuilder(tmp_path / "engines")
    folder = builder.build(graph.path, reported.append)
    assert reported == [1]
    assert list(builder.list_built()) == [("a.onnx", "TensorRT 11.1.0, RTX 4070", str(folder))]
    assert find_ready_folder(graph, KEY, tmp_path / "engines") == folder


def test_only_a_swap_model_is_built(tmp_path):
    with pytest.raises(EngineError, match="no face swap model"):
        TensorRtBuilder(tmp_path).build(tiny.embedder(tmp_path / "a.onnx"), lambda seconds: None)
