"""A secret that others can reach is not used: consent, manifests, nodes and the studio ask the same question."""

import os

import pytest

from livecam.consent.record_key import RecordKey
from livecam.core.errors import LivecamError
from livecam.core.files.private import find_exposure
from livecam.jobs.cluster.nodes import make_node_key, read_node_key
from livecam.provenance.install_key import ManifestKey
from livecam.studio.authority import certificate

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes; the profile folder is private there")
KEYS = {
    "keys/consent.pem": lambda folder: RecordKey(folder).sign({"a": 1}),
    "provenance/signing.pem": ManifestKey.of,
    "node.key": lambda folder: read_node_key(folder) if os.path.lexists(folder / "node.key") else make_node_key(folder),
    "tls/authority-key.pem": lambda folder: certificate(folder / "tls", ["192.0.2.7"]),
}


@pytest.mark.parametrize("mode", [0o604, 0o660, 0o777, 0o610])
@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_others_can_reach_is_not_used(tmp_path, name, mode):
    KEYS[name](tmp_path)
    (tmp_path / name).chmod(mode)
    with pytest.raises(LivecamError, match=f"has mode {mode:04o}") as refused:
        KEYS[name](tmp_path)
    assert refused.value.command == f"chmod 600 {tmp_path / name}"
    (tmp_path / name).chmod(0o600)
    KEYS[name](tmp_path)


def test_a_node_takes_the_secret_that_a_cluster_mounts_for_its_group(tmp_path):
    KEYS["node.key"](tmp_path)
    (tmp_path / "node.key").chmod(0o440)
    KEYS["node.key"](tmp_path)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_a_link_is_not_used_nor_replaced(tmp_path, name):
    KEYS[name](tmp_path)
    (tmp_path / name).rename(tmp_path / "elsewhere")
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LivecamError, match="is a link"):
        KEYS[name](tmp_path)
    assert (tmp_path / name).is_symlink()


@pytest.mark.parametrize("damage", [b"", b"no key", b"\xff" * 100, bytes(200_000)])
@pytest.mark.parametrize("name", KEYS)
def test_a_damaged_key_is_said_and_never_to_be_deleted(tmp_path, name, damage):
    KEYS[name](tmp_path)
    (tmp_path / name).write_bytes(damage)
    with pytest.raises(LivecamError) as refused:
        KEYS[name](tmp_path)
    assert str(tmp_path) in str(refused.value)
    assert "rm " not in refused.value.help_text and "delete" not in refused.value.help_text
    assert (tmp_path / name).read_bytes() == damage


def test_a_secret_of_its_owner_alone_is_not_exposed(tmp_path):
    (tmp_path / "a").touch(0o600)
    assert find_exposure(tmp_path / "a") is None
    with pytest.raises(FileNotFoundError):
        find_exposure(tmp_path / "b")


def test_on_windows_the_profile_folder_is_private(tmp_path, monkeypatch):
    key = tmp_path / "key"
    key.write_bytes(b"secret")
    key.chmod(0o666)
    monkeypatch.setattr("livecam.core.files.private.os.name", "nt")
    assert find_exposure(key) is None
