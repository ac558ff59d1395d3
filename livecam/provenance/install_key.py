"""The signing key of an installation and a certificate made here.

The same installation, it says, not who that is.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from livecam.core.clock import utc_now
from livecam.core.errors import LivecamError, OutputError, remedy
from livecam.core.files.private import find_exposure, read_at_most
from livecam.core.files.writing import own_folder, replace_file

LOCAL: Final = "livecam, certificate made on this machine"
_FILE: Final = Path("provenance") / "signing.pem"
_VALID: Final = timedelta(days=3650)
_RENEW_BEFORE: Final = timedelta(days=30)
_WORD_BYTES: Final = 32
_LARGEST_BYTES: Final = 100_000
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE"


@dataclass(frozen=True, slots=True)
class ManifestKey:
    """A key on the curve P-256 (C2PA's es256) and its certificates.

    Attributes:
        private: The key; it stays in a file of mode 0600.
        chain_pem: Its certificate, then its issuer's. The issuer's key was discarded.
    """

    private: ec.EllipticCurvePrivateKey
    chain_pem: bytes

    @classmethod
    def of(cls, data_folder: Path, now: Callable[[], datetime] = utc_now) -> Self:
        """Return the installation's key.

        Made at the first use, and again a month before its certificate ends.

        Raises:
            OutputError: It cannot be read or written.
        """
        path = data_folder / _FILE
        try:
            if os.path.lexists(path):
                if (exposed := find_exposure(path)) is not None:
                    raise OutputError(f"the signing key {path} {exposed[0]}", **exposed[1])
                kept = cls._read(path)
                if _end(kept.chain_pem) - now() > _RENEW_BEFORE:
                    return kept
        except OSError as error:
            hint = f"let your user read it: chmod u+r {path}"
            raise OutputError(f"the signing key {path} cannot be read: {error.strerror}", **remedy(hint)) from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            hint = f"put it back from a backup; without one, keep it aside and a new one is made: mv {path} {path}.old"
            raise OutputError(f"the signing key {path} is damaged: {error}", **remedy(hint)) from error
        made = cls._make(now())
        try:
            made._write(path)
        except LivecamError as error:
            raise OutputError(f"the signing key {path} cannot be used: {error}", **error.remedy) from error
        return made

    @classmethod
    def _read(cls, path: Path) -> Self:
        data = read_at_most(path, _LARGEST_BYTES)
        private = serialization.load_pem_private_key(data, None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError("it is no key on an elliptic curve")
        return cls(private, data[data.index(_CERTIFICATE) :])

    @classmethod
    def _make(cls, now: datetime) -> Self:
        issuer, private = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        top = _certificate("the installation's root", issuer, issuer, now, top=True)
        own = _certificate("this installation", private, issuer, now, top=False)
        return cls(private, b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (own, top)))

    def _write(self, path: Path) -> None:
        """Key and certificates as one file, so that they always belong together."""
        private = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        replace_file(own_folder(path.parent) / path.name, private + self.chain_pem)

    def sign(self, data: bytes) -> bytes:
        """Return the signature as COSE wants it: r and s, 32 bytes each."""
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_WORD_BYTES, "big") + s.to_bytes(_WORD_BYTES, "big")


def _end(chain_pem: bytes) -> datetime:
    return x509.load_pem_x509_certificates(chain_pem)[0].not_valid_after_utc


def _certificate(
    what: str, key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey, now: datetime, top: bool
) -> x509.Certificate:
    """Return a certificate by the profile of C2PA; names no person and no machine."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(what))
        .issuer_name(_name("the installation's root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=top, path_length=None), critical=True)
        .add_extension(_usage(top), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
    )
    if not top:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer, hashes.SHA256())


def _name(what: str) -> x509.Name:
    named = ((NameOID.ORGANIZATION_NAME, LOCAL), (NameOID.COMMON_NAME, what))
    return x509.Name([x509.NameAttribute(key, value) for key, value in named])


def _usage(top: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not top,
        key_cert_sign=top,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
