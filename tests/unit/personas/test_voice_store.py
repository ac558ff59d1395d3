"""A voice is used only next to a record that holds now and is about this very voice."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from livecam.consent.record_key import sign_entries
from livecam.consent.voice_record import (
    ANSWERS,
    MODEL_ANSWERS,
    new_voice_record,
    voice_record_from_bytes,
    voice_record_to_bytes,
)
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import PersonaKind
from livecam.core.voice import VoiceModel
from livecam.personas.built_in_voices import builtin_voice_names, open_builtin_voice
from livecam.personas.revoke import revoke_voice
from livecam.personas.voice_file import voice_to_bytes
from livecam.personas.voice_store import VoiceStore
from tests.unit.personas.conftest import FIRST_DAY


@pytest.fixture
def voices(tmp_path, calendar) -> VoiceStore:
    return VoiceStore(tmp_path / "data", calendar)


@pytest.fixture
def kept(voices) -> VoiceStore:
    voices.save("mine", open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)
    return voices


def test_a_voice_comes_back_as_it_was(kept):
    there, back = open_builtin_voice("cedar"), kept.load("mine")
    np.testing.assert_array_equal(there.spectra, back.spectra)
    assert (there.pitch, there.speech_s) == (back.pitch, back.speech_s)
    assert kept.record("mine").statement == ANSWERS[PersonaKind.OWN].statement


def test_readings_come_back_and_a_voice_without_has_the_same_bytes(voices):
    read = {"Fog lay over it.": np.array([3, 3, 5], np.uint16), "Put it back.": np.array([7], np.uint16)}
    voices.save("mine", replace(open_builtin_voice("cedar"), read=read), PersonaKind.OWN, "ab" * 32)
    back = voices.load("mine").read
    assert list(back) == list(read)
    assert all(np.array_equal(back[name], classes) and classes.dtype == np.uint16 for name, classes in read.items())
    with np.load(io.BytesIO(voice_to_bytes(open_builtin_voice("cedar")))) as arrays:
        assert not [name for name in arrays if name.startswith("sentence")]
    assert open_builtin_voice("cedar").read == {}


def test_only_the_owner_reads_it_and_no_recording_is_in_it(kept):
    folder = kept.folder_of("mine")
    assert sorted(file.name for file in folder.iterdir()) == ["record.json", "voice.npz"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in folder.iterdir())


def test_a_voice_ends_after_twelve_months_and_does_not_begin_early(kept, calendar):
    calendar.pass_days(365)
    with pytest.raises(ConsentError, match="holds from") as error:
        kept.load("mine")
    assert "enrol mine" in error.value.help_text
    calendar.pass_days(-366)
    with pytest.raises(ConsentError, match="clock says 2026-02-28, livecam was used on 2027-03-01 already"):
        kept.load("mine")


def test_another_voice_next_to_the_record_is_refused(kept):
    (kept.folder_of("mine") / "voice.npz").write_bytes(b"another")
    with pytest.raises(ConsentError, match="not the one"):
        kept.load("mine")
    (kept.folder_of("mine") / "voice.npz").unlink()
    with pytest.raises(ConsentError, match="cannot be read"):
        kept.load("mine")


@pytest.mark.parametrize(
    "damage",
    [
        lambda item: item.update(schema=9),
        lambda item: item.update(kind="stolen"),
        lambda item: item.pop("statement"),
        lambda item: item.update(voice_sha256=7),
        lambda item: item.update(extra="more"),
        lambda item: item.update(given_at="2026-03-01T00:00:00"),
        lambda item: item.update(expires_at="2036-03-01T00:00:00+00:00"),
        lambda item: item.update(given_at="yesterday"),
        lambda item: item.pop("given_at"),
        lambda item: item.pop("kind"),
        lambda item: item.update(about="persona"),
    ],
)
def test_a_damaged_record_is_refused(kept, damage, key):
    path = kept.folder_of("mine") / "record.json"
    item = json.loads(path.read_text())
    del item["signature"], item["signed_by"]
    damage(item)
    path.write_bytes(sign_entries(item, key))
    with pytest.raises(ConsentError, match="damaged"):
        kept.load("mine")
    assert kept.list()[0].trouble is not None


def test_an_edited_record_is_refused(kept):
    path = kept.folder_of("mine") / "record.json"
    path.write_text(path.read_text().replace("This is my own voice", "This is my voice"))
    with pytest.raises(ConsentError, match="changed after it was signed"):
        kept.load("mine")


def test_a_voice_signed_by_another_key_or_none_is_enrolled_again(kept, tmp_path):
    (tmp_path / "data" / "keys" / "consent.pem").unlink()
    with pytest.raises(ConsentError, match="signed on another computer") as caught:
        kept.load("mine")
    assert caught.value.help_text == "livecam voice enrol mine RECORDING"
    path = kept.folder_of("mine") / "record.json"
    item = {name: value for name, value in json.loads(path.read_text()).items() if not name.startswith("sign")}
    for name in ("about", "purpose", "scope"):
        del item[name]
    path.write_text(json.dumps(item | {"schema": 1}))
    with pytest.raises(ConsentError, match="earlier version"):
        kept.load("mine")


def test_a_missing_record_is_refused(kept):
    (kept.folder_of("mine") / "record.json").unlink()
    with pytest.raises(ConsentError, match="no consent record"):
        kept.load("mine")


def test_the_list_has_mine_first_then_the_built_in_ones(kept, calendar):
    assert [entry.name for entry in kept.list()] == ["mine", *builtin_voice_names()]
    assert all(entry.trouble is None for entry in kept.list())
    calendar.pass_days(400)
    assert "holds from" in kept.list()[0].trouble


def test_a_voice_can_be_lost_and_a_built_in_one_stays(kept):
    kept.remove("mine")
    for name, says in (("mine", "no voice"), ("cedar", "built in")):
        with pytest.raises(PersonaError, match=says):
            kept.remove(name)
    with pytest.raises(PersonaError, match="no built-in voice"):
        open_builtin_voice("oak")


@pytest.mark.parametrize("name", ["cedar", "../me", "", "A"])
def test_a_name_that_is_built_in_or_a_path_is_refused(voices, name):
    with pytest.raises(PersonaError, match="cannot name a voice"):
        voices.save(name, open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)


def test_the_built_in_voices_go_from_low_to_high():
    pitches = [open_builtin_voice(name).pitch_hz for name in builtin_voice_names()]
    assert len(pitches) >= 3 and pitches == sorted(pitches)


def test_a_record_is_written_and_read_back(key):
    record = new_voice_record(PersonaKind.CONSENTED, "ab" * 32, "cd" * 32, FIRST_DAY)
    assert voice_record_from_bytes(voice_record_to_bytes(record, key)) == replace(record, signed_by=key.public)


def a_network(tmp_path, pitch_hz=180.0) -> VoiceModel:
    return VoiceModel(tmp_path / "rvc.onnx", "cd" * 32, pitch_hz)


def test_a_network_is_kept_by_its_path_and_hash(voices, tmp_path):
    model = a_network(tmp_path)
    record = voices.save_model("robot", model, PersonaKind.CONSENTED)
    assert voices.target("robot") == model and record.recording_sha256 == model.sha256
    assert record.statement == MODEL_ANSWERS[PersonaKind.CONSENTED].statement
    assert sorted(file.name for file in voices.folder_of("robot").iterdir()) == ["model.json", "record.json"]
    assert voices.learned_from("robot") == "network"
    assert voices.list()[0].trouble is None
    with pytest.raises(PersonaError, match="robot is a network"):
        voices.load("robot")


def test_a_network_ends_after_12_months_and_a_replaced_one_is_refused(voices, tmp_path, calendar):
    voices.save_model("robot", a_network(tmp_path), PersonaKind.OWN)
    file = voices.folder_of("robot") / "model.json"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"180.0", b"181.0"))
    with pytest.raises(ConsentError, match=r"model\.json of robot is not the one"):
        voices.target("robot")
    file.write_bytes(whole)
    calendar.pass_days(366)
    with pytest.raises(ConsentError, match="holds from") as error:
        voices.target("robot")
    assert "livecam voice add robot" in error.value.help_text


def test_a_network_without_consent_is_not_spoken_with(voices):
    with pytest.raises(ConsentError, match=r"no user has said which person's voice rvc\.onnx has") as error:
        voices.target("models/rvc.onnx")
    assert error.value.help_text == "livecam voice add my-voice models/rvc.onnx"


def test_a_network_with_revoked_consent_is_not_added_again(voices, tmp_path):
    voices.save_model("robot", a_network(tmp_path), PersonaKind.CONSENTED)
    revoke_voice("robot", voices)
    with pytest.raises(ConsentError, match="taken back") as error:
        voices.save_model("other", a_network(tmp_path), PersonaKind.CONSENTED)
    assert "livecam voice add other" in error.value.help_text
