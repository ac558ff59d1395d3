"""The key of an install: made once, private, and a clear word where it is damaged."""

import stat
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from livecam.consent import record_key as signing
from livecam.consent.record_key import RecordKey, sign_entries, verify_entries
from livecam.core.errors import ConsentError
from livecam.core.files.private import replace_file, write_file


def place(tmp_path):
    return tmp_path / "data" / "keys" / "consent.pem"


def test_the_key_is_made_when_something_is_first_signed_and_stays(key, tmp_path):
    assert key.public is None
    assert not place(tmp_path).exists()
    sign_entries({"a": 1}, key)
    assert key.public == RecordKey(tmp_path / "data").public
    sign_entries({"a": 2}, key)
    assert verify_entries(sign_entries({"a": 3}, RecordKey(tmp_path / "data"))).signed_by == key.public


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes; the profile folder is private there")
def test_the_key_is_for_its_owner_alone(key, tmp_path):
    sign_entries({}, key)
    assert stat.S_IMODE(place(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(place(tmp_path).parent.stat().st_mode) == 0o700


def test_a_record_comes_back_as_it_was(key):
    item = {"text": "ä \ud800", "list": ["b", "a"], "number": 2}
    read = verify_entries(sign_entries(item, key))
    assert (read.item, read.signed_by) == (item, key.public)


def test_anybody_can_check_a_signature_without_livecam(key):
    signed = key.sign({"b": "ä", "a": 1})
    message = b'livecam consent\n{"a":1,"b":"\\u00e4","signed_by":"' + signed["signed_by"].encode() + b'"}'
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["signed_by"]))
    assert public.verify(bytes.fromhex(signed["signature"]), message) is None


def test_an_unsigned_record_is_reported():
    assert verify_entries(b'{"a": 1}').signed_by is None


X25519 = X25519PrivateKey.generate().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", X25519, b"a" * 200_000])
def test_a_key_file_that_is_none_is_named(key, tmp_path, content):
    sign_entries({}, key)
    place(tmp_path).write_bytes(content)
    for act in (lambda: key.public, lambda: sign_entries({}, key)):
        with pytest.raises(ConsentError, match=r"consent\.pem, cannot be read") as caught:
            act()
        assert "livecam persona renew" in caught.value.help_text


def test_of_two_processes_that_make_the_key_at_once_one_wins(key, tmp_path, monkeypatch):
    first = RecordKey(tmp_path / "data")

    def too_late(path, data):
        monkeypatch.undo()
        first.sign({})
        write_file(path, data)

    monkeypatch.setattr(signing, "write_file", too_late)
    assert key.sign({})["signed_by"] == first.public


def test_a_file_is_replaced_whole_and_leaves_nothing_next_to_it(tmp_path):
    for data in (b"old", b"new"):
        replace_file(tmp_path / "f", data)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("f", b"new")]
