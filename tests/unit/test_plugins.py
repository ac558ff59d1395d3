from importlib.metadata import EntryPoint

import pytest

from livecam import plugins as registry
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeFinder, FakeTextureEngine
from livecam.core.ports import VoiceMaker, VoiceNetworks


def install(monkeypatch, **points: str) -> None:
    found = [EntryPoint(name, value, registry.GROUP) for name, value in points.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: found)


def install_voices(monkeypatch, **points: str) -> None:
    found = {registry.VOICES: [EntryPoint(name, value, registry.VOICES) for name, value in points.items()]}
    monkeypatch.setattr(registry, "entry_points", lambda group: found.get(group, []))


def test_engines_are_found_by_entry_point(monkeypatch):
    install(monkeypatch, face="livecam.core.fakes:FakeFinder", photo="livecam.core.fakes:FakeTextureEngine")
    assert registry.engine_names() == ["face", "photo"]
    assert isinstance(registry.open_face_finder(), FakeFinder)
    assert isinstance(registry.open_texture_engine("auto"), FakeTextureEngine)
    assert isinstance(registry.open_texture_engine("photo"), FakeTextureEngine)


def test_an_unknown_engine_is_named_with_those_there_are(monkeypatch):
    install(monkeypatch, face="livecam.core.fakes:FakeFinder", photo="livecam.core.fakes:FakeTextureEngine")
    with pytest.raises(EngineError, match="'dream'") as caught:
        registry.open_texture_engine("dream")
    assert caught.value.help_text == "choose one of: photo"
    assert caught.value.exit_code == 4


def test_what_stands_after_a_colon_is_given_to_the_engine(monkeypatch):
    install(
        monkeypatch, slow="engines.swap.simulated.engine:open_engine", photo="engines.swap.photo.engine:open_engine"
    )
    assert registry.open_texture_engine("slow:7ms").facts == {"model": "a test of 7 ms"}
    with pytest.raises(EngineError, match="'photo' takes nothing after a colon"):
        registry.open_texture_engine("photo:fine")
    with pytest.raises(EngineError, match="takes a time, got 'soon'"):
        registry.open_texture_engine("slow:soon")


def test_without_any_engine_the_installation_is_to_blame(monkeypatch):
    install(monkeypatch)
    with pytest.raises(EngineError) as caught:
        registry.open_face_finder()
    assert "install" in caught.value.help_text


def test_an_engine_that_does_not_load_says_why(monkeypatch):
    install(monkeypatch, photo="no_such_module:engine")
    with pytest.raises(EngineError, match="no_such_module"):
        registry.open_texture_engine("photo")


def test_an_engine_of_the_wrong_kind_is_refused(monkeypatch):
    install(monkeypatch, face="livecam.core.fakes:FakeVoiceEngine", photo="livecam.core.fakes:FakeVoiceEngine")
    with pytest.raises(EngineError, match="face finder"):
        registry.open_face_finder()
    with pytest.raises(EngineError, match="textures"):
        registry.open_texture_engine("photo")


def test_voice_engines_are_found_and_are_no_texture_engines(monkeypatch):
    install_voices(
        monkeypatch, grain="engines.voice.grain.engine:open_maker", onnx="engines.voice.neural.networks:open_voices"
    )
    assert isinstance(registry.open_voice_maker(), VoiceMaker)
    assert isinstance(registry.open_voice_networks("onnx@cpu"), VoiceNetworks)
    assert isinstance(registry.open_voice_networks(), VoiceNetworks)
    with pytest.raises(EngineError, match="makes no voices"):
        registry.open_voice_maker("onnx")
    with pytest.raises(EngineError, match="speaks with no networks"):
        registry.open_voice_networks("grain")
    with pytest.raises(EngineError, match="'grain' runs in one place only"):
        registry.open_voice_networks("grain@cuda")
    with pytest.raises(EngineError, match="no voice engine named 'dream'") as caught:
        registry.open_voice_maker("dream")
    assert caught.value.help_text == "choose one of: grain, onnx"
