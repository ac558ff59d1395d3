"""Find the package of each engine, voice and command.

No other package replaces livecam's own without the user's permission.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Final

OWN_PACKAGE: Final = "livecam"
RESERVED: Final[Mapping[str, frozenset[str]]] = {
    "livecam.engines": frozenset(("auto", "face", "photo", "onnx", "slow", "grpc", "grpcs", "trained")),
    "livecam.voices": frozenset(("auto", "grain", "onnx", "vocoder")),
    "livecam.denoisers": frozenset(("off", "gate", "rnnoise")),
    "livecam.builders": frozenset(("tensorrt",)),
    "livecam.commands": frozenset(
        (
            *("batch", "bench", "calibrate", "config", "demo", "devices", "doctor", "engines", "jobs", "models"),
            *("nodes", "obs", "persona", "replay", "run", "say", "sign", "studio", "train", "verify", "voice"),
        )
    ),
    "livecam.enhancers": frozenset(("off", "detail", "onnx")),
    "livecam.jobs": frozenset(("replay", "voice-convert", "verify", "sign", "bench", "enrol", "train")),
    "livecam.refiners": frozenset(("face",)),
    "livecam.segmenters": frozenset(("head",)),
    "livecam.synthesizers": frozenset(("espeak-ng", "piper")),
    "livecam.judges": frozenset(("recogniser",)),
    "livecam.doctor": frozenset(("networks",)),
}
"""livecam's own names by entry-point group."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: its name and version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


def package_of(point: EntryPoint) -> Package | None:
    """Return the package that registers an entry point; None if unknown."""
    return None if point.dist is None else Package(point.dist.name, point.dist.version)


def is_replacement(point: EntryPoint) -> bool:
    """Whether another package registers one of livecam's own names."""
    package = package_of(point)
    return (
        package is not None
        and not is_same_package(package.name, OWN_PACKAGE)
        and point.name in RESERVED.get(point.group, ())
    )


def is_same_package(one: str, other: str) -> bool:
    """Whether two names are of the same package."""
    return _plain(one) == _plain(other)


def is_trusted(trusted: Collection[str], point: EntryPoint) -> bool:
    """Whether the user let the entry point's package replace livecam's own."""
    package = package_of(point)
    return package is not None and any(is_same_package(package.name, name) for name in trusted)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
