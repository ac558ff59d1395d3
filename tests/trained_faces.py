"""Enrolments for tests: a drawn face that blinks and smiles, its texture known for every expression."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.core.expression import EFFECT, KINDS
from livecam.core.persona import PersonaKind
from livecam.core.pose import Pose
from livecam.core.topology import CANONICAL
from livecam.personas.model_store import ModelStore
from livecam.personas.training_store import TrainingStore
from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.unroll import SIDE_PX, atlas_of
from trainer.linear import export_linear, train_linear
from trainer.material import Material, material_to_bytes

USED = ("smile", "jaw", "brows_up", "blink")
Floats = NDArray[np.float32]


def expression_shapes(amounts: Floats) -> Floats:
    """Unposed meshes (k, 468, 3) that show amounts (k, 4) of `USED`."""
    effects = np.array([EFFECT[KINDS.index(kind)] for kind in USED])
    return np.asarray(CANONICAL + np.tensordot(amounts, effects, 1), np.float32)


def texture_patterns(side_px: int = SIDE_PX, seed: int = 3) -> tuple[Floats, Floats]:
    """A calm face (n, n, 3), and what a whole amount of each kind adds (4, n, n, 3)."""
    chance = np.random.default_rng(seed)
    coarse = chance.normal(0, 1, (5, 10, 10, 3)).astype(np.float32)
    wide = np.array([np.kron(one, np.ones((side_px // 10, side_px // 10, 1), np.float32)) for one in coarse])
    return 1 + 0.15 * wide[0], 0.25 * wide[1:]


def drawn_amounts(count: int, seed: int = 0) -> Floats:
    """Amounts (count, 4) that come and go; the first pictures are calm."""
    at = np.arange(count)[:, None]
    waves = np.sin(at / np.array([3.1, 4.3, 5.9, 2.3]) + seed)
    return np.asarray(np.where(at < 12, 0, np.clip(waves, 0, 1)), np.float32)


def drawn_material(count: int = 64, seed: int = 0, moving: float = 1.0, rate_hz: float = 6.0) -> Material:
    """An enrolment of `count` pictures; `moving` 0: its texture stays the same whatever the face does."""
    amounts = drawn_amounts(count, seed)
    calm, adds = texture_patterns()
    pose = Pose(110.0, np.eye(3, dtype=np.float32), np.array([320, 200, 0], np.float32))
    points = np.array([pose.apply(shape) for shape in expression_shapes(amounts)], np.float32)
    noise = np.random.default_rng(seed).normal(0, 0.005, (count, 1, 1, 3))
    faces = calm + moving * np.tensordot(amounts, adds, 1) + noise
    faces *= atlas_of().face[..., None]
    detail = np.clip(np.rint(faces * GAIN), 0, 255).astype(np.uint8)
    return Material(points, detail, (np.arange(count) * 1e9 / rate_hz).astype(np.int64), np.full(3, 140, np.float32))


@cache
def linear_model() -> tuple[bytes, bytes]:
    """The pictures of a drawn enrolment and the linear model of them, as bytes; made once."""
    material = drawn_material()
    return material_to_bytes(material), export_linear(train_linear(material)[0])


def keep_model(folder: Path, name: str) -> Path:
    """Enrol the drawn face under a name and keep its model, in this data folder."""
    material, model = linear_model()
    training = TrainingStore(folder)
    training.save(name, material, PersonaKind.SYNTHETIC, ("a clip",))
    ModelStore(folder).save(name, model, {name: training.check(name)}, "linear", {"photo": 0.2})
    return folder
