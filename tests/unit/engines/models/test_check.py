"""What a file is and whether it works: one clear line for everything that is wrong with it."""

import json
from functools import partial

import pytest

from engines.models.check import check_in_process, inspect_model, main
from engines.onnx import admission
from engines.onnx.admission import try_in_child
from livecam.core.errors import EngineError
from tests import swap_models as tiny
from tests import voice_models


@pytest.mark.parametrize(
    ("build", "family"),
    [
        (tiny.inswapper, "inswapper"),
        (tiny.dfm, "dfm"),
        (tiny.livecam, "livecam"),
        (tiny.embedder, "face embedding"),
        (voice_models.rvc, "rvc voice, takes a pitch"),
        (partial(voice_models.rvc, layout="nono"), "rvc voice, takes no pitch"),
        (voice_models.carried, "stateful voice"),
        (voice_models.content, "content encoder (768 features)"),
        (voice_models.pitch_net, "pitch of a voice"),
        (partial(voice_models.pitch_net, mel=True), "pitch of a voice"),
    ],
)
def test_a_model_that_works_is_described(tmp_path, capfd, build, family):
    path = build(tmp_path / "a.onnx")
    assert inspect_model(path)["family"] == family
    assert main(str(path), "cpu") == 0
    assert json.loads(capfd.readouterr().out)["network_ms"] >= 0


@pytest.mark.parametrize(("what", "words"), [("nothing", "same number everywhere"), ("nan", "numbers that are none")])
def test_a_model_that_gives_no_picture_is_4(tmp_path, capfd, what, words):
    path = tiny.returning(tmp_path / "a.onnx", what)
    assert main(str(path), "cpu") == 4
    said = capfd.readouterr().err.splitlines()
    assert words in said[-2] and said[-1]


def broken_encoder(path):
    """Takes four times as long frames as it should."""
    return voice_models.content(path, every=1280)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(voice_models.rvc, does="short"), "expected 38720"),
        (partial(voice_models.carried, does="nan"), "numbers that are none"),
        (partial(voice_models.pitch_net, hz=-5.0), "no pitch for every frame"),
        (broken_encoder, "expected 1x50 features"),
    ],
)
def test_a_voice_network_that_gives_nonsense_is_4(tmp_path, capfd, build, words):
    assert main(str(build(tmp_path / "a.onnx")), "cpu") == 4
    assert words in capfd.readouterr().err


def test_a_process_of_its_own_answers_in_the_same_words(tmp_path):
    assert check_in_process(tiny.livecam(tmp_path / "a.onnx"))["provider"] == "cpu"
    with pytest.raises(EngineError, match=r"a\.onnx gives numbers that are none on cpu") as error:
        check_in_process(tiny.returning(tmp_path / "a.onnx", "nan"))
    assert "float32" in error.value.help_text


def test_a_file_that_asks_for_all_memory_takes_none(tmp_path):
    with pytest.raises(EngineError, match=r"a\.onnx"):
        check_in_process(tiny.greedy(tmp_path / "a.onnx"))


@pytest.mark.parametrize(
    ("does", "longest_s", "words"),
    [
        ("exit 3", 60, r"down \(code 3\): it said nothing"),
        ("exit 0", 60, "ended without a word"),
        ("exec tail -f /dev/null", 0.1, "was not done after"),
    ],
)
def test_a_process_that_dies_or_never_ends_is_reported(tmp_path, monkeypatch, does, longest_s, words):
    path, script = tiny.livecam(tmp_path / "a.onnx"), tmp_path / "python"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    monkeypatch.setattr(admission.sys, "executable", str(script))
    with pytest.raises(EngineError, match=words):
        try_in_child(path, "cpu", longest_s=longest_s)


def test_nothing_in_the_current_folder_is_run(tmp_path, monkeypatch):
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "numpy.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')\n")
    monkeypatch.chdir(planted)
    assert check_in_process(tiny.livecam(tmp_path / "a.onnx"))["provider"] == "cpu"
    assert not (tmp_path / "was-run").exists()
