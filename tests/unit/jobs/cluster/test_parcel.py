"""A persona makes the same texture on a node, under a key that is made there and goes with it."""

import io
import zipfile
from datetime import timedelta

import numpy as np
import pytest

from livecam.core.clock import utc_now
from livecam.core.errors import ConsentError, PersonaError
from livecam.jobs.cluster.parcel import pack_parcel, unpack_parcel
from livecam.personas.generated import save_generated
from livecam.personas.revoke import revoke_persona
from livecam.personas.store import PersonaStore


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    store = PersonaStore(tmp_path_factory.mktemp("owner"))
    save_generated(5, "sam", store)
    return store


def test_the_node_sees_the_same_texture_and_kind(owner, tmp_path):
    unpack_parcel(pack_parcel("sam", owner), "sam", tmp_path, utc_now())
    there, here = PersonaStore(tmp_path).load("sam"), owner.load("sam")
    assert np.array_equal(there.photo.pixels, here.photo.pixels) and there.kind is here.kind
    assert there.consent.expires_at == here.consent.expires_at


def test_no_key_travels(owner, tmp_path):
    parcel = pack_parcel("sam", owner)
    unpack_parcel(parcel, "sam", tmp_path, utc_now())
    assert PersonaStore(tmp_path).public_key not in (None, owner.public_key)
    with zipfile.ZipFile(io.BytesIO(parcel)) as opened:
        assert sorted(opened.namelist()) == ["face.npz", "persona.zip"]


def test_a_persona_that_was_taken_back_does_not_travel(tmp_path):
    store = PersonaStore(tmp_path)
    save_generated(6, "sam", store)
    revoke_persona("sam", store)
    with pytest.raises(PersonaError):
        pack_parcel("sam", store)


def test_a_record_that_has_ended_is_refused_on_the_node_too(owner, tmp_path):
    later = utc_now() + timedelta(days=400)
    with pytest.raises(ConsentError, match="holds for"):
        unpack_parcel(pack_parcel("sam", owner), "sam", tmp_path, later)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all"])
def test_a_damaged_parcel_is_refused(content, tmp_path):
    with pytest.raises(ConsentError, match="damaged"):
        unpack_parcel(content, "sam", tmp_path, utc_now())
