"""The observer follows the largest face and bears whatever pictures come."""

import numpy as np
import pytest

from livecam.core.fakes import FakeFinder
from livecam.core.outline import OutlineReading
from livecam.core.topology import CANONICAL
from livecam.verify.signs.findings import find_signs
from livecam.verify.signs.observer import MOST_S, SPARSE_NS, FaceObserver
from livecam.verify.signs.words import summarise


def placed(x: float, y: float, eyes_px: float = 80.0) -> np.ndarray:
    return (CANONICAL * eyes_px + np.float32([x, y, 0])).astype(np.float32)


def noise(seed: int, size_wh=(640, 480)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (size_wh[1], size_wh[0], 3), np.uint8)


def observed(faces, pictures, outline=None, interval_ns=0):
    observer = FaceObserver(FakeFinder(faces), outline, interval_ns)
    for number, pixels in enumerate(pictures):
        observer.add(pixels, round(number * 1e9 / 30))
    return observer.finish()


def test_a_face_is_measured_in_every_picture():
    seen = observed([[placed(160, 110, 40)]] * 30, [noise(n, (320, 240)) for n in range(30)])
    assert len(seen.readings) == seen.pictures == 30
    assert len(seen.looks) == 5 and sum(look.crop is not None for look in seen.looks) == 2
    assert np.isnan(seen.readings[0].change[0]) and seen.readings[1].change[0] > 10


def test_sparse_pictures_are_compared_with_the_one_right_before():
    pictures = [noise(n, (320, 240)) for n in range(30)]
    dense, sparse = (observed([[placed(160, 110, 40)]] * 30, pictures, interval_ns=ns) for ns in (0, SPARSE_NS))
    assert len(sparse.readings) == sparse.pictures == 15
    by_time = {reading.at_ns: reading for reading in dense.readings}
    for reading in sparse.readings[1:]:
        assert (reading.change, reading.grain) == (by_time[reading.at_ns].change, by_time[reading.at_ns].grain)


def test_the_largest_of_many_faces_is_followed_and_it_is_said():
    faces = [placed(120, 120, 40), placed(420, 250, 90), placed(100, 380, 30)]
    seen = observed([faces] * 5, [noise(n) for n in range(5)])
    assert seen.most_faces == 3 and "3 faces" in seen.remarks[0]
    assert all(abs(reading.points[:, 0].mean() - 420) < 30 for reading in seen.readings)


def test_a_jump_begins_another_run():
    faces = [[placed(100, 110, 40)]] * 5 + [[placed(225, 110, 40)]] * 40
    seen = observed(faces, [noise(n, (320, 240)) for n in range(45)])
    assert {reading.segment for reading in seen.readings} == {0, 1}


class Outline:
    """Sees traces in the left half of the picture, by a map of the whole picture of 320x240."""

    def judge(self, pixels, points):
        where = np.zeros((16, 16), np.float32)
        where[:, :8] = 1
        return OutlineReading(1.5, where, np.float32([[16 / 320, 0, -0.5], [0, 16 / 240, -0.5]]))

    def close(self):
        pass


def test_the_outline_network_is_asked_five_times_a_second():
    seen = observed([[placed(160, 110, 40)]] * 30, [noise(n, (320, 240)) for n in range(30)], Outline())
    assert [look.outline for look in seen.looks] == [1.5] * 5


def test_the_map_of_the_outline_is_placed_on_the_kept_head():
    seen = observed([[placed(160, 110, 40)]] * 3, [noise(n, (320, 240)) for n in range(3)], Outline())
    (look,) = (look for look in seen.looks if look.crop is not None)
    height, width = look.crop.shape[:2]
    assert look.seam.shape == (height, width)
    # The face is in the middle: traces fill the left half of its crop, but for the blur of a cell.
    assert (look.seam[:, : width // 2 - 10] > 0.9).all() and (look.seam[:, width // 2 + 10 :] < 0.1).all()


def test_the_report_surrounds_what_the_network_sees():
    findings = find_signs(observed([[placed(160, 110, 40)]] * 30, [noise(0, (320, 240))] * 30, Outline()))
    pictures = {f.sign.name: findings.find_picture(f) for f in findings.measured}
    outline, sharpness = (pictures[name][1].astype(int) for name in ("outline", "sharpness"))
    assert outline.shape == sharpness.shape and 20 < np.abs(outline - sharpness).any(2).sum() < outline[..., 0].size / 4


ODD = {
    "nothing at all": ([], []),
    "no face": ([[]] * 20, [noise(n) for n in range(20)]),
    "one picture": ([[placed(320, 220)]], [noise(0)]),
    "black": ([[placed(320, 220)]] * 20, [np.zeros((480, 640, 3), np.uint8)] * 20),
    "one colour": ([[placed(160, 110, 40)]] * 60, [np.full((240, 320, 3), 255, np.uint8)] * 60),
    "a face too small": ([[placed(320, 220, 9)]] * 20, [noise(n) for n in range(20)]),
    "a face half outside": ([[placed(5, 220)]] * 20, [noise(n) for n in range(20)]),
    "a face outside": ([[placed(-500, 220)]] * 20, [noise(n) for n in range(20)]),
    "a face larger than the picture": ([[placed(320, 220, 2000)]] * 5, [noise(n) for n in range(5)]),
    "points that are no numbers": ([[np.full((468, 3), np.nan, np.float32)]] * 5, [noise(n) for n in range(5)]),
    "pictures of a few pixels": ([[placed(8, 8)]] * 5, [noise(n, (16, 16)) for n in range(5)]),
    "a very wide picture": ([[placed(320, 20, 30)]] * 5, [noise(n, (2400, 40)) for n in range(5)]),
    "sizes that change": ([[placed(120, 120)]] * 6, [noise(n, (320 + 40 * (n % 2), 240)) for n in range(6)]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_pictures_end_in_an_answer(name):
    findings = find_signs(observed(*ODD[name]))
    assert summarise(findings)
    for finding in findings.signs:
        assert (finding.typical is None) == bool(finding.why_not)
        if finding.typical is not None and finding.typical.value is not None:
            assert np.isfinite(finding.typical.value.score)


def test_times_that_stand_still_end_in_an_answer():
    observer = FaceObserver(FakeFinder([[placed(320, 220)]] * 10))
    for number in range(10):
        observer.add(noise(number), 0)
    assert summarise(find_signs(observer.finish(np.zeros(3, np.float32))))


def test_forty_pictures_a_second_are_enough():
    observer = FaceObserver(FakeFinder([[placed(160, 110, 40)]]))
    for number in range(60):
        observer.add(noise(number, (320, 240)), round(number * 1e9 / 120))
    assert observer.finish().pictures == 20


def test_what_comes_after_two_minutes_is_left_out_and_it_is_said():
    observer = FaceObserver(FakeFinder([[]]))
    observer.add(noise(0), 0)
    observer.add(noise(1), (MOST_S + 1) * 1_000_000_000)
    seen = observer.finish()
    assert seen.pictures == 1 and "first 120 s" in seen.remarks[0]
