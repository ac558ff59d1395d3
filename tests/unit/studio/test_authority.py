"""The authority for phones vouches for this computer alone, and its keys are for this user alone."""

import ipaddress
import stat

from cryptography import x509

from livecam.studio.authority import certificate


def test_the_authority_is_limited_to_the_hosts_it_was_made_for(tmp_path):
    made = certificate(tmp_path / "tls", ["192.0.2.7"])
    authority = x509.load_der_x509_certificate(made.authority)
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical and limits.value.permitted_subtrees == [x509.IPAddress(ipaddress.ip_network("192.0.2.7/32"))]
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_the_server_is_vouched_for_by_the_authority_for_its_address(tmp_path):
    made = certificate(tmp_path / "tls", ["192.0.2.7"])
    server = x509.load_pem_x509_certificate(made.chain.read_bytes())
    server.verify_directly_issued_by(x509.load_der_x509_certificate(made.authority))
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("192.0.2.7")]


def test_the_keys_are_for_this_user_alone(tmp_path):
    certificate(tmp_path / "tls", ["192.0.2.7"])
    for path in (tmp_path / "tls").glob("*key.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_phone_trusts_once_and_another_address_needs_another_authority(tmp_path):
    first = certificate(tmp_path / "tls", ["192.0.2.7"])
    assert certificate(tmp_path / "tls", ["192.0.2.7"]).fingerprint == first.fingerprint
    assert certificate(tmp_path / "tls", ["192.0.2.8"]).fingerprint != first.fingerprint
