"""Messages between the owner's machine and a node."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from livecam.core.files.reading import parse_json
from livecam.jobs.job import Progress

PIECE_BYTES: Final = 4 * 2**20
"""Size of the sealed pieces in which clips and results travel."""
_PACKAGES: Final = ("livecam", "numpy", "opencv-python-headless", "onnxruntime", "av")


@dataclass(frozen=True, slots=True)
class TravellingFile:
    """A file that a job reads or wrote.

    Attributes:
        name: Without a folder.
        size_bytes: Of the whole file.
        sha256: Of the whole file; empty for the sample that comes with livecam.
        shared: Its path in a folder that every node has; None where it travels in pieces.
    """

    name: str
    size_bytes: int
    sha256: str
    shared: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a node is asked to do. It is sealed: it holds a persona.

    Attributes:
        job: ID of the job.
        attempt: Which attempt it is.
        kind: Kind of the job.
        settings: As the job has them.
        inputs: What it reads.
        parcel: The persona; empty where a built-in one serves.
        reply_to: The public key for which the results are sealed.
    """

    job: str
    attempt: int
    kind: str
    settings: Mapping[str, object]
    inputs: tuple[TravellingFile, ...]
    parcel: bytes
    reply_to: str

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({**asdict(self), "parcel": base64.b64encode(self.parcel).decode()}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Order":
        """Parse an order.

        Raises:
            ValueError: It is not an order.
        """
        try:
            words: dict[str, Any] = parse_json(data)
            inputs = tuple(TravellingFile(**each) for each in words.pop("inputs"))
            return cls(**{**words, "inputs": inputs, "parcel": base64.b64decode(words["parcel"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"no order: {error}") from error


def versions() -> dict[str, str]:
    """Return the versions that decide what a result looks like."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def begun(node: str) -> dict[str, object]:
    """Say where the work has begun."""
    return {"begun": node}


def advanced(progress: Progress) -> dict[str, object]:
    """Say how far it is."""
    return {"progress": asdict(progress)}


def refused(reason: str) -> dict[str, object]:
    """Say why this node does not take the job; another may."""
    return {"refused": reason}


def crashed(words: str) -> dict[str, object]:
    """Say that the job ended its process."""
    return {"crashed": words}
