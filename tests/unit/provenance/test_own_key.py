"""The installation's key: private, made once, made again in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from livecam.core.errors import OutputError
from livecam.provenance.install_key import LOCAL, ManifestKey

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FILE = Path("provenance") / "signing.pem"


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    first, second = (ManifestKey.of(tmp_path, lambda: NOW) for _ in range(2))
    assert first.chain_pem == second.chain_pem
    assert first.private.private_numbers() == second.private.private_numbers()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / FILE.parent).stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / FILE.parent).iterdir()] == ["signing.pem"]


def test_the_certificate_says_that_it_was_made_here_and_names_no_person(tmp_path: Path) -> None:
    own, top = x509.load_pem_x509_certificates(ManifestKey.of(tmp_path, lambda: NOW).chain_pem)
    assert own.issuer == top.subject and own.subject != own.issuer
    names = {item.value for name in (own.subject, own.issuer) for item in name}
    assert names == {LOCAL, "this installation", "the installation's root"}
    own.verify_directly_issued_by(top)
    own_may, top_may = (c.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for c in (own, top))
    assert (own_may, top_may) == (False, True)


def test_another_installation_has_another_key(tmp_path: Path) -> None:
    one, other = (ManifestKey.of(tmp_path / name, lambda: NOW) for name in ("one", "other"))
    assert one.chain_pem != other.chain_pem


def test_a_certificate_that_ends_soon_is_replaced(tmp_path: Path) -> None:
    first = ManifestKey.of(tmp_path, lambda: NOW)
    assert ManifestKey.of(tmp_path, lambda: NOW + timedelta(days=3600)).chain_pem == first.chain_pem
    assert ManifestKey.of(tmp_path, lambda: NOW + timedelta(days=3640)).chain_pem != first.chain_pem


def test_the_signature_is_r_and_s(tmp_path: Path) -> None:
    key = ManifestKey.of(tmp_path, lambda: NOW)
    signature = key.sign(b"a claim")
    assert len(signature) == 64
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    key.private.public_key().verify(encode_dss_signature(r, s), b"a claim", ec.ECDSA(hashes.SHA256()))


def rsa_key() -> bytes:
    private = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.mark.parametrize("content", [b"", b"no key at all", rsa_key()], ids=["empty", "text", "another kind"])
def test_a_key_that_is_none_is_reported_in_one_line_and_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(OutputError, match="signing key") as reported:
        ManifestKey.of(tmp_path, lambda: NOW)
    assert str(tmp_path / FILE) in reported.value.help_text
    assert (tmp_path / FILE).read_bytes() == content


def test_a_folder_that_takes_no_key_is_reported(tmp_path: Path) -> None:
    (tmp_path / "provenance").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be used"):
        ManifestKey.of(tmp_path, lambda: NOW)
