"""Two teachers of who is where.

MediaPipe's segmenters of people and of hair (Apache-2.0).
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from engines.segment.square import measure_height
from livecam.core import topology

PERSON_FILE = "models/mediapipe/selfie_segmentation__374c072.tflite"
HAIR_FILE = "models/mediapipe/hair_segmentation__5c8e22e.tflite"

Picture = NDArray[np.uint8]
Share = NDArray[np.float32]


class Teacher:
    """Both networks, one thread each."""

    def __init__(self, data: Path) -> None:
        self._person, self._hair = _open(data / PERSON_FILE), _open(data / HAIR_FILE)

    def look(self, picture: Picture, points: NDArray[np.float32], heights: float) -> tuple[Share, Share]:
        """Return hair and person (h, w) of a BGR picture round one head.

        It is looked at closely: short hair on a small head is missed in a whole picture.

        Args:
            picture: Holds the head.
            points: (468, 2 or 3) its mesh.
            heights: Side of what is looked at, in face heights; elsewhere both are zero.
        """
        middle, reach = points[topology.OVAL, :2].mean(0), measure_height(points) * heights / 2
        limit = np.array(picture.shape[1::-1])
        left, top = np.clip(np.floor(middle - reach), 0, limit - 2).astype(int)
        right, bottom = np.clip(np.ceil(middle + reach), [left + 2, top + 2], limit).astype(int)
        part = np.ascontiguousarray(picture[top:bottom, left:right])
        hair, person = (np.zeros(picture.shape[:2], np.float32) for _ in range(2))
        hair[top:bottom, left:right], person[top:bottom, left:right] = self.hair(part), self.person(part)
        return hair, person

    def person(self, picture: Picture) -> Share:
        """Return how surely each pixel of a BGR picture shows a person, (h, w)."""
        return _fit(_run(self._person, _scaled(self._person, picture))[..., 0], picture)

    def hair(self, picture: Picture) -> Share:
        """Return how surely each pixel of a BGR picture shows hair, (h, w)."""
        scaled = _scaled(self._hair, picture)
        logits = _run(self._hair, np.dstack([scaled, np.zeros(scaled.shape[:2], np.float32)]))
        return _fit(1 / (1 + np.exp(logits[..., 0] - logits[..., 1])), picture)


def _open(file: Path) -> Any:
    network = Interpreter(str(file), num_threads=1)
    network.allocate_tensors()
    return network


def _scaled(network: Any, picture: Picture) -> Share:
    height, width = network.get_input_details()[0]["shape"][1:3]
    rgb = cv2.cvtColor(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    return np.asarray(rgb, np.float32) / 255


def _run(network: Any, blob: Share) -> Share:
    network.set_tensor(network.get_input_details()[0]["index"], np.ascontiguousarray(blob[None], np.float32))
    network.invoke()
    return np.asarray(network.get_tensor(network.get_output_details()[0]["index"])[0], np.float32)


def _fit(share: Share, picture: Picture) -> Share:
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.resize(share, size, interpolation=cv2.INTER_LINEAR), np.float32)
