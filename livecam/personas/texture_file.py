"""Convert a face texture to bytes on disk and back."""

import io

import numpy as np

from livecam.core.texture import FaceTexture

_ARRAYS = ("pixels", "points", "shape", "alpha", "tone")


def texture_to_bytes(texture: FaceTexture) -> bytes:
    """Return a compressed NumPy archive of a photo's texture."""
    arrays = {name: getattr(texture, name) for name in _ARRAYS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: array for name, array in arrays.items() if array is not None})
    return buffer.getvalue()


def texture_from_bytes(data: bytes) -> FaceTexture:
    """Return a texture from its bytes.

    `data` is from `texture_to_bytes`; the caller has checked its hash.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return FaceTexture(**{name: arrays[name] for name in _ARRAYS if name in arrays})
