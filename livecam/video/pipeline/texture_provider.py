"""Where the frame pipeline leaves frames and finds textures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from livecam.core.frame import Frame
from livecam.core.texture import FaceTexture
from livecam.video.tracking.tracks import TrackedFace


@dataclass(frozen=True, slots=True, eq=False)
class TextureRequest:
    """A frame, its faces, and the persona's texture at the time.

    Its result is for that persona only.

    Attributes:
        enhance: Whether there is room for a costly enhancement.
    """

    frame: Frame
    faces: Sequence[TrackedFace]
    persona: FaceTexture
    enhance: bool = False


class TextureProvider(Protocol):
    """Takes frames from the pipeline, and gives it textures."""

    def offer(self, job: TextureRequest) -> None:
        """Offer a frame to the engine."""
        ...

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Wait until a frame has its textures.

        It returns at once when that is unlikely by `until_ns`.
        """
        ...

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Return the newest texture that may be drawn in a frame of that time.

        None means the photo's.
        """
        ...


class NoTextures:
    """A provider for engines with one constant texture."""

    def offer(self, job: TextureRequest) -> None:
        """Ignore the frame."""

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Return at once."""

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Return None."""
        return None
