"""A face from a seed is kept like one from a photo."""

import pytest

from livecam.core.errors import PersonaError
from livecam.core.persona import PersonaKind
from livecam.personas.generated import save_generated


def test_the_same_seed_gives_the_same_kept_face_once(store):
    made = save_generated(7, None, store)
    assert save_generated(7, None, store).name == made.name == "synthetic-7"
    assert store.load("synthetic-7").kind is PersonaKind.SYNTHETIC
    assert len([entry for entry in store.list() if not entry.built_in]) == 1


def test_after_twelve_months_making_it_again_renews_it(store, calendar):
    save_generated(7, None, store)
    calendar.pass_days(400)
    assert save_generated(7, None, store).consent.valid_at(calendar())


def test_a_name_of_ones_own_is_taken_as_it_is(store):
    assert save_generated(7, "work", store).name == "work"
    assert save_generated(7, "work", store).name == "work"


@pytest.mark.parametrize("name", ["work", "Work", "../x", "robin"])
def test_a_name_that_is_taken_or_none_is_refused_and_nothing_replaced(store, name):
    first = save_generated(7, "work", store)
    with pytest.raises(PersonaError, match="is taken or is no name"):
        save_generated(8, name, store)
    assert store.find(first.consent.photo_sha256) == "work"
