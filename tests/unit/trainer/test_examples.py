"""The model of examples: looks of eyes, numbers of two people that mean the same, recall, and its file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.swap.trained.model import TrainedModel
from livecam.core.expression import KINDS
from livecam.video.atlas.unroll import atlas_of
from tests.trained_faces import drawn_material
from trainer.align import Alignment, align
from trainer.examples import export_examples, prepare
from trainer.irises import measure_units, move_parts
from trainer.judge import Judge
from trainer.linear import train_linear
from trainer.looks import BROWS, COUNT, GAZE, bend_looks, find_spread, measure_looks, spots_of
from trainer.recall import fit_recall, recall_without
from trainer.regions import AXES, REGIONS, own_columns, share_texels


@pytest.fixture(scope="module")
def lesson():
    return prepare(drawn_material(64), drawn_material(48, seed=5))


def eye_with_iris_at(column):
    """A change (3, n, n): a dark spot at a part of the right eye's width, 0 to 1."""
    rows, columns = np.nonzero(atlas_of().openings == 2)
    middle = columns.min() + column * np.ptp(columns)
    change = np.zeros((3, 160, 160), np.float32)
    change[:, rows, columns] = -(np.abs(columns - middle) < 4).astype(np.float32)
    return change


@pytest.mark.parametrize(("looks", "moves"), [((1, 4), (0.12, 0, 0)), ((2, 5), (0, 0.12, 0)), (BROWS, (0, 0, 0.12))])
def test_moved_irises_and_brows_are_read_as_such(looks, moves):
    calm = np.ones((3, 160, 160), np.float32)
    for spot in spots_of(160):
        calm -= 0.6 * np.exp(-((3 * spot.place(160)) ** 2).sum(0))
    units = measure_units(calm, np.full(COUNT, 1.0, np.float32))
    numbers = measure_looks(move_parts(calm, moves) - calm) / units
    others = [number for number in (*GAZE, *BROWS) if number not in looks]
    assert (np.abs(numbers[list(looks)]) > 0.8).all() and len(set(np.sign(numbers[list(looks)]))) == 1
    assert (np.abs(numbers[others]) < 0.3).all()


def test_every_number_is_that_of_one_region_and_their_shares_are_a_whole():
    columns = np.concatenate([own_columns(number) for number in range(len(REGIONS))])
    assert sorted(columns) == list(range(AXES + len(KINDS) + COUNT))
    np.testing.assert_allclose(share_texels(160).sum(0), 1, atol=1e-6)


def test_a_gaze_that_was_never_shown_is_drawn(lesson):
    calm = lesson.own.calm
    numbers = np.zeros((2, lesson.own.numbers.shape[1]), np.float32)
    numbers[:, AXES + len(KINDS) + np.array([1, 4])] = [[2], [-2]]
    drawn = [one.transpose(2, 0, 1) for one in lesson.model.draw(numbers)]
    wanted = [move_parts(calm, (0.2, 0, 0)) - calm, move_parts(calm, (-0.2, 0, 0)) - calm]
    eyes = atlas_of().openings >= 2
    off = [(one - lesson.model.variations.mean)[:, eyes] for one in drawn]
    assert ((off[0] - off[1]) * (wanted[0] - wanted[1])[:, eyes]).sum() > 0


def test_looks_say_where_an_iris_is():
    plain = np.array([measure_looks(eye_with_iris_at(place)) for place in (0.3, 0.5, 0.7)])
    left, middle, right = bend_looks(plain, find_spread(plain))[:, 1]
    assert abs(left - right) > 1.5
    assert min(left, right) < middle < max(left, right)
    assert not measure_looks(0 * eye_with_iris_at(0.5)).any() and plain.shape == (3, COUNT)


def test_numbers_of_two_people_are_made_to_mean_the_same():
    chance = np.random.default_rng(0)
    wanted, moments = chance.normal(0, 1, (160, 6)), chance.normal(0, 1, (160, 6))
    mixing = np.eye(6) + chance.normal(0, 0.08, (6, 6))
    numbers = (moments - 0.3) @ mixing
    both = np.vstack([wanted, moments + chance.normal(0, 0.02, (160, 6))]).astype(np.float32)
    found = align(numbers.astype(np.float32), both)
    before, after = np.abs(numbers - moments).mean(), np.abs(found.apply(numbers.astype(np.float32)) - moments).mean()
    assert after < 0.6 * before and found.is_found


def test_too_few_alike_pictures_change_nothing():
    numbers = np.eye(4, dtype=np.float32)
    found = align(numbers, numbers + 5)
    np.testing.assert_array_equal(found.apply(numbers), Alignment.none(4).apply(numbers))
    assert not found.is_found


def test_what_was_seen_is_recalled_and_what_was_not_is_the_mean():
    numbers = np.random.default_rng(1).normal(0, 1, (80, 3)).astype(np.float32)
    amounts = np.sin(2 * numbers)
    recall = fit_recall(numbers, amounts, (numbers[::7] + 0.05, np.sin(2 * numbers[::7] + 0.1)), np.ones(3, np.float32))
    assert np.abs(recall.give(numbers + 0.02) - amounts).mean() < 0.15
    assert np.abs(recall.give(numbers + 100)).max() < 1e-3
    without = recall_without(recall, amounts)
    assert np.abs(without - amounts).mean() > np.abs(recall.give(numbers) - amounts).mean()


def test_examples_are_nearer_to_held_out_pictures_than_the_photo(lesson):
    material = drawn_material(64)
    judge = Judge(material.select(material.is_held), lesson.held, train_linear(material)[0])
    scores = judge.judge_each(lesson.model.draw(lesson.held.numbers[judge.which]))
    assert scores.gain > 0.4 and scores.follows > 0.8
    assert scores.linear == judge.linear.error


@pytest.mark.parametrize("is_alike", [True, False])
def test_eyes_stay_live_where_no_whole_faces_are_alike(lesson, is_alike):
    aligned = replace(lesson.model.alignment, is_found=is_alike)
    model = TrainedModel(Path("examples.onnx"), export_examples(replace(lesson.model, alignment=aligned)))
    assert model.contract.is_own is is_alike


def test_the_file_draws_what_the_model_draws(lesson):
    model = TrainedModel(Path("examples.onnx"), export_examples(lesson.model))
    assert model.contract.is_own is lesson.model.alignment.is_found and model.contract.stage == "examples"
    assert lesson.other is not None
    operator = drawn_material(48, seed=5)
    wanted = list(lesson.model.draw(lesson.other.numbers[:30:5]))
    for place, one in enumerate(wanted):
        atlas = lesson.other.detail[5 * place] / np.float32(90)
        made = model.infer(np.ascontiguousarray(atlas), operator.shapes[5 * place])[:3].transpose(1, 2, 0)
        assert np.abs(made - one).mean() < 0.01
