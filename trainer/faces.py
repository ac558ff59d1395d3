"""A person's pictures ready for learning.

Gaps are filled, and numbers say what each one does.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.detail import GAIN
from trainer.align import Alignment, align_by
from trainer.basis import Calm, MeshCode
from trainer.irises import measure_units
from trainer.looks import bend_looks, find_spread, measure_looks
from trainer.material import Material
from trainer.regions import REGIONS, own_columns

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """One person's pictures, as bytes until they are asked for.

    Attributes:
        detail: (k, 3, n, n) uint8; shut openings are closed, what is not seen is filled with the calm face.
        trust: (k, n, n) uint8.
        numbers: (k, count) the mesh's, then those of the looks.
        calm: (3, n, n) the calm face.
        spread: (looks,) usual size of each of the looks with this person.
    """

    detail: NDArray[np.uint8]
    trust: NDArray[np.uint8]
    numbers: Floats
    calm: Floats
    spread: Floats

    def __len__(self) -> int:
        return len(self.detail)


def make_faces(material: Material, calm: Calm, code: MeshCode, spread: Floats | None = None) -> Faces:
    """Return a person's pictures ready for learning.

    The usual size of the looks comes from the same pictures where none is given.
    """
    detail, trust = _fill(material, calm)
    middle = np.ascontiguousarray(calm.detail.transpose(2, 0, 1))
    looks = np.array([measure_looks(one / np.float32(GAIN) - middle) for one in detail], np.float32)
    spread = measure_units(middle, find_spread(looks)) if spread is None else spread
    mesh = code.off(calm.shape).encode(material.shapes)
    return Faces(detail, trust, np.hstack([mesh, bend_looks(looks, spread)]), middle, spread)


def _fill(material: Material, calm: Calm) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return pictures (k, 3, n, n) with the calm face where nothing is seen.

    And how well they are seen (k, n, n).
    """
    count, side = len(material), material.side_px
    detail = np.empty((count, 3, side, side), np.uint8)
    trust = np.empty((count, side, side), np.uint8)
    plain = calm.detail * GAIN
    for index in range(count):
        picture, known = material.settled(index)
        mixed = plain + known[..., None] * (picture - plain)
        detail[index] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8).transpose(2, 0, 1)
        trust[index] = np.rint(255 * known)
    return detail, trust


def align_faces(operator: Faces, persona: Faces) -> tuple[Faces, Alignment]:
    """Return the operator's pictures with numbers that mean what the persona's do.

    And how these were found.
    """
    found = align_by(operator.numbers, persona.numbers, [own_columns(number) for number in range(len(REGIONS))])
    return replace(operator, numbers=found.apply(operator.numbers)), found
