"""A certificate authority of this installation, limited to this computer.

For phones on the same network.
"""

import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from livecam.core.clock import utc_now
from livecam.core.errors import OutputError
from livecam.core.files.errors import reason_of
from livecam.core.files.private import find_exposure, private_folder, read_at_most, replace_file

_YEARS: Final = timedelta(days=3650)
_DAYS: Final = timedelta(days=90)
_EARLIER: Final = timedelta(days=1)
_LARGEST_BYTES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files for a server, and what a phone is to trust.

    Attributes:
        chain: The server's certificate, PEM.
        key: Its key, PEM, readable by this user alone.
        authority: What is trusted, DER: the format phones take.
        fingerprint: SHA-256 of the authority, in pairs, to compare.
    """

    chain: Path
    key: Path
    authority: bytes
    fingerprint: str


def addresses() -> tuple[str, ...]:
    """Private IPv4 addresses of this computer, the one it uses first."""
    found = list[str]()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        # Connecting a datagram socket sends nothing: it only chooses the interface.
        probe.connect(("192.0.2.1", 9))
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(item[4][0]) for item in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return tuple(dict.fromkeys(each for each in found if not ipaddress.ip_address(each).is_loopback))


def certificate(folder: Path, hosts: Sequence[str]) -> Certificate:
    """Return a certificate for these addresses and names.

    By an authority that can sign for no others.

    A new authority is made whenever the hosts change, for it is limited to them.

    Raises:
        OutputError: The folder cannot be written, or what is kept there is damaged or in reach of others.
    """
    place, now = private_folder(folder), utc_now()
    authority, authority_key = _authority(place, tuple(hosts), now)
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_general(host) for host in hosts])
    served = (
        x509.CertificateBuilder()
        .subject_name(_name(f"livecam studio on {hosts[0]}"))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _DAYS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain, key_file = place / "server.pem", place / "server-key.pem"
    replace_file(chain, served.public_bytes(serialization.Encoding.PEM))
    replace_file(key_file, _pem(key))
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(chain, key_file, authority.public_bytes(serialization.Encoding.DER), digest)


def _read_kept(cert_file: Path, key_file: Path, hosts_file: Path) -> tuple[x509.Certificate, PrivateKeyTypes, str]:
    """Return certificate, key and hosts of the authority.

    Raises:
        OutputError: One is damaged, or other users can reach the key.
    """
    try:
        if (exposed := find_exposure(key_file)) is not None:
            raise OutputError(f"the studio's key {key_file} {exposed[0]}", **exposed[1])
        cert, key, hosts = (read_at_most(path, _LARGEST_BYTES) for path in (cert_file, key_file, hosts_file))
        return x509.load_pem_x509_certificate(cert), serialization.load_pem_private_key(key, None), hosts.decode()
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise OutputError(
            f"the studio's certificate in {cert_file.parent} cannot be read: {reason_of(error)}",
            advice=f"move {cert_file} away: the studio makes a new one, which every other device must trust again",
        ) from error


def _authority(
    folder: Path, hosts: tuple[str, ...], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority that is kept.

    Where it is for these hosts and still holds; else a new one.
    """
    cert_file, key_file, hosts_file = folder / "authority.pem", folder / "authority-key.pem", folder / "hosts"
    if cert_file.is_file() and key_file.is_file() and hosts_file.is_file():
        kept, key, known = _read_kept(cert_file, key_file, hosts_file)
        same = known == "\n".join(hosts)
        if same and isinstance(key, ec.EllipticCurvePrivateKey) and kept.not_valid_after_utc > now + _DAYS:
            return kept, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"livecam studio on {socket.gethostname()}")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_only_signs(), critical=True)
        # It can vouch for this computer and for nothing else.
        .add_extension(x509.NameConstraints([_constraint(host) for host in hosts], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    replace_file(key_file, _pem(key))
    replace_file(cert_file, made.public_bytes(serialization.Encoding.PEM))
    replace_file(hosts_file, "\n".join(hosts).encode())
    return made, key


def _only_signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words[:64])])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _constraint(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(host))
    except ValueError:
        return x509.DNSName(host)
