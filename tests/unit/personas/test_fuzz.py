"""Whatever is in the files, the answer is ours: a persona, or an error of our own within the time a person waits.

`LIVECAM_FUZZ_EXAMPLES=10000 pytest tests/unit/personas/test_fuzz.py` looks longer than `make test` does.
"""

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecam.consent.record_file import record_from_bytes
from livecam.consent.record_key import RecordKey, sign_entries
from livecam.consent.revocations import Revocations
from livecam.consent.voice_record import voice_record_from_bytes
from livecam.core.errors import ConsentError, PersonaError, PhotoError
from livecam.core.persona import PersonaKind
from livecam.personas.archive import pack_persona, unpack_persona
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore
from tests.unit.personas.conftest import FIRST_DAY, PHOTO

EXAMPLES = int(os.environ.get("LIVECAM_FUZZ_EXAMPLES", "30"))
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="LIVECAM_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = (
    "schema", "about", "kind", "statement", "purpose", "scope", "given_at", "expires_at", "checked", "checks",
    "photo_file", "photo_sha256", "texture_sha256", "voice_sha256", "recording_sha256", "remarks", "signed_by",
    "signature", "hashes", "look", "revoked_at", "revoked",
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(("own", "persona", "voice", "photo.jpg", "basic", "2026-03-01T00:00:00+00:00"))
    | st.just("9999-12-31T23:59:59-23:59")
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
ITEMS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


@st.composite
def damaged(draw, original: bytes) -> bytes:
    """The bytes with some cut out, exchanged or put in."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        data[place : place + length] = draw(st.binary(max_size=40))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@pytest.fixture(scope="module")
def install(tmp_path_factory):
    return RecordKey(tmp_path_factory.mktemp("install"))


@FUZZED
@given(st.binary(max_size=300) | ITEMS.map(lambda item: json.dumps(item).encode()))
def test_a_record_is_read_or_refused(data):
    for read in (record_from_bytes, voice_record_from_bytes):
        with pytest.raises(ValueError, match=r"."):
            read(data)


@FUZZED
@given(ITEMS)
def test_a_signed_record_of_anything_is_read_or_refused(install, item):
    for read in (record_from_bytes, voice_record_from_bytes):
        with pytest.raises(ValueError, match=r"."):
            read(sign_entries(item, install))


@pytest.fixture
def kept(store, persona):
    store.save(persona, PHOTO, ".jpg")
    return {file.name: file.read_bytes() for file in store.folder_of("me").iterdir()}


@FUZZED
@given(st.data())
def test_a_damaged_persona_is_refused_and_never_shown(store, kept, data):
    name = data.draw(st.sampled_from(sorted(kept)))
    content = data.draw(damaged(kept[name]))
    for file, whole in kept.items():
        (store.folder_of("me") / file).write_bytes(content if file == name else whole)
    usable = same_record(content, kept[name]) if name == "record.json" else content == kept[name]
    if usable:
        assert store.load("me").name == "me"
    else:
        with pytest.raises(ConsentError):
            store.load("me")
        assert store.list()[0].trouble is not None


def same_record(one: bytes, other: bytes) -> bool:
    """Whether two records say the same, by other spaces or not."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


@FUZZED
@given(st.data())
def test_a_damaged_voice_is_refused(tmp_path, calendar, data):
    voices = VoiceStore(tmp_path / "voices", calendar)
    if not (tmp_path / "voices").exists():
        voices.save("mine", open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)
        (tmp_path / "whole").write_bytes((voices.folder_of("mine") / "record.json").read_bytes())
    whole = (tmp_path / "whole").read_bytes()
    content = data.draw(damaged(whole))
    (voices.folder_of("mine") / "record.json").write_bytes(content)
    if not same_record(content, whole):
        with pytest.raises(ConsentError):
            voices.load("mine")


@FUZZED
@given(st.binary(max_size=300) | ITEMS.map(lambda item: json.dumps({"schema": 1, "revoked": [item]}).encode()))
def test_a_list_of_revocations_is_read_or_refused(tmp_path, content):
    (tmp_path / "revoked.json").write_bytes(content)
    try:
        Revocations(tmp_path).find(("ab" * 32,))
    except ConsentError as error:
        assert error.help_text


@FUZZED
@given(st.data())
def test_a_damaged_archive_is_refused(store, kept, data):
    whole = pack_persona("me", store)
    content = data.draw(damaged(whole) | st.binary(max_size=200))
    try:
        carried = unpack_persona(content, Path("me.age"), FIRST_DAY)
    except PersonaError as error:
        assert error.exit_code == 5
    else:
        assert carried.photo.data == PHOTO


@FUZZED
@given(
    ITEMS,
    st.binary(max_size=50),
    st.sampled_from(("photo.jpg", "photo/../../x", "photo", "photo.\udc80".encode(errors="replace").decode())),
)
def test_an_archive_of_anything_is_refused(install, item, photo, name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("record.json", sign_entries(item, install))
        archive.writestr(name, photo)
    with pytest.raises(ConsentError):
        unpack_persona(buffer.getvalue(), Path("me.age"), datetime(2026, 3, 1, tzinfo=UTC))


def pictures() -> dict[str, bytes]:
    """One small photo of every kind that is read."""
    pixels = np.random.default_rng(0).integers(0, 255, (80, 96, 3), np.uint8)
    files = {ending: cv2.imencode(ending, pixels)[1].tobytes() for ending in (".jpg", ".png", ".webp", ".bmp", ".tiff")}
    clear = np.dstack([pixels, pixels[..., :1]])
    return {**files, "clear.png": cv2.imencode(".png", clear)[1].tobytes()}


@pytest.mark.parametrize("kind", list(pictures()))
@FUZZED
@given(st.data())
def test_a_damaged_photo_is_read_or_refused(kind, data):
    content = data.draw(damaged(pictures()[kind]))
    try:
        pixels = decode_photo(content, "me")
    except PhotoError as error:
        assert error.help_text
    else:
        assert pixels.ndim == 3 and pixels.dtype == np.uint8


@FUZZED
@given(
    st.binary(max_size=400)
    | st.sampled_from((b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"II*\0")).flatmap(
        lambda head: st.binary(max_size=200).map(head.__add__)
    )
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(PhotoError):
        decode_photo(content, "me")


def test_a_key_of_any_bytes_is_named(tmp_path):
    store = PersonaStore(tmp_path)
    (tmp_path / "keys").mkdir()
    for content in (b"", b"\x00" * 64, os.urandom(200)):
        (tmp_path / "keys" / "consent.pem").write_bytes(content)
        (tmp_path / "keys" / "consent.pem").chmod(0o600)
        with pytest.raises(ConsentError, match="cannot be read"):
            _ = store.public_key
