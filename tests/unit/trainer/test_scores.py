"""What a status line says, and which network is offered in place of what there is."""

from dataclasses import replace

import pytest

from trainer.outcome import is_worth
from trainer.scores import Scores, describe_left, describe_scores

GOOD = Scores(error=0.05, photo=0.1, linear=0.08, follows=0.8, lids=0.95, sharpness=0.9)
MOST = 0.076


def test_a_status_line_has_the_words_of_a_user():
    line = describe_scores(GOOD, 240)
    assert line == (
        "expression follows 80%, lids right in 95%, sharpness 90% of the person's own, 50% nearer than the photo, "
        "4 min left"
    )


@pytest.mark.parametrize(("seconds", "words"), [(0, "the time is over"), (30, "less than a minute left")])
def test_the_end_is_said(seconds, words):
    assert describe_left(seconds) == words


def test_lids_that_were_never_shut_are_not_judged():
    assert "lids not seen shut" in describe_scores(replace(GOOD, lids=None), 60)


def test_a_network_that_is_nearer_and_follows_is_offered():
    assert is_worth(GOOD, MOST) and is_worth(replace(GOOD, lids=None), MOST)


@pytest.mark.parametrize("fault", [{"error": 0.079}, {"follows": 0.3}, {"lids": 0.5}])
def test_another_is_not(fault):
    assert not is_worth(replace(GOOD, **fault), MOST)


def test_without_another_model_the_photo_is_the_measure():
    assert is_worth(replace(GOOD, error=0.09, linear=0.099), 0.095)
