"""Ports of networks that look at faces: finder, segmenter, recogniser, judge."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.outline import OutlineReading
from livecam.core.segmentation import HeadParts


@runtime_checkable
class FaceFinder(Protocol):
    """A detector and a dense mesh network."""

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return all faces of the whole frame, best score first.

        `quick` uses half the resolution, for a quarter of the cost. It may miss small faces and find false ones. It
        is meant for every frame, to notice that another person has come in.
        """
        ...

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return faces that are only partly in the picture, in these strips.

        They reach beyond the edge. A third of a face scores 0.5 at least. Other things may too: a caller waits, and
        does not follow them.
        """
        ...

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the mesh near the hint; its score says whether a face is there."""
        ...

    def close(self) -> None:
        """Free the networks; may be called twice."""
        ...


@runtime_checkable
class HeadSegmenter(Protocol):
    """Separates a head and its hair from body, background and things in front."""

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return the segments around a head.

        Args:
            pixels: (h, w, 3) uint8 BGR.
            points: (468, 2 or 3) the mesh in its pixels.
            last: (n, n) 0..1 the head in the previous segmentation, `HeadParts.head`; None for the first.

        Raises:
            EngineError: It failed; the next picture may be tried.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...


@runtime_checkable
class FaceRecogniser(Protocol):
    """Compares the faces in pictures, in benchmarks and consent checks."""

    def embed(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        """Return the embedding (k,), of unit length, of the face with this mesh (468, 3)."""
        ...


@runtime_checkable
class OutlineNetwork(Protocol):
    """Judges whether the outline of a face shows a seam, for `livecam verify` alone."""

    def judge(self, pixels: Pixels, points: Points) -> OutlineReading:
        """Return traces of a seam round the face (468, 3) in a picture.

        Raises:
            EngineError: The network failed.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...
