"""The photo as a texture: unrolled once, without hair, light and smile."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.delight import Flat, flatten
from engines.swap.photo.fill import fill, remove_strands
from engines.swap.photo.neutral import read_expression, relax_expression, remove_folds
from engines.swap.photo.skin import make_skin_map
from engines.swap.photo.unroll import Unrolled, place_in_photo, unroll
from livecam.core.errors import EngineError, PhotoError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.texture import DETAIL_GAIN, FaceTexture

Floats = NDArray[np.float32]
_DARKEST = 4


def extract_detail(face: Unrolled) -> tuple[Floats, Flat]:
    """Split a face into detail (h, w, 3), -1..0.7 of the skin, and its light."""
    log_colours = np.log(np.clip(face.colours, _DARKEST, 255))
    skin = make_skin_map(log_colours, face.seen)
    flat = flatten(log_colours, skin, face.square)
    clean = remove_strands(flat.detail, skin)
    relative = np.exp(np.clip(clean, -3, 0.5)) - 1
    return fill(relative, face.square, skin), flat


def encode_detail(detail: Floats) -> NDArray[np.uint8]:
    """Detail as a texture stores it."""
    return np.clip(np.rint(DETAIL_GAIN * (1 + detail)), 0, 255).astype(np.uint8)


class PhotoEngine:
    """Textures from photos; stateless."""

    @property
    def live(self) -> bool:
        """False: one texture serves for ever."""
        return False

    @property
    def facts(self) -> Mapping[str, object]:
        """Nothing to say."""
        return {}

    def prepare(self, persona: Persona) -> FaceTexture:
        """Turn the persona's photo into detail relative to skin, unrolled.

        Raises:
            PhotoError: The photo has no shape to it or cannot be used; the hint says what would.
        """
        photo = persona.photo
        if photo.shape is None:
            raise PhotoError(
                f"the photo of {persona.name!r} carries no face shape", advice="make the persona again from its photo"
            )
        face = unroll(photo.pixels, place_in_photo(photo.points, photo.shape))
        detail, flat = extract_detail(face)
        expression = read_expression(photo.shape)
        detail = remove_folds(detail, expression)
        return FaceTexture(
            pixels=encode_detail(detail),
            points=atlas.POINTS.copy(),
            shape=relax_expression(photo.shape, expression),
            tone=flat.tone,
        )

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Never called: the texture of a photo does not change.

        Raises:
            EngineError: Always.
        """
        raise EngineError("a photo's texture does not change with the frame", command="livecam engines list")

    def close(self) -> None:
        """Do nothing: it holds no resource."""


def open_engine() -> PhotoEngine:
    """Entry point `photo`."""
    return PhotoEngine()
