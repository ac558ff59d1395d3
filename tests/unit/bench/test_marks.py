"""The benchmark of the marks: what is done to pictures and sound, and what its figures mean."""

import json

import numpy as np
import pytest
from rich.console import Console

from livecam.bench.marks import pictures, run, sounds
from livecam.bench.marks.run import Cost, MarksResult, Survival
from livecam.cli import marks_command
from tests.unit.disclosure.scenes import scene

SIZE_WH = (640, 360)


@pytest.fixture(scope="module")
def marked():
    return run.mark_pictures(list(scene(SIZE_WH, 75)))


def test_a_marked_run_is_read_whole(marked):
    left = run.read_marked(marked)
    assert left.found and left.bits_right == 32 and left.score > left.threshold


def test_every_case_gives_pictures_in_their_order(marked):
    short = marked[:24]
    for name in pictures.list_available():
        changed = pictures.CASES[name](short)
        times = [at_ns for _, at_ns in changed]
        assert 10 <= len(changed) <= 24 and times == sorted(times), name
        assert all(pixels.dtype == np.uint8 and pixels.shape[2] == 3 for pixels, _ in changed), name
    assert set(pictures.QUICK) <= set(pictures.CASES) and set(sounds.QUICK) <= set(sounds.CASES)


def test_lost_pictures_leave_gaps_or_close_up(marked):
    kept, closed = (pictures.drop_pictures(marked, keep_time) for keep_time in (True, False))
    assert len(kept) == len(closed) < len(marked)
    assert np.diff([at for _, at in kept]).max() > pictures.PERIOD_NS
    assert np.diff([at for _, at in closed]).max() == pictures.PERIOD_NS


def test_every_case_of_sound_gives_about_as_much_sound():
    speech = run.make_marked_sound()[: sounds.RATE_HZ]
    for name in sounds.list_available():
        changed = sounds.CASES[name](speech)
        assert changed.dtype == np.float32
        assert abs(len(changed) / len(speech) - 1) < 0.2, name


def test_marked_sound_is_read_whole_and_silence_is_not_found():
    assert run.read_marked_sound(run.make_marked_sound()).bits_right == 16
    quiet = np.random.default_rng(0).normal(0, 0.1, 16 * sounds.RATE_HZ).astype(np.float32)
    assert not run.read_marked_sound(quiet).found


def test_the_mark_itself_is_measured_and_the_plate_is_not():
    plain = np.full((180, 320, 3), 100, np.uint8)
    plated, stepped = plain.copy(), plain + 1
    plated[:20, 200:] = 0
    assert run.measure_psnr_db(plain, plated) > 100
    assert run.measure_psnr_db(plain, stepped) == pytest.approx(48.1, abs=0.5)


def test_the_whole_goes_through_and_is_shown(livecam_result, capsys):
    marks_command.show(livecam_result, Console())
    said = capsys.readouterr().out
    assert "31 of 32" in said and "no" in said and "1.20" in said
    assert json.loads(livecam_result.to_json())["picture"]["cut"]["score"] == 9.9


@pytest.fixture
def livecam_result():
    left = Survival(31, 32, 9.9, 12.0, False)
    cost = Cost({"720p": {"p50": 0.7, "p95": 1.2}}, 0.9)
    return MarksResult({"cpu": "x"}, {"cut": left}, {"opus": left}, cost, 49.0)


def test_the_command_measures_what_it_is_asked_for(monkeypatch, tmp_path, livecam_result, capsys):
    asked = []
    monkeypatch.setattr(marks_command, "run_marks", lambda quick, tell: asked.append(quick) or livecam_result)
    marks_command.measure_marks(tmp_path / "m.json", True)
    assert asked == [True] and json.loads((tmp_path / "m.json").read_text())["psnr_db"] == 49.0


@pytest.mark.slow
@pytest.mark.long
def test_the_quick_form_on_the_sample_camera():
    result = run.run_marks(quick=True)
    assert all(
        left.found and left.bits_right == left.bits for left in (*result.picture.values(), *result.sound.values())
    )
    assert result.psnr_db >= 44
    assert set(result.cost.picture_ms) == {"720p", "1080p"}
