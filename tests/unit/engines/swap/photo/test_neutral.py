"""The smile and other expressions go out of the shape; a face at rest stays as it is."""

import numpy as np
import pytest

from engines.swap.photo import atlas, neutral
from engines.swap.photo.neutral import KINDS, read_expression, relax_expression, remove_folds
from livecam.core.expression import EFFECT
from livecam.core.topology import CANONICAL, INNER_LIPS, MOUTH_OPENING, OUTER_LIPS, opening_ratio


def smiling(amount: float) -> np.ndarray:
    effect = EFFECT[KINDS.index("smile")]
    calm = CANONICAL
    for _ in range(6):  # a part of what is left is taken out each time
        calm = relax_expression(calm, read_expression(calm))
    return np.asarray(calm + amount * effect, np.float32)


@pytest.mark.parametrize("amount", [0.3, 0.6, 0.9])
def test_a_smile_is_read_in_proportion(amount):
    calm, smile = (read_expression(smiling(a)).amounts["smile"] for a in (0.0, amount))
    assert smile - calm == pytest.approx(amount, abs=0.35 * amount)


def test_most_of_a_smile_is_taken_out():
    rested = relax_expression(smiling(0.8), read_expression(smiling(0.8)))
    corners = [61, 291]
    before = smiling(0.8)[corners, 1] - smiling(0.0)[corners, 1]
    after = rested[corners, 1] - smiling(0.0)[corners, 1]
    assert (before < -0.03).all()
    assert (np.abs(after) < 0.5 * np.abs(before)).all()


def test_what_does_not_move_in_a_smile_stays():
    rested = relax_expression(smiling(0.8), read_expression(smiling(0.8)))
    bridge = [168, 6, 197, 33, 263]
    np.testing.assert_allclose(rested[bridge], smiling(0.8)[bridge], atol=0.03)


def test_lips_never_cross():
    for amount in (0.5, 1.0, 1.5):
        shape = smiling(amount)
        rested = relax_expression(shape, read_expression(shape))
        assert (rested[neutral._INNER_UPPER, 1] <= rested[neutral._INNER_LOWER, 1] + 1e-6).all()


def test_an_open_mouth_closes():
    shape = CANONICAL.copy()
    shape[np.concatenate([INNER_LIPS, OUTER_LIPS])] += 0
    shape = np.asarray(shape + 0.5 * EFFECT[KINDS.index("jaw")], np.float32)
    assert opening_ratio(relax_expression(shape, read_expression(shape)), MOUTH_OPENING) < opening_ratio(
        shape, MOUTH_OPENING
    )


def test_folds_fade_with_the_smile_and_only_next_to_the_mouth():
    fold = np.zeros((atlas.HEIGHT, atlas.WIDTH, 3), np.float32)
    row, column = np.rint(atlas.POINTS[206][::-1]).astype(int)
    fold[row - 12 : row + 12, column - 2 : column + 3] = -0.3
    fold[40:60, 220:226] = -0.3
    faded = remove_folds(fold, read_expression(smiling(0.9)))
    assert faded[row, column].mean() > 0.85 * fold[row, column].mean()
    np.testing.assert_allclose(faded[40:60], fold[40:60], atol=1e-6)
    assert remove_folds(fold, read_expression(smiling(0.0))) is fold
