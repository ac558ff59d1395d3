"""A yes that was taken back: the persona is gone, and its photo is known again, saved again, cut or mirrored."""

import json

import cv2
import numpy as np
import pytest

from livecam.consent.fingerprint import (
    SAME_PHOTO_BITS,
    make_mirrored_print,
    make_photo_print,
    print_from_hex,
    print_to_hex,
    take_fingerprints,
)
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.intake import add_renewed, open_photo_persona
from livecam.personas.photo import face
from livecam.personas.photo.photo_file import read_photo
from livecam.personas.revoke import revoke_persona, revoke_voice
from livecam.personas.voice_store import VoiceStore
from livecam.plugins import open_face_finder
from tests.unit.personas.conftest import PHOTO
from tests.unit.personas.test_intake import drawn_photo


def differ(one, other) -> int:
    return int(np.count_nonzero(one != other))


def copies():
    """The same photo, saved again in ways people do; each with its points."""
    photo = open_builtin("robin").photo
    pixels, points = photo.pixels, photo.points
    smaller = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    coarse = cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
    return {
        "saved as a coarse JPEG": (coarse, points),
        "half the size": (smaller, points / 2),
        "cut": (pixels[30:, 20:], points - np.array([20, 30], np.float32)),
        "brighter": (np.clip(pixels * 1.15, 0, 255).astype(np.uint8), points),
    }


@pytest.mark.parametrize("how", list(copies()))
def test_a_copy_of_a_photo_is_known(how):
    photo = open_builtin("robin").photo
    assert differ(make_photo_print(*copies()[how]), make_photo_print(photo.pixels, photo.points)) <= SAME_PHOTO_BITS / 2


def test_a_mirrored_copy_is_known():
    photo = open_builtin("robin").photo
    turned = np.ascontiguousarray(photo.pixels[:, ::-1])
    there = photo.points.copy()
    there[:, 0] = photo.pixels.shape[1] - 1 - there[:, 0]
    there[[33, 263]] = there[[263, 33]]
    assert differ(make_mirrored_print(turned, there), make_photo_print(photo.pixels, photo.points)) <= 4


def test_other_faces_are_other_photos():
    prints = [
        make_photo_print(open_builtin(name).photo.pixels, open_builtin(name).photo.points) for name in builtin_names()
    ]
    nearest = min(differ(one, other) for one in prints for other in prints if one is not other)
    assert nearest > SAME_PHOTO_BITS


def test_a_fingerprint_is_written_and_read_back():
    bits = np.random.default_rng(0).random(512) < 0.5
    assert np.array_equal(print_from_hex(print_to_hex(bits)), bits)
    with pytest.raises(ValueError, match="512 bits, got 8"):
        print_from_hex("00")


def test_a_revoked_persona_is_gone_and_its_photo_refused_with_the_day(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    revoke_persona("me", store)
    assert list((tmp_path / "data" / "personas").iterdir()) == []
    with pytest.raises(ConsentError, match="the consent for me was taken back on 2026-03-01") as caught:
        store.save(persona, PHOTO, ".jpg")
    assert caught.value.help_text.endswith("livecam persona add PHOTO --reconsent")


def test_no_name_and_no_picture_is_kept_of_it(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    revoke_persona("me", store)
    item = json.loads((tmp_path / "data" / "revoked.json").read_text())["revoked"][0]
    assert set(item) == {"hashes", "look", "revoked_at"}
    assert item["hashes"] == [persona.consent.photo_sha256]
    assert {version: len(text) for version, text in item["look"].items()} == {"1": 128, "2": 320}


def test_a_persona_that_comes_back_with_a_folder_is_refused(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    kept = {file.name: file.read_bytes() for file in store.folder_of("me").iterdir()}
    revoke_persona("me", store)
    (tmp_path / "data" / "personas" / "again").mkdir()
    for name, data in kept.items():
        (tmp_path / "data" / "personas" / "again" / name).write_bytes(data)
    with pytest.raises(ConsentError, match="taken back"):
        store.load("again")
    with pytest.raises(ConsentError, match="given for me: a copy is not a persona of its own"):
        store.renew("again", persona.consent)


def test_every_persona_of_the_photo_goes(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    copy = tmp_path / "data" / "personas" / "other"
    copy.mkdir()
    for file in store.folder_of("me").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    revoke_persona("me", store)
    assert [entry.name for entry in store.list() if not entry.built_in] == []


def test_a_damaged_persona_can_be_revoked(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    (store.folder_of("me") / "record.json").write_bytes(b"{")
    revoke_persona("me", store)
    with pytest.raises(ConsentError, match="taken back"):
        store.save(persona, PHOTO, ".jpg")


@pytest.mark.parametrize(
    ("name", "why"),
    [("unknown", "there is no persona"), ("../me", "there is no persona"), (builtin_names()[0], "is built in")],
)
def test_what_is_not_there_or_built_in_is_not_revoked(store, name, why, tmp_path):
    with pytest.raises(PersonaError, match=why):
        revoke_persona(name, store)
    assert not (tmp_path / "data" / "revoked.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"schema": 1, "revoked": [7]}',
        b'{"schema": 1, "revoked": [{"hashes": [1], "look": null, "revoked_at": "2026-03-01T00:00:00+00:00"}]}',
        b'{"schema": 1, "revoked": [{"hashes": [], "look": 1, "revoked_at": "2026-03-01T00:00:00+00:00"}]}',
        b'{"schema": 1, "revoked": [{"hashes": [], "look": "00", "revoked_at": "2026-03-01T00:00:00+00:00"}]}',
        b'{"schema": 1, "revoked": [{"hashes": [], "look": null, "revoked_at": "0001-01-01T00:00:00+23:00"}]}',
        b"[" * 100_000,
    ],
)
def test_a_list_that_cannot_be_read_refuses_everything(store, persona, tmp_path, content):
    store.save(persona, PHOTO, ".jpg")
    (tmp_path / "data" / "revoked.json").write_bytes(content)
    for act in (
        lambda: store.load("me"),
        lambda: store.save(persona, PHOTO, ".jpg"),
        lambda: revoke_persona("me", store),
    ):
        with pytest.raises(ConsentError, match=r"revoked\.json, the list of revocations, cannot be read"):
            act()
    assert store.folder_of("me").is_dir()


@pytest.fixture
def photos_pass(monkeypatch):
    monkeypatch.setattr(face, "check_photo", lambda pixels, mesh: ())


def smooth_photo(folder, name="me.png", suffix=".png"):
    path = folder / name
    noise = np.random.default_rng(3).integers(0, 255, (20, 20, 3), np.uint8)
    path.write_bytes(cv2.imencode(suffix, cv2.resize(noise, (400, 400), interpolation=cv2.INTER_CUBIC))[1].tobytes())
    return read_photo(path)


def test_the_same_photo_saved_again_is_refused(store, tmp_path, photos_pass):
    name = open_photo_persona(smooth_photo(tmp_path), store, FakeFinder(), PersonaKind.OWN).name
    revoke_persona(name, store)
    with pytest.raises(ConsentError, match=r"the consent for again\.jpg was taken back") as caught:
        open_photo_persona(smooth_photo(tmp_path, "again.jpg", ".jpg"), store, FakeFinder(), PersonaKind.OWN)
    assert "again.jpg --reconsent" in caught.value.help_text
    other = read_photo(drawn_photo(tmp_path, "other.png", seed=1))
    assert open_photo_persona(other, store, FakeFinder(), PersonaKind.OWN).name == "other"


def test_after_a_new_yes_it_is_taken_in_and_the_record_says_so(store, tmp_path, photos_pass):
    name = open_photo_persona(smooth_photo(tmp_path), store, FakeFinder(), PersonaKind.OWN).name
    revoke_persona(name, store)
    again = smooth_photo(tmp_path, "again.jpg", ".jpg")
    persona = add_renewed(again, store, FakeFinder(), PersonaKind.CONSENTED)
    assert persona.consent.checks == ("agreed to again after it was taken back on 2026-03-01",)
    assert store.load("again").kind is PersonaKind.CONSENTED


def test_a_new_yes_to_what_was_never_taken_back_is_a_yes(store, tmp_path, photos_pass):
    photo = smooth_photo(tmp_path)
    assert add_renewed(photo, store, FakeFinder(), PersonaKind.OWN).consent.checks == ()
    assert add_renewed(photo, store, FakeFinder(), PersonaKind.OWN).name == "me"


@pytest.mark.parametrize("damaged", [False, True])
def test_a_revoked_voice_is_not_learned_again(tmp_path, calendar, damaged):
    voices = VoiceStore(tmp_path / "data", calendar)
    voices.save("mine", open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)
    if damaged:
        (voices.folder_of("mine") / "record.json").write_bytes(b"{")
    revoke_voice("mine", voices)
    with pytest.raises(ConsentError, match="taken back on 2026-03-01") as caught:
        voices.save("other", open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)
    assert caught.value.help_text.endswith("livecam voice enrol other RECORDING --reconsent")
    assert voices.list()[0].built_in
    voices.revocations.lift(("ab" * 32,))
    assert voices.revocations.find(("ab" * 32,)) is None


def changed(how: str):
    """A photo as it comes back after a person changed it."""
    pixels = np.array(open_builtin("sasha").photo.pixels)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    aside = corners + np.array([[0, 0], [-40, 58], [-40, -58], [0, 0]], np.float32)
    spot = np.exp(-(((x - width / 2) / 200) ** 2 + ((y - height * 0.45) / 200) ** 2))[..., None]
    noise = cv2.GaussianBlur(np.random.default_rng(2).normal(0, 1, (height, width)).astype(np.float32), (0, 0), 6)
    waves = x + 0.01 * width * np.sin(4 * np.pi * y / height), y + 0.01 * height * np.sin(4 * np.pi * x / width)
    ramp = np.linspace(0.6, 1.4, height)
    as_bytes = lambda picture: np.clip(picture, 0, 255).astype(np.uint8)  # noqa: E731
    return {
        "wider": lambda: cv2.resize(pixels, (round(width * 1.15), height)),
        "taller": lambda: cv2.resize(pixels, (width, round(height * 1.15))),
        "at an angle": lambda: cv2.warpPerspective(
            pixels, cv2.getPerspectiveTransform(corners, aside), (width, height), borderMode=cv2.BORDER_REPLICATE
        ),
        "bent": lambda: cv2.remap(pixels, *waves, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        "light from above": lambda: as_bytes(pixels * ramp[:, None, None]),
        "light from the side": lambda: as_bytes(pixels * ramp[None, :, None]),
        "pattern": lambda: as_bytes(np.rint(pixels + 4 * (noise / noise.std())[..., None])),
        "local contrast": lambda: cv2.cvtColor(lab, cv2.COLOR_LAB2BGR),
        "flash": lambda: as_bytes(pixels * (1 + 0.5 * spot) + 25 * spot),
        "mirrored": lambda: np.ascontiguousarray(pixels[:, ::-1]),
        "gamma": lambda: as_bytes(255 * (pixels / 255) ** 0.6),
        "half": lambda: cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    }[how]()


CHANGES = ("wider", "taller", "at an angle", "bent", "light from above", "light from the side", "pattern",
           "local contrast", "flash", "mirrored", "gamma", "half")  # fmt: skip


@pytest.mark.parametrize("how", CHANGES)
def test_a_revoked_photo_is_known_again_after_ordinary_changes(store, tmp_path, how):
    finder = open_face_finder()
    photo = tmp_path / "face.png"
    photo.write_bytes(cv2.imencode(".png", open_builtin("sasha").photo.pixels)[1].tobytes())
    open_photo_persona(read_photo(photo), store, finder, PersonaKind.OWN)
    revoke_persona("face", store)
    again = tmp_path / "again.png"
    again.write_bytes(cv2.imencode(".png", changed(how))[1].tobytes())
    with pytest.raises(ConsentError, match=r"the consent for again\.png was taken back"):
        open_photo_persona(read_photo(again), store, finder, PersonaKind.OWN)
    finder.close()


def test_other_built_in_faces_are_other_photos_to_both_fingerprints():
    looks = [
        take_fingerprints(open_builtin(name).photo.pixels, open_builtin(name).photo.points) for name in builtin_names()
    ]
    assert not any(one[0].is_same(each) for one in looks for other in looks if one is not other for each in other)


def test_a_list_of_an_earlier_version_still_refuses(store, persona, tmp_path):
    look = print_to_hex(make_photo_print(persona.photo.pixels, persona.photo.points))
    item = {"hashes": [], "look": look, "revoked_at": "2026-02-01T00:00:00+00:00"}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "revoked.json").write_text(json.dumps({"schema": 1, "revoked": [item]}))
    store.save(persona, PHOTO, ".jpg")
    with pytest.raises(ConsentError, match="taken back on 2026-02-01"):
        store.load("me")
