"""The key of this installation, and records signed with it.

The signature shows a later change.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from livecam.core.errors import ConsentError
from livecam.core.files.private import find_exposure, own_folder, private_folder, read_at_most, write_file
from livecam.core.files.reading import parse_json

LARGEST_RECORD_BYTES: Final = 100_000
_PLACE: Final = Path("keys") / "consent.pem"
_PURPOSE: Final = b"livecam consent\n"
"""Prefix of what is signed, so that a signature for another purpose never fits."""


@dataclass(frozen=True, slots=True)
class SignedEntries:
    """A record as it was read.

    Attributes:
        item: Its entries, without the signature.
        signed_by: Public key in hexadecimal, its signature checked; None where there is none.
        digest: SHA-256 of what was signed, in hexadecimal; empty without a signature.
    """

    item: Mapping[str, Any]
    signed_by: str | None
    digest: str = ""


class RecordKey:
    """The Ed25519 key of a data folder, `keys/consent.pem` of mode 0600.

    The first signature makes it.
    """

    def __init__(self, folder: Path) -> None:
        """Set the data folder; read nothing yet."""
        self._path = folder / _PLACE

    @property
    def public(self) -> str | None:
        """The public half in hexadecimal; None while there is no key.

        Raises:
            ConsentError: The file is no such key.
        """
        return _public(self._read()) if self._path.exists() else None

    def sign(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record with the public key and its signature added.

        Raises:
            ConsentError: The key's file is none.
        """
        key = self._read() if self._path.exists() else self._make()
        signed = {**item, "signed_by": _public(key)}
        return {**signed, "signature": key.sign(_signed_bytes(signed)).hex()}

    def _make(self) -> Ed25519PrivateKey:
        private_folder(self._path.parent.parent)
        own_folder(self._path.parent)
        formed = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        with suppress(FileExistsError):  # another process was first: its key is the one
            write_file(self._path, Ed25519PrivateKey.generate().private_bytes(*formed))
        return self._read()

    def _read(self) -> Ed25519PrivateKey:
        self._check_private()
        try:
            key = serialization.load_pem_private_key(read_at_most(self._path, LARGEST_RECORD_BYTES), None)
        except OSError as error:
            raise ConsentError(
                f"the key that signs consent records, {self._path}, cannot be read: {error.strerror}",
                advice=f"let your user read it: chmod u+r {self._path}",
            ) from error
        except (ValueError, TypeError) as error:
            raise self._damaged() from error
        if not isinstance(key, Ed25519PrivateKey):
            raise self._damaged()
        return key

    def _check_private(self) -> None:
        """Refuse a key that others can read, or that is a link.

        Whoever has it can sign records.
        """
        try:
            exposed = find_exposure(self._path)
        except OSError as error:
            raise self._damaged() from error
        if exposed is not None:
            raise ConsentError(f"the key that signs consent records, {self._path}, {exposed[0]}", **exposed[1])

    def _damaged(self) -> ConsentError:
        return ConsentError(
            f"the key that signs consent records, {self._path}, cannot be read",
            advice=f"put it back from a backup; without one, mv {self._path} {self._path}.old and answer again: "
            "livecam persona renew NAME",
        )


def sign_entries(item: Mapping[str, Any], key: RecordKey) -> bytes:
    """Return a record as a signed JSON file."""
    return (json.dumps(key.sign(item), indent=2) + "\n").encode()


def verify_entries(data: bytes) -> SignedEntries:
    """Read a record and check its signature.

    The caller judges which key signed it.

    Raises:
        ValueError: Not a JSON object, or one that was changed after it was signed. The message says which.
    """
    item = parse_json(data)
    if not isinstance(item, dict):
        raise ValueError("it is no JSON object")
    signature, signed_by = item.pop("signature", None), item.get("signed_by")
    if signature is None and signed_by is None:
        return SignedEntries(item, None)
    if not (isinstance(signature, str) and isinstance(signed_by, str) and _holds(item, signature, signed_by)):
        raise ValueError("it was changed after it was signed")
    digest = hashlib.sha256(_signed_bytes(item)).hexdigest()
    return SignedEntries({key: value for key, value in item.items() if key != "signed_by"}, signed_by, digest)


def _holds(item: Mapping[str, Any], signature: str, signed_by: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed_by))
        key.verify(bytes.fromhex(signature), _signed_bytes(item))
    except (ValueError, InvalidSignature):
        return False
    return True


def _signed_bytes(item: Mapping[str, Any]) -> bytes:
    """Return the signed bytes: the entries sorted by name, without spaces, in ASCII."""
    return _PURPOSE + json.dumps(item, sort_keys=True, separators=(",", ":")).encode()


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
