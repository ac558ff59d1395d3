"""Faces as a swap model will see them.

Cut out of the sample camera's clip and of personas' photos.
"""

from collections.abc import Sequence

import numpy as np

from engines.face.crop import cut
from engines.swap.neural.contracts import Contract
from engines.swap.neural.model import crop_matrix
from livecam.core.clock import ManualClock
from livecam.core.errors import EngineError
from livecam.core.frame import Pixels
from livecam.core.persona import Persona
from livecam.core.ports import FaceFinder
from livecam.devices.source import open_source

SIZE_WH = (1280, 720)
_APART = 9
"""Frames between two that are used: the clip's scenes follow each other within it."""


def cut_clip_crops(contract: Contract, finder: FaceFinder, count: int, camera: str = "sample") -> list[Pixels]:
    """Cut crops (n, n, 3) uint8 of up to `count` frames, spread over a clip.

    Raises:
        CameraError: The clip cannot be read.
        EngineError: There is no face in it.
    """
    source = open_source(camera, size_wh=SIZE_WH, clock=ManualClock(), paced=False)
    crops: list[Pixels] = []
    try:
        while len(crops) < count and (frame := source.read()) is not None:
            if frame.seq % _APART:
                continue
            boxes = finder.detect(frame)
            if not boxes:
                continue
            matrix = crop_matrix(contract.family.template, finder.mesh(frame, boxes[0]).points, contract.side_px)
            crops.append(cut(frame.pixels, matrix, contract.side_px))
    finally:
        source.close()
    if not crops:
        raise EngineError(f"there is no face in {camera}", command="livecam doctor")
    return crops


def cut_persona_crops(contract: Contract, personas: Sequence[Persona]) -> list[Pixels]:
    """Return the face of each persona's photo, plain and darkened as in the evening."""
    crops = []
    for persona in personas:
        matrix = crop_matrix(contract.family.template, persona.photo.points, contract.side_px)
        crop = cut(persona.photo.pixels, matrix, contract.side_px)
        crops += [crop, (crop * np.float32(0.4)).astype(np.uint8)]
    return crops
