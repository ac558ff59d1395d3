"""Stage one: the texture as a linear function of the mesh's numbers.

Seconds of work, NumPy alone.

Lids, brows, cheeks and lips follow; eyes and inner mouth stay live, since the mesh does not know where a person looks.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT32, Value
from engines.onnx.writing import GraphBuilder
from engines.swap.trained.contract import (
    ATLAS,
    CALM_ATLAS,
    CALM_POINTS,
    EXPRESSION,
    LAYOUT_NOTE,
    NUMBERS,
    OPENINGS_NOTE,
    SHAPE,
    SPACE_NOTE,
    STAGE_NOTE,
    TEXTURE,
    TONE,
)
from livecam.core.errors import PersonaError
from livecam.core.face import Points
from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.layout import LAYOUT_SHA256, SPACE
from livecam.video.atlas.unroll import atlas_of
from trainer.basis import BOUND, Calm, MeshCode, find_calm, learn_mesh_code, texel_weights
from trainer.material import Material

Floats = NDArray[np.float32]
STAGE: Final = "linear"
LEAST_PICTURES: Final = 40
LEAST_HELD: Final = 6
LEAST_GAIN: Final = 0.05
"""Part of the photo's error that a model must take away on held-out pictures; with less the photo stays."""
_RIDGES: Final = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
DARKEST, BRIGHTEST = 0.02, 2.8


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """What the mesh says about the texture.

    Attributes:
        code: Numbers of a mesh.
        calm: The persona's calm face.
        images: (count, n, n, 3) what each number adds.
        tone: (3,) the persona's skin colour BGR.
    """

    code: MeshCode
    calm: Calm
    images: Floats
    tone: Floats

    def draw(self, shapes: Points) -> Floats:
        """Return the textures (k, n, n, 3) of unposed meshes (k, 468, 3)."""
        return self.calm.detail + np.tensordot(self.code.encode(shapes), self.images, 1)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Errors on held-out pictures, in units of plain skin.

    Attributes:
        photo: Of the calm face, which never changes.
        model: Of the model.
        pictures: Their number.
    """

    photo: float
    model: float
    pictures: int

    @property
    def gain(self) -> float:
        """Part of the photo's error that is gone."""
        return 1 - self.model / max(self.photo, 1e-9)

    @property
    def is_better(self) -> bool:
        """Whether the model is offered in place of the photo."""
        return self.gain >= LEAST_GAIN


def train_linear(material: Material) -> tuple[LinearModel, HeldOut]:
    """Learn a linear model, its smoothness chosen by the held-out pictures.

    Raises:
        PersonaError: There are too few pictures to learn from or to judge by.
    """
    held = material.is_held
    learned, judged = material.select(~held), material.select(held)
    check_amount(learned, judged)
    calm = find_calm(learned)
    code = learn_mesh_code(learned.shapes, calm.shape)
    numbers = code.encode(learned.shapes)
    products, sums = numbers.T @ numbers, _sum_changes(learned, calm, numbers)
    judge, found = _Judged(judged), list[tuple[float, float, LinearModel]]()
    for ridge in _RIDGES:
        images = _solve(products, sums, ridge).reshape(-1, *calm.detail.shape)
        model = LinearModel(code, calm, images, material.tone)
        found.append((judge.measure(model), ridge, model))
    error, _, model = min(found, key=lambda one: one[:2])
    photo = judge.measure(LinearModel(code, calm, 0 * model.images, material.tone))
    return model, HeldOut(photo, error, len(judged))


def check_amount(learned: Material, judged: Material) -> None:
    """Refuse an enrolment that is too small.

    Raises:
        PersonaError: It is.
    """
    if len(learned) < LEAST_PICTURES or len(judged) < LEAST_HELD:
        raise PersonaError(
            f"there are too few different pictures: {len(learned)} to learn from and {len(judged)} to judge by "
            f"(at least {LEAST_PICTURES} and {LEAST_HELD})",
            advice="enrol a clip of half a minute or more, with talk, smiles, blinks and raised brows",
        )


def _sum_changes(material: Material, calm: Calm, numbers: Floats) -> Floats:
    """Return numbers.T @ changes (count, n * n * 3), picture by picture.

    All at once would take a gigabyte.
    """
    sums = np.zeros((numbers.shape[1], calm.detail.size), np.float32)
    for index in range(len(material)):
        change = material.detail[index].astype(np.float32) / GAIN - calm.detail
        change *= material.trust(index)[..., None]
        sums += numbers[index][:, None] * change.reshape(1, -1)
    return sums


def _solve(products: Floats, sums: Floats, ridge: float) -> Floats:
    regular = products.astype(np.float64) + ridge * np.eye(len(products))
    return np.linalg.solve(regular, sums.astype(np.float64)).astype(np.float32)


def measure_error(material: Material, model: LinearModel) -> float:
    """Return the mean weighted difference of a model's textures from the true ones.

    Live openings do not count.
    """
    return _Judged(material).measure(model)


class _Judged:
    """Pictures and their weights, made once for many models."""

    def __init__(self, material: Material) -> None:
        skin = texel_weights(material.side_px) * (atlas_of(material.side_px).openings == 0)
        self._material = material
        self._weights = [(skin * material.trust(index))[..., None] for index in range(len(material))]
        self._total = 3 * float(sum(np.sum(weight) for weight in self._weights))

    def measure(self, model: LinearModel) -> float:
        """Return the mean weighted difference of a model's textures."""
        total = 0.0
        for index, weight in enumerate(self._weights):
            made = model.draw(self._material.shapes[index : index + 1])[0]
            total += float((np.abs(made - self._material.detail[index] / np.float32(GAIN)) * weight).sum())
        return total / max(self._total, 1e-9)


def export_linear(model: LinearModel, driver: Calm | None = None) -> bytes:
    """Return a linear model as an ONNX file of the contract `livecam-atlas`.

    Args:
        model: What was learned.
        driver: The calm face of whoever will be in front of the camera; None: the persona itself.
    """
    driver = driver or model.calm
    code, side = model.code.off(driver.shape), model.calm.detail.shape[0]
    steps = GraphBuilder(EXPRESSION)
    add_mesh_numbers(steps, code)
    # Half as many bytes; ONNX Runtime widens them once, when it loads the file.
    images = model.images.transpose(0, 3, 1, 2).reshape(code.count, -1)
    numbers = steps.last
    wide = steps.add("Cast", on=steps.add_weight(images.astype(np.float16)), to=FLOAT32)
    steps.add("MatMul", wide, on=numbers)
    steps.add("Add", _planes(model.calm.detail).reshape(1, -1))
    steps.add("Clip", np.array(DARKEST, np.float32), np.array(BRIGHTEST, np.float32))
    steps.add("Reshape", np.array([1, 3, side, side], np.int64))
    steps.add("Concat", np.ones((1, 1, side, side), np.float32), axis=1)
    add_constants(steps, model.calm.shape, model.tone, driver)
    return steps.to_model(
        [Value(ATLAS, FLOAT32, (1, 3, side, side)), Value(EXPRESSION, FLOAT32, (1, NUMBERS))],
        Value(TEXTURE, FLOAT32, (1, 4, side, side)),
        notes_of(STAGE, own_openings=False),
    )


def add_mesh_numbers(steps: GraphBuilder, code: MeshCode) -> str:
    """Add the steps from an expression to the numbers of the mesh (1, count).

    Return their name.
    """
    steps.add("Sub", code.calm.reshape(1, NUMBERS), on=EXPRESSION)
    steps.add("MatMul", code.axes)
    steps.add("Div", np.array(BOUND, np.float32))
    steps.add("Tanh")
    along = steps.add("Mul", np.array(BOUND, np.float32))
    steps.add("MatMul", code.reader, on=EXPRESSION)
    steps.add("Add", code.rest[None])
    steps.add("Clip", np.array(0, np.float32), np.array(1, np.float32))
    named = steps.add("Sub", code.calm_amounts[None])
    return steps.add("Concat", named, on=along, axis=1)


def add_constants(steps: GraphBuilder, shape: Points, tone: Floats, driver: Calm) -> None:
    """Keep the contract's constants with a model."""
    steps.add_weight(np.asarray(shape, np.float32), SHAPE)
    steps.add_weight(np.asarray(tone, np.float32), TONE)
    steps.add_weight(np.asarray(driver.shape, np.float32), CALM_POINTS)
    steps.add_weight(_planes(driver.detail), CALM_ATLAS)


def notes_of(stage: str, *, own_openings: bool) -> dict[str, str]:
    """Return the metadata by which a model of the contract is known."""
    openings = "own" if own_openings else "live"
    return {SPACE_NOTE: SPACE, LAYOUT_NOTE: LAYOUT_SHA256, OPENINGS_NOTE: openings, STAGE_NOTE: stage}


def _planes(detail: Floats) -> Floats:
    return np.ascontiguousarray(detail.transpose(2, 0, 1), np.float32)
