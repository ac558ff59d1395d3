"""Messages that one machine can open, in the age format."""

import pyrage

from livecam.core.errors import UsageError


def new_identity() -> pyrage.x25519.Identity:
    """Return a new key pair."""
    return pyrage.x25519.Identity.generate()


def parse_identity(text: str) -> pyrage.x25519.Identity:
    """Return the key pair of a secret key.

    Raises:
        ValueError: It is none.
    """
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError as error:
        raise ValueError("no secret key of age") from error


def check_public_key(text: str) -> str:
    """Return a public key.

    Raises:
        UsageError: It is none.
    """
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise UsageError(
            f"{text[:20]} is no public key of a node", advice="on the node, run: livecam nodes key"
        ) from error
    return text


def seal(content: bytes, public_keys: tuple[str, ...]) -> bytes:
    """Encrypt for the owners of these public keys, and for no one else."""
    return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(key) for key in public_keys]))


def unseal(content: bytes, identity: pyrage.x25519.Identity) -> bytes:
    """Decrypt.

    Raises:
        ValueError: It was changed, or sealed for another key.
    """
    try:
        return bytes(pyrage.decrypt(content, [identity]))
    except pyrage.DecryptError as error:
        raise ValueError("sealed for another key, or changed") from error
