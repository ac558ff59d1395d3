"""Poor clips, kills, consent that ended: each gets an honest answer, and what was good stays."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import PersonaError
from livecam.core.fake_prompter import RecordedProgress, ScriptedPrompter
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.personas.generated import save_generated
from livecam.personas.model_store import ModelStore
from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.unroll import atlas_of
from tests.clips import steady, write_clip
from tests.trained_faces import drawn_amounts, drawn_material, expression_shapes
from tests.unit.trainer.test_enrol import SIZE_WH, mesh_of
from tests.unit.trainer.test_session import LONG_NS, CountingLearner, never, session_of
from trainer import enrol
from trainer.enrol import enrol_clips
from trainer.linear import train_linear
from trainer.manage import revoke_training, training_store
from trainer.material import material_to_bytes
from trainer.outcome import load_enrolment
from trainer.solve import run_solved

TRAIN = """
import sys
from pathlib import Path
from livecam.core.clock import ManualClock
from tests.unit.trainer.test_session import LONG_NS, CountingLearner, session_of

class Heard(CountingLearner):
    def step(self):
        print(self.batches, flush=True)
        return super().step()

clock = ManualClock()
session_of(Path(sys.argv[1]), Heard(clock), clock, []).run(LONG_NS, lambda: False)
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(data_folder=tmp_path / "data", consent=PersonaKind.SYNTHETIC)


def enrolled(settings, monkeypatch, folder, shapes, rate_hz):
    finder = FakeFinder([[mesh_of(shape)] for shape in shapes])
    monkeypatch.setattr(enrol, "open_face_finder", lambda trusted=(): finder)
    clip = write_clip(folder / "talk.mp4", steady(len(shapes), rate_hz), SIZE_WH)
    return enrol_clips(settings, "sam", [clip], ScriptedPrompter(), RecordedProgress())


def solved(settings, material, prompter):
    training_store(settings).save("sam", material_to_bytes(material), PersonaKind.SYNTHETIC, ("a clip",))
    save_generated(7, "sam", persona_store(settings))
    return run_solved(settings, "sam", load_enrolment(settings, "sam", None), prompter, RecordedProgress())


def test_one_expression_only_names_all_that_is_missing(settings, monkeypatch, tmp_path):
    found = enrolled(settings, monkeypatch, tmp_path, [expression_shapes(drawn_amounts(1))[0]] * 24, 6.0)
    missing = {item.name for item in found.coverage if item.is_missing}
    assert {"lids shut", "brows up", "open smile", "mouth wide open"} <= missing
    save_generated(7, "sam", persona_store(settings))
    with pytest.raises(PersonaError, match="too few different pictures"):
        run_solved(settings, "sam", load_enrolment(settings, "sam", None), ScriptedPrompter(), RecordedProgress())


def test_a_model_that_is_not_better_is_not_kept_and_the_photo_stays(settings):
    prompter = ScriptedPrompter()
    outcome = solved(settings, drawn_material(moving=0.0), prompter)
    assert outcome.stage is None and any("the photo stays" in line for line in prompter.said)
    assert ModelStore(settings.data_folder).names() == ()


def test_ten_pictures_a_second_are_enough(settings, monkeypatch, tmp_path):
    found = enrolled(settings, monkeypatch, tmp_path, expression_shapes(drawn_amounts(28)), 10.0)
    assert found.pictures > 8 and f"{found.pictures} of 28" in found.remarks[0]


def test_a_dark_clip_is_refused_with_that_reason(settings, monkeypatch, tmp_path):
    with pytest.raises(PersonaError, match="no face to learn from: 1 too dark"):
        enrolled(settings, monkeypatch, tmp_path, expression_shapes(drawn_amounts(1)), 6.0)
    assert training_store(settings).names() == ()


def test_glasses_are_learned_as_part_of_the_face():
    bare, atlas = drawn_material(), atlas_of()
    rims = np.zeros(atlas.openings.shape, bool)
    rims[50:54, 30:130] = True
    rims &= atlas.face > 0.9
    detail = bare.detail.copy()
    detail[:, rims] = round(0.2 * GAIN)
    model, held_out = train_linear(replace(bare, detail=detail))
    assert held_out.is_better
    assert np.abs(model.draw(bare.shapes)[:, rims] - 0.2).mean() < 0.05


def test_a_killed_training_resumes_with_a_minute_lost_at_most(tmp_path):
    """A process that trains is killed as `kill -9` does, twice."""
    lost = []
    for moment in (17, 43):
        process = subprocess.Popen(
            [sys.executable, "-c", TRAIN, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
        )
        assert process.stdout is not None
        reached = next(int(line) for line in process.stdout if int(line) >= moment)
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        process.stdout.close()
        process.wait()
        clock = ManualClock()
        again = CountingLearner(clock)
        assert session_of(tmp_path, again, clock, []).resume()
        lost.append(reached - again.batches)
    # A batch takes a second of the manual clock, and the process may go on until the signal reaches it.
    assert max(lost) <= 60
    assert session_of(tmp_path, again, clock, []).run(LONG_NS, never).is_done


def test_a_model_is_not_kept_once_the_consent_is_taken_back(settings):
    training_store(settings).save("sam", material_to_bytes(drawn_material()), PersonaKind.SYNTHETIC, ("a clip",))
    save_generated(7, "sam", persona_store(settings))
    enrolment = load_enrolment(settings, "sam", None)
    revoke_training(settings, "sam")
    with pytest.raises(PersonaError, match="nothing is kept of this training"):
        run_solved(settings, "sam", enrolment, ScriptedPrompter(), RecordedProgress())
    assert ModelStore(settings.data_folder).names() == ()


def test_a_backup_that_a_kill_cut_short_is_not_used(tmp_path):
    clock = ManualClock()
    session_of(tmp_path, CountingLearner(clock), clock, []).run(40 * 10**9, never)
    for path in (tmp_path / "run").glob("backup-*"):
        path.write_bytes(path.read_bytes()[:4000])
    assert not session_of(tmp_path, CountingLearner(clock), clock, []).resume()
    assert json.loads((tmp_path / "run" / "best.bin").read_bytes()[:4096])["steps"] == 40
