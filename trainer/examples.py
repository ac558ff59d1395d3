"""Stage two: the texture by likeness to the pictures seen.

Seconds of work, NumPy alone.

Eyes and inner mouth are the persona's own: where the irises are and whether teeth show is read off the live face.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT32, Value
from engines.onnx.writing import GraphBuilder
from engines.swap.trained.contract import ATLAS, CALM_ATLAS, EXPRESSION, NUMBERS, TEXTURE
from trainer.align import Alignment
from trainer.basis import Calm, MeshCode, find_calm, learn_mesh_code
from trainer.faces import Faces, align_faces, make_faces
from trainer.linear import (
    BRIGHTEST,
    DARKEST,
    add_constants,
    add_mesh_numbers,
    check_amount,
    notes_of,
)
from trainer.looks import BOUND, looks_of
from trainer.material import Material
from trainer.recall import Recall, fit_recall
from trainer.variations import Variations, find_variations, measure_amounts

Floats = NDArray[np.float32]
STAGE: Final = "examples"
VARIATIONS: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class ExampleModel:
    """What a persona's pictures say about the texture.

    Attributes:
        code: Numbers of a mesh, off the persona's calm one.
        calm: The persona's calm face.
        driver: The calm face of whoever is in front of the camera.
        alignment: Makes the driver's numbers the persona's.
        looks: (looks,) usual size of each of the driver's looks.
        recall: From numbers to amounts of the variations.
        variations: Of the persona's face.
        tone: (3,) the persona's skin colour BGR.
    """

    code: MeshCode
    calm: Calm
    driver: Calm
    alignment: Alignment
    looks: Floats
    recall: Recall
    variations: Variations
    tone: Floats

    def draw(self, numbers: Floats) -> Iterator[Floats]:
        """Yield the texture (n, n, 3) for each row of the persona's numbers (k, count)."""
        for amounts in self.recall.give(numbers):
            yield np.clip(self.variations.draw(amounts), DARKEST, BRIGHTEST).transpose(1, 2, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """All that later stages learn from.

    Attributes:
        own, held: The persona's pictures to learn from, and to judge by.
        other: The operator's, with numbers that mean the same; None: not enrolled.
        model: What recalls them.
    """

    own: Faces
    held: Faces
    other: Faces | None
    model: ExampleModel


def prepare(persona: Material, operator: Material | None, variations: int = VARIATIONS) -> Lesson:
    """Return the pictures ready for learning, and what is solved from them at once.

    Raises:
        PersonaError: There are too few pictures.
    """
    held = persona.is_held
    learned, judged = persona.select(~held), persona.select(held)
    check_amount(learned, judged)
    calm = find_calm(learned)
    driver = calm if operator is None else find_calm(operator)
    shapes = [learned.shapes, *([] if operator is None else [operator.shapes - driver.shape + calm.shape])]
    code = learn_mesh_code(np.concatenate(shapes), calm.shape)
    own = make_faces(learned, calm, code)
    kept = make_faces(judged, calm, code, own.spread)
    other, alignment = None, Alignment.none(own.numbers.shape[1])
    if operator is not None:
        other, alignment = align_faces(make_faces(operator, driver, code), own)
    found = find_variations(own, min(variations, len(own) - 1))
    recall = fit_recall(own.numbers, found.amounts, (kept.numbers, measure_amounts(kept, found)), found.shares)
    looks = own.spread if other is None else other.spread
    model = ExampleModel(code, calm, driver, alignment, looks, recall, found, persona.tone)
    return Lesson(own, kept, other, model)


def export_examples(model: ExampleModel) -> bytes:
    """Return the model as an ONNX file of the contract `livecam-atlas`."""
    side, steps = model.calm.detail.shape[0], GraphBuilder(EXPRESSION)
    mesh = add_mesh_numbers(steps, model.code.off(model.driver.shape))
    looks = _add_looks(steps, model.looks, side)
    steps.add("Concat", looks, on=mesh, axis=1)
    steps.add("MatMul", model.alignment.matrix)
    steps.add("Add", model.alignment.shift[None])
    _add_recall(steps, model.recall)
    # Half as many bytes; ONNX Runtime widens them once, when it loads the file.
    amounts = steps.last
    basis = model.variations.basis.reshape(len(model.variations.basis), -1)
    wide = steps.add("Cast", on=steps.add_weight(basis.astype(np.float16)), to=FLOAT32)
    steps.add("MatMul", wide, on=amounts)
    steps.add("Add", model.variations.mean.reshape(1, -1))
    steps.add("Clip", np.array(DARKEST, np.float32), np.array(BRIGHTEST, np.float32))
    steps.add("Reshape", np.array([1, 3, side, side], np.int64))
    steps.add("Concat", np.ones((1, 1, side, side), np.float32), axis=1)
    add_constants(steps, model.calm.shape, model.tone, model.driver)
    return steps.to_model(
        [Value(ATLAS, FLOAT32, (1, 3, side, side)), Value(EXPRESSION, FLOAT32, (1, NUMBERS))],
        Value(TEXTURE, FLOAT32, (1, 4, side, side)),
        notes_of(STAGE, own_openings=True),
    )


def _add_looks(steps: GraphBuilder, spread: Floats, side_px: int) -> str:
    """Add the steps from the live face to its looks (1, looks); return their name."""
    which, templates = looks_of(side_px)
    steps.add("Sub", CALM_ATLAS, on=ATLAS)
    steps.add("Reshape", np.array([1, 3 * side_px**2], np.int64))
    steps.add("Gather", which, axis=1)
    steps.add("MatMul", np.asarray(templates / (spread * BOUND), np.float32))
    steps.add("Tanh")
    return steps.add("Mul", np.array(BOUND, np.float32))


def _add_recall(steps: GraphBuilder, recall: Recall) -> None:
    """Add the steps from numbers (1, count) to amounts of the variations (1, own)."""
    places = recall.places
    here = steps.add("Div", recall.spread[None])
    square = steps.add("Mul", here)
    length = steps.add("MatMul", np.ones((places.shape[1], 1), np.float32), on=square)
    steps.add("MatMul", np.ascontiguousarray(-2 * places.T, np.float32), on=here)
    steps.add("Add", (places**2).sum(1)[None].astype(np.float32))
    steps.add("Add", length)
    steps.add("Relu")
    steps.add("Mul", np.array(-recall.falloff, np.float32))
    steps.add("Exp")
    steps.add("MatMul", recall.table)
