"""Stage two: the texture by likeness to the pictures seen.

Seconds of work, NumPy alone.

Eyes and inner mouth are the persona's own where both people were seen alike: where the irises are and whether teeth
show is read off the live face.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT32, Value
from engines.onnx.writing import GraphBuilder
from engines.swap.trained.contract import ATLAS, CALM_ATLAS, EXPRESSION, NUMBERS, TEXTURE
from livecam.video.atlas.openings import measure_open
from trainer.align import Alignment
from trainer.basis import Calm, MeshCode, find_calm, learn_mesh_code
from trainer.faces import Faces, align_faces, make_faces
from trainer.gazes import join_faces, look_around
from trainer.linear import (
    BRIGHTEST,
    DARKEST,
    add_constants,
    add_mesh_numbers,
    check_amount,
    notes_of,
)
from trainer.looks import BOUND, MOUTH, looks_of
from trainer.material import Material
from trainer.recall import FaceRecall, Recall, fit_recall
from trainer.regions import REGIONS, read_columns
from trainer.variations import Variations, find_variations, measure_amounts

Floats = NDArray[np.float32]
STAGE: Final = "examples"


@dataclass(frozen=True, slots=True, eq=False)
class ExampleModel:
    """What a persona's pictures say about the texture.

    Attributes:
        code: Numbers of a mesh, off the persona's calm one.
        calm: The persona's calm face.
        driver: The calm face of whoever is in front of the camera.
        alignment: Makes the driver's numbers the persona's.
        looks: (looks,) usual size of each of the driver's looks.
        recall: From numbers to amounts of the variations, part by part.
        variations: Of the persona's face.
        tone: (3,) the persona's skin colour BGR.
    """

    code: MeshCode
    calm: Calm
    driver: Calm
    alignment: Alignment
    looks: Floats
    recall: FaceRecall
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
        known: (m, own) amounts of the persona's pictures and of those with moved irises, which come last.
    """

    own: Faces
    held: Faces
    other: Faces | None
    model: ExampleModel
    known: Floats


def prepare(persona: Material, operator: Material | None) -> Lesson:
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
    found, recall = _recall(learned, own, kept)
    known, found = found.amounts, replace(found, amounts=found.amounts[: len(own)])
    looks = own.spread if other is None else other.spread
    model = ExampleModel(code, calm, driver, alignment, looks, recall, found, persona.tone)
    return Lesson(own, kept, other, model, known)


def _recall(learned: Material, own: Faces, kept: Faces) -> tuple[Variations, FaceRecall]:
    """Return the persona's variations, and what recalls them.

    Eyes and brows know moved ones too, which come after the pictures; the mouth goes by the pictures alone.
    """
    openness = np.array([min(measure_open(points)[1:]) for points in learned.points], np.float32)
    around = join_faces(own, look_around(own, openness))
    found = find_variations(around, [region.variations for region in REGIONS])
    wanted, parts = measure_amounts(kept, found), []
    for number, region in enumerate(REGIONS):
        of, count = found.regions == number, len(own if region.looks == MOUTH else around)
        held = kept.numbers, wanted[:, of]
        amounts = found.amounts[:count, of]
        parts.append(fit_recall(around.numbers[:count], amounts, held, found.shares[of], read_columns(number)))
    return found, FaceRecall(tuple(parts))


def export_examples(model: ExampleModel) -> bytes:
    """Return the model as an ONNX file of the contract `livecam-atlas`.

    Where too few whole faces of both people are alike, the live eyes and inner mouth stay: recalled from unlike
    pictures they are blurred.
    """
    side, steps = model.calm.detail.shape[0], GraphBuilder(EXPRESSION)
    mesh = add_mesh_numbers(steps, model.code.off(model.driver.shape))
    looks = _add_looks(steps, model.looks, side)
    steps.add("Concat", looks, on=mesh, axis=1)
    steps.add("MatMul", model.alignment.matrix)
    steps.add("Add", model.alignment.shift[None])
    numbers = steps.last
    parts = [_add_recall(steps, part, numbers) for part in model.recall.parts]
    steps.add("Concat", *parts[1:], on=parts[0], axis=1)
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
        notes_of(STAGE, own_openings=model.alignment.is_found),
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


def _add_recall(steps: GraphBuilder, recall: Recall, numbers: str) -> str:
    """Add the steps from all numbers to amounts of one part; return their name."""
    places = recall.places
    steps.add("Gather", recall.columns.astype(np.int64), on=numbers, axis=1)
    here = steps.add("Div", recall.spread[None])
    square = steps.add("Mul", here)
    length = steps.add("MatMul", np.ones((places.shape[1], 1), np.float32), on=square)
    steps.add("MatMul", np.ascontiguousarray(-2 * places.T, np.float32), on=here)
    steps.add("Add", (places**2).sum(1)[None].astype(np.float32))
    steps.add("Add", length)
    steps.add("Relu")
    steps.add("Mul", np.array(-recall.falloff, np.float32))
    steps.add("Exp")
    return steps.add("MatMul", recall.table)
