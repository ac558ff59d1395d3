import numpy as np
import pytest

from benchmarks.signs.limits import FAMILY, OTHERS, budget_of, find_limit


@pytest.mark.parametrize("share", [0.01, 0.001, 0.0003])
def test_an_exponential_tail_is_continued_to_shares_never_seen(share: float):
    passed = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        limit = find_limit(rng.exponential(1.0, 300), share)
        passed.append(np.exp(-limit))
    assert share / 4 < np.mean(passed) < 2 * share


def test_no_limit_is_within_what_untouched_windows_reached():
    scores = np.append(np.zeros(200), 50.0)
    assert find_limit(scores, 0.01) == 50.0


def test_all_budgets_together_are_the_familys():
    assert budget_of("lips") + OTHERS * budget_of("sharpness") == pytest.approx(FAMILY)


def test_few_windows_have_a_limit_too():
    assert np.isfinite(find_limit(np.arange(12.0), 0.0003))
