"""What the photo check says about a good portrait with one fault planted in it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from livecam.core.errors import PhotoError
from livecam.personas.built_in import open_builtin
from livecam.personas.photo.decoding import check_photo
from livecam.personas.photo.measures import measure_photo
from livecam.personas.photo.quality import RULES, Severity, find_faults
from tests.unit.personas.photo.conftest import Photo

Fault = Callable[[Photo], Photo]


def shrunk(photo: Photo, scale: float) -> Photo:
    pixels = cv2.resize(photo.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Photo(np.asarray(pixels, np.uint8), photo.points * np.float32(scale))


def dimmed(photo: Photo, share: float) -> Photo:
    return Photo((photo.pixels * share).astype(np.uint8), photo.points)


def overexposed(photo: Photo, times: float) -> Photo:
    return Photo(np.clip(photo.pixels * times, 0, 255).astype(np.uint8), photo.points)


def blurred(photo: Photo, sigma_px: float) -> Photo:
    return Photo(np.asarray(cv2.GaussianBlur(photo.pixels, (0, 0), sigma_px), np.uint8), photo.points)


def lit_from_one_side(photo: Photo, darkest: float) -> Photo:
    left, right = photo.points[:, 0].min(), photo.points[:, 0].max()
    ramp = np.interp(np.arange(photo.pixels.shape[1]), [left, right], [1, darkest])
    return Photo((photo.pixels * ramp[None, :, None]).astype(np.uint8), photo.points)


def with_glasses(photo: Photo, thickness_px: int) -> Photo:
    pixels = photo.pixels.copy()
    eyes = [photo.points[[33, 133], :2].mean(0), photo.points[[362, 263], :2].mean(0)]
    for x, y in eyes:
        cv2.ellipse(pixels, (int(x), int(y) + 6), (48, 36), 0, 0, 360, (20, 20, 20), thickness_px)
    inner = [(int(eyes[0][0]) + 46, int(eyes[0][1]) - 4), (int(eyes[1][0]) - 46, int(eyes[1][1]) - 4)]
    cv2.line(pixels, *inner, (20, 20, 20), thickness_px)
    return Photo(pixels, photo.points)


def with_fringe(photo: Photo) -> Photo:
    pixels = photo.pixels.copy()
    brow_y, left, right = int(photo.points[105, 1]), int(photo.points[54, 0]), int(photo.points[284, 0])
    pixels[: brow_y + 4, left:right] = (15, 12, 10)
    return Photo(pixels, photo.points)


def turned(photo: Photo, yaw_deg: float) -> Photo:
    angle = np.radians(yaw_deg)
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    centre = photo.points.mean(0)
    return Photo(photo.pixels, ((photo.points - centre) @ turn.T + centre).astype(np.float32))


def mouth_opened(photo: Photo, share: float) -> Photo:
    points = photo.points.copy()
    width = np.linalg.norm(points[78] - points[308])
    points[14, 1] = points[13, 1] + share * width
    return Photo(photo.pixels, points)


def lids_shut(photo: Photo, share: float) -> Photo:
    points = photo.points.copy()
    for upper, lower, a, b in ((159, 145, 33, 133), (386, 374, 362, 263)):
        points[upper] = points[lower] - (0, share * np.linalg.norm(points[a] - points[b]), 0)
    return Photo(photo.pixels, points)


def moved_out(photo: Photo, by_px: float) -> Photo:
    return Photo(photo.pixels, photo.points - np.array([by_px, 0, 0], np.float32))


FAULTS: dict[str, tuple[Fault, str, Severity]] = {
    "tiny": (lambda p: shrunk(p, 0.3), "small", Severity.REFUSED),
    "small": (lambda p: shrunk(p, 0.5), "small", Severity.WARNING),
    "night": (lambda p: dimmed(p, 0.15), "dark", Severity.REFUSED),
    "dim": (lambda p: dimmed(p, 0.4), "dark", Severity.WARNING),
    "burnt": (lambda p: overexposed(p, 2.5), "burnt", Severity.REFUSED),
    "out of focus": (lambda p: blurred(p, 6), "blurred", Severity.REFUSED),
    "soft": (lambda p: blurred(p, 1.7), "blurred", Severity.WARNING),
    "profile": (lambda p: turned(p, 50), "turned", Severity.REFUSED),
    "half turned": (lambda p: turned(p, 27), "turned", Severity.WARNING),
    "turned the other way": (lambda p: turned(p, -27), "turned", Severity.WARNING),
    "window at one side": (lambda p: lit_from_one_side(p, 0.15), "light", Severity.WARNING),
    "thick rims": (lambda p: with_glasses(p, 7), "glasses", Severity.REFUSED),
    "fringe": (with_fringe, "fringe", Severity.WARNING),
    "talking": (lambda p: mouth_opened(p, 0.3), "mouth", Severity.WARNING),
    "shouting": (lambda p: mouth_opened(p, 0.8), "mouth", Severity.REFUSED),
    "asleep": (lambda p: lids_shut(p, 0.02), "eyes", Severity.REFUSED),
    "half outside": (lambda p: moved_out(p, 330), "cut", Severity.REFUSED),
}


def test_a_good_portrait_has_no_findings(photo):
    assert find_faults(photo.pixels, photo.points) == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(photo, name):
    plant, code, severity = FAULTS[name]
    bad = plant(photo)
    found = {f.code: f.severity for f in find_faults(bad.pixels, bad.points)}
    assert found.get(code) is severity


@pytest.mark.parametrize("name", [n for n, (_, _, s) in FAULTS.items() if s is Severity.REFUSED])
def test_what_is_refused_says_what_would_serve(photo, name):
    bad = FAULTS[name][0](photo)
    with pytest.raises(PhotoError) as refusal:
        check_photo(bad.pixels, bad.mesh)
    assert refusal.value.help_text.startswith(("use", "take"))
    assert refusal.value.exit_code == 5


def test_warnings_come_back_and_refuse_nothing(photo):
    bad = lit_from_one_side(photo, 0.15)
    assert [f.code for f in check_photo(bad.pixels, bad.mesh)] == ["light"]


def test_refusals_come_before_warnings(photo):
    bad = turned(shrunk(photo, 0.3), 27)
    assert [f.severity for f in find_faults(bad.pixels, bad.points)][:2] == [Severity.REFUSED, Severity.WARNING]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_rule_refuses_only_beyond_its_warning(rule):
    assert rule.refuse < rule.warn if rule.below else rule.refuse > rule.warn


def test_dark_skin_in_good_light_is_not_too_dark():
    texture = open_builtin("robin").photo
    points = np.column_stack([texture.points, np.zeros(468)]).astype(np.float32)
    assert "dark" not in {f.code for f in find_faults(texture.pixels, points)}


def test_the_check_gives_the_same_figures_for_a_rolled_and_enlarged_photo(photo):
    matrix = cv2.getRotationMatrix2D((320, 320), 12, 1.0)
    rolled = np.asarray(cv2.warpAffine(photo.pixels, matrix, (640, 640), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    points = np.column_stack([photo.points[:, :2] @ matrix[:, :2].T + matrix[:, 2], photo.points[:, 2]])
    plain, turned_photo = measure_photo(photo.pixels, photo.points), measure_photo(rolled, points.astype(np.float32))
    assert turned_photo.side_light == pytest.approx(plain.side_light, abs=0.02)
    assert turned_photo.brightest == pytest.approx(plain.brightest, abs=4)
    assert turned_photo.mouth_open == pytest.approx(plain.mouth_open, abs=1e-3)


def compressed(photo: Photo, quality: int) -> Photo:
    data = cv2.imencode(".jpg", photo.pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
    return Photo(cv2.imdecode(data, cv2.IMREAD_COLOR), photo.points)


@pytest.mark.parametrize("share", [0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
@pytest.mark.parametrize("quality", [0, 60, 95])
def test_a_dark_face_is_called_dark_and_not_covered(photo, share, quality):
    night = dimmed(photo, share)
    taken = compressed(night, quality) if quality else night
    codes = {finding.code for finding in find_faults(taken.pixels, taken.points)}
    assert "dark" in codes and "covered" not in codes


@pytest.mark.parametrize("share", [1.0, 0.5, 0.3])
def test_a_bar_over_the_eyes_is_found_in_dim_light_too(photo, share):
    (x0, y0), (x1, y1) = photo.points[:, :2].min(0), photo.points[:, :2].max(0)
    pixels = dimmed(photo, share).pixels.copy()
    pixels[int(y0 + 0.25 * (y1 - y0)) : int(y0 + 0.45 * (y1 - y0)), int(x0) : int(x1)] = 0
    found = {finding.code: finding.severity for finding in find_faults(pixels, photo.points)}
    assert found["covered"] is Severity.REFUSED
