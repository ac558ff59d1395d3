"""Personas of no one: the same for the same seed, distinct, put together from four heads, small on disk."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest

from livecam.core.errors import PersonaError
from livecam.core.persona import PersonaKind
from livecam.core.topology import CANONICAL, OVAL
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import draw_portrait, make_random_persona, place_mesh
from livecam.personas.generator.heads import load_head_index, load_head_picture
from livecam.personas.generator.recipe import Recipe, draw_recipe
from livecam.personas.photo.quality import find_faults

SEED_SEVEN = (["mw2", "ml6", "ml5", "mw1"], 1.15)


def test_the_same_seed_gives_the_same_face():
    first, again = make_random_persona(7), make_random_persona(7)
    assert (first.photo.pixels == again.photo.pixels).all()
    assert (first.photo.points == again.photo.points).all()
    assert first.consent == again.consent


def test_a_seed_means_the_same_heads_for_ever():
    index = load_head_index()
    recipe = draw_recipe(7)
    named = [index.names[k] for k in (recipe.head, recipe.eyes, recipe.nose, recipe.mouth)]
    assert (named, recipe.strength) == SEED_SEVEN


def test_seeds_give_many_different_faces():
    recipes = {draw_recipe(seed) for seed in range(500)}
    assert len(recipes) > 480
    assert len({r.head for r in recipes}) > 0.9 * len(load_head_index().names)


def test_every_recipe_takes_four_heads_of_one_sex_and_near_skin():
    index = load_head_index()
    for seed in range(300):
        recipe = draw_recipe(seed)
        four = [recipe.head, recipe.eyes, recipe.nose, recipe.mouth]
        assert len(set(four)) == 4
        assert len({bool(index.women[k]) for k in four}) == 1
        assert np.ptp(index.tones[four]) < 0.6


def test_fewer_heads_are_refused():
    with pytest.raises(ValueError, match="four different heads"):
        Recipe(1, 2, 3, 1)
    with pytest.raises(ValueError, match="zero or more"):
        make_random_persona(-1)


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_a_made_up_face_passes_the_photo_check(seed):
    pixels, points = draw_portrait(draw_recipe(seed))
    assert not {f.code for f in find_faults(pixels, points)} - {"fringe"}


@pytest.mark.parametrize("name", builtin_names())
def test_built_in_faces_are_whole_synthetic_pictures(name):
    persona = open_builtin(name)
    assert persona.kind is PersonaKind.SYNTHETIC and persona.name == name
    assert persona.consent.valid_at(datetime(2200, 1, 1, tzinfo=UTC))
    assert "no real person" in persona.consent.statement
    assert persona.photo.pixels.shape == (640, 640, 3)
    assert persona.photo.tone is None and persona.photo.shape is not None
    assert np.abs(persona.photo.shape - CANONICAL).mean() < 0.1
    low, high = persona.photo.points.min(0), persona.photo.points.max(0)
    assert (low > 40).all() and (high < 600).all()


def test_there_are_six_and_they_differ():
    assert len(builtin_names()) == 6
    shapes = [np.asarray(open_builtin(n).photo.shape) for n in builtin_names()]
    gaps = [np.abs(a - b).mean() for i, a in enumerate(shapes) for b in shapes[:i]]
    assert min(gaps) > 0.008


def test_an_unknown_name_says_where_to_look():
    with pytest.raises(PersonaError) as error:
        open_builtin("napoleon")
    assert error.value.help_text == "livecam persona list"


def test_hair_and_background_come_from_the_first_head_alone():
    recipe = replace(draw_recipe(5), mirrored=False)
    pixels, mesh = draw_portrait(recipe)
    outside = int(mesh[OVAL, 1].max()) + 60
    gap = np.abs(pixels[outside:].astype(int) - load_head_picture(recipe.head)[outside:])
    assert gap.mean() < 6


def test_a_mirrored_face_is_the_same_face_turned_round():
    plain, plain_mesh = draw_portrait(Recipe(0, 1, 2, 3))
    turned, turned_mesh = draw_portrait(Recipe(0, 1, 2, 3, mirrored=True))
    assert (turned == plain[:, ::-1]).all()
    np.testing.assert_allclose(turned_mesh[33, 0], 639 - plain_mesh[263, 0], atol=1e-3)
    assert turned_mesh[33, 0] < turned_mesh[263, 0]


def test_strength_carries_the_shape_away_from_the_mean():
    index = load_head_index()
    plain = Recipe(0, 1, 2, 3, strength=1.0)
    strong = Recipe(0, 1, 2, 3, strength=1.3)
    mean = index.points[index.women].mean(0)
    np.testing.assert_allclose(place_mesh(strong) - mean, 1.3 * (place_mesh(plain) - mean), atol=1e-2)


def test_there_are_women_and_men_of_many_skins_and_ages():
    index = load_head_index()
    assert 20 < index.women.sum() < len(index.names) - 20
    assert np.ptp(index.tones) > 0.5
    assert index.years.min() >= 25 and index.years.max() >= 60


def test_the_shipped_heads_stay_small():
    size = len((files("livecam.personas.generator") / "heads.npz").read_bytes())
    assert size < 3_000_000
    assert len((files("livecam.core") / "expression.npz").read_bytes()) < 60_000
