"""The network learns, gives its state back exactly, recovers from planted faults, and runs as an ONNX file."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch, of the extra train, is not installed")
pytest.importorskip("onnx", reason="onnx, of the extra train, is not installed")

from engines.swap.trained.model import TrainedModel  # noqa: E402
from livecam.core.clock import NS_PER_S, ManualClock  # noqa: E402
from livecam.core.errors import PersonaError  # noqa: E402
from tests.trained_faces import drawn_material  # noqa: E402
from trainer.basis import find_calm, learn_mesh_code  # noqa: E402
from trainer.crops import SIDE_PX  # noqa: E402
from trainer.faces import make_faces  # noqa: E402
from trainer.material import Material  # noqa: E402
from trainer.network.classic import ClassicLearner  # noqa: E402
from trainer.network.data import find_odds  # noqa: E402
from trainer.network.export import export_network, measure_apart  # noqa: E402
from trainer.network.learner import LearnConfig, NetworkLearner  # noqa: E402
from trainer.network.nets import NetConfig  # noqa: E402
from trainer.session import Session, SessionConfig  # noqa: E402

pytestmark = pytest.mark.long
SMALL = NetConfig(width=16, code=8, own=8)


@pytest.fixture(scope="module")
def people():
    return drawn_material(64), drawn_material(48, seed=5)


def learner_of(people, operator=True):
    return NetworkLearner(people[0], people[1] if operator else None, ManualClock(), LearnConfig(4, half=False), SMALL)


def test_it_learns(people):
    learner = learner_of(people)
    before = learner.judge()
    for _ in range(30):
        assert np.isfinite(learner.step())
    after = learner.judge()
    assert after.error < before.error and after.follows > 0.3


def test_a_state_gives_the_same_batches_again(people):
    learner = learner_of(people, operator=False)
    learner.step()
    state = learner.state()
    first = [learner.step() for _ in range(3)]
    learner.restore(state)
    assert [learner.step() for _ in range(3)] == pytest.approx(first, rel=1e-4)


def test_a_state_of_another_network_is_refused(people):
    other = NetworkLearner(
        people[0], None, ManualClock(), LearnConfig(4, half=False), NetConfig(width=8, code=4, own=8)
    )
    with pytest.raises(ValueError, match="another network"):
        learner_of(people, operator=False).restore(other.state())


def test_weights_that_are_no_numbers_are_rolled_back(tmp_path, people):
    learner, clock = learner_of(people, operator=False), ManualClock()
    step, batches = learner.step, 0

    def ticking() -> float:
        nonlocal batches
        clock.advance_ns(NS_PER_S)
        batches += 1
        if batches == 6:
            with torch.no_grad():
                learner.net.decoder.mean.fill_(float("nan"))
        return step()

    learner.step = ticking
    session = Session(
        tmp_path, "x", learner, clock, lambda line: None, SessionConfig(save_every_ns=3 * NS_PER_S, least_steps=1)
    )
    ended = session.run(12 * NS_PER_S, lambda: False)
    assert any("went back" in line for line in ended.remarks)
    assert np.isfinite(learner.judge().error)


def test_the_file_gives_what_the_network_gives(people):
    learner = learner_of(people, operator=False)
    for _ in range(3):
        learner.step()
    runner = TrainedModel(Path("network.onnx"), export_network(learner))
    assert runner.contract.is_own and runner.contract.stage == "network"
    own = people[0].select(np.array([20]))
    shape = own.shapes[0] - learner.model.calm.shape + learner.model.driver.shape
    change = own.detail[0].astype(np.float32) / 90 - learner.model.calm.detail + learner.model.driver.detail
    made = runner.infer(change.transpose(2, 0, 1).copy(), shape)[:3].transpose(1, 2, 0)
    assert np.abs(made - np.clip(learner.draw_own(own)[0], 0.02, 2.8)).mean() < 0.03


def test_eight_bits_change_little(people):
    learner = learner_of(people)
    for _ in range(3):
        learner.step()
    files = export_network(learner), export_network(learner, lighter=True)
    assert len(files[1]) < len(files[0])
    apart = measure_apart(*(TrainedModel(Path("network.onnx"), data) for data in files), learner)
    assert 0 < apart < 0.02


def test_rare_expressions_are_drawn_more_often():
    material = drawn_material(64)
    calm = find_calm(material)
    faces = make_faces(material, calm, learn_mesh_code(material.shapes, calm.shape))
    odds = find_odds(faces).numpy()
    far = np.linalg.norm(faces.numbers / (faces.numbers.std(0) + 0.1), axis=1)
    assert odds.mean() == pytest.approx(1)
    assert odds[far > np.median(far)].mean() > 1.2 * odds[far < np.median(far)].mean()


def with_crops(material):
    """The same pictures with crops that have a bright bar at another height each time."""
    crops = np.full((len(material), SIDE_PX, SIDE_PX, 3), 90, np.uint8)
    for number, crop in enumerate(crops):
        crop[30 + number % 30 :][:6] = 220
    return Material(material.points, material.detail, material.at_ns, material.tone, crops)


def test_the_classic_method_learns_and_goes_on_from_a_state(people):
    learner = ClassicLearner(with_crops(people[0]), with_crops(people[1]), batch=4)
    before = learner.judge()
    for _ in range(12):
        assert np.isfinite(learner.step())
    after, state = learner.judge(), learner.state()
    assert after.error < before.error
    learner.step()
    learner.restore(state)
    assert learner.judge().error == pytest.approx(after.error, rel=1e-4)
    assert learner.swap(with_crops(people[1]).crops[:2]).shape == (2, SIDE_PX, SIDE_PX, 3)


def test_the_classic_method_needs_crops(people):
    with pytest.raises(PersonaError, match="no crops"):
        ClassicLearner(*people)
