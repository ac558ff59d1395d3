"""The photo unrolled: light, hair, hidden sides and smile taken out, the face itself kept."""

import cv2
import numpy as np
import pytest

from engines.swap.photo import atlas
from engines.swap.photo.engine import PhotoEngine, extract_detail
from engines.swap.photo.unroll import measure_facing, place_in_photo, unroll
from livecam.core.persona import Persona
from livecam.core.pose import remove_pose
from livecam.core.texture import DETAIL_GAIN, FaceTexture
from livecam.core.topology import CANONICAL, MIRROR, UV
from tests.unit.personas.photo.conftest import Photo
from tests.unit.personas.photo.test_quality import lit_from_one_side, turned


def texture_of(photo: Photo, like: Persona) -> FaceTexture:
    shown = FaceTexture(photo.pixels, np.ascontiguousarray(photo.points[:, :2]), remove_pose(photo.points))
    return PhotoEngine().prepare(Persona("test", like.kind, shown, like.consent))


def detail(texture: FaceTexture) -> np.ndarray:
    return texture.pixels.astype(np.float32) / DETAIL_GAIN - 1


@pytest.fixture(scope="module")
def texture(synthetic) -> FaceTexture:
    return PhotoEngine().prepare(synthetic)


def test_the_atlas_is_symmetric():
    np.testing.assert_allclose(UV[MIRROR], UV * (-1, 1) + (1, 0), atol=1e-6)
    for region in (atlas.EYES, atlas.BROWS, atlas.EYE_ZONES):
        assert (region == region[:, ::-1]).all()


def test_the_texture_has_the_promised_ranges(texture):
    assert texture.pixels.shape == (atlas.HEIGHT, atlas.WIDTH, 3)
    assert texture.alpha is None and texture.tone is not None and texture.shape is not None
    assert ((texture.tone > 20) & (texture.tone < 250)).all()
    assert texture.points.min() >= 0 and (texture.points.max(0) < (atlas.WIDTH, atlas.HEIGHT)).all()
    assert np.abs(texture.shape - CANONICAL).mean() < 0.1


def test_bare_skin_is_near_no_detail_and_brows_and_pupils_are_dark(texture):
    d = detail(texture).mean(2)
    inner = (atlas.SKIN > 0) & (atlas.DEPTH > 0.2)
    assert abs(np.median(d[inner])) < 0.05
    assert d[atlas.BROWS > 0].mean() < -0.15
    assert d[atlas.EYES > 0].min() < -0.5


def test_the_same_photo_gives_the_same_texture(texture, synthetic):
    again = PhotoEngine().prepare(synthetic)
    assert (again.pixels == texture.pixels).all()
    assert (again.tone == texture.tone).all()


def test_depth_is_recovered_from_the_own_shape(photo):
    posed = place_in_photo(photo.points[:, :2], remove_pose(photo.points))
    away = photo.points[:, 2] - photo.points[:, 2].mean()
    np.testing.assert_allclose(posed[:, 2] - posed[:, 2].mean(), away, atol=3)


def test_the_nose_faces_the_camera_and_a_turned_cheek_does_not(photo):
    assert measure_facing(photo.points)[4] > 0.8
    towards = measure_facing(turned(photo, 45).points)
    assert min(towards[50], towards[280]) < 0.5 < max(towards[50], towards[280])


def test_light_from_one_side_leaves_the_texture(photo, synthetic):
    def lopsided(t: FaceTexture) -> float:
        slow = cv2.GaussianBlur(detail(t).mean(2), (0, 0), 8)
        return float(np.abs((slow - slow[:, ::-1])[(atlas.SKIN > 0) & (atlas.DEPTH > 0.3)]).mean())

    assert lopsided(texture_of(lit_from_one_side(photo, 0.4), synthetic)) < 0.05


def test_brightness_of_the_photo_changes_tone_not_detail(photo, synthetic):
    plain = texture_of(photo, synthetic)
    dim = texture_of(Photo((photo.pixels * 0.6).astype(np.uint8), photo.points), synthetic)
    assert plain.tone is not None and dim.tone is not None
    np.testing.assert_allclose(dim.tone / plain.tone, 0.6, atol=0.03)
    assert np.abs(detail(plain) - detail(dim))[atlas.DEPTH > 0.1].mean() < 0.02


def test_what_the_camera_did_not_see_is_filled_with_the_mirrored_side(photo):
    """Cover one half of the photo: everything there is background colour, so it must come from the other half."""
    away = turned(photo, 38)
    face = unroll(photo.pixels, away.points)
    filled, _ = extract_detail(face)
    unseen = (face.seen < 0.02) & (face.seen[:, ::-1] > 0.98) & (atlas.SKIN > 0) & (atlas.DEPTH > 0.25)
    assert unseen.sum() > 500
    assert np.abs(filled - filled[:, ::-1])[unseen].mean() < 0.02


def test_hair_that_reaches_into_the_face_is_replaced(photo, synthetic):
    pixels = photo.pixels.copy()
    left = int(photo.points[54, 0]) - 4
    pixels[: int(photo.points[105, 1]) - 24, left : left + 60] = (12, 10, 8)
    d = detail(texture_of(Photo(pixels, photo.points), synthetic)).mean(2)
    forehead = (atlas.FROM_BROWS < -0.18) & (atlas.DEPTH > 0.04)
    assert np.percentile(d[forehead], 1) > -0.25


def test_a_beard_stays(synthetic):
    from livecam.personas.built_in import open_builtin

    bearded, bare = (detail(PhotoEngine().prepare(open_builtin(n))).mean(2) for n in ("noor", "kim"))
    chin = (atlas.FROM_MOUTH > 0.3) & (atlas.DEPTH > 0.06)
    assert bearded[chin].mean() < bare[chin].mean() - 0.1
