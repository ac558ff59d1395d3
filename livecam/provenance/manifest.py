"""Read the C2PA manifest of a file.

What it states, and whether the file is still the one that was signed.
"""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_json
from livecam.provenance.media_type import media_type
from livecam.provenance.signing import SETTINGS
from livecam.provenance.statement import INCOMING, SIGNPOST

AI_SOURCES: Final = frozenset(
    {"compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia", "compositeSynthetic", "algorithmicMedia"}
)
"""Source types of IPTC that say that a machine made the file, or a part of it."""

_UNTRUSTED: Final = "signingCredential.untrusted"
_NOT_READ: Final = "it cannot be read"
# Every manifest is a JUMBF box with this label.
_LABEL: Final = b"c2pa"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says.

    Attributes:
        intact: Whether the signature is whole and the file is the one that was signed.
        trusted: Whether the certificate is on a list of trust; one made by the installation itself is on none.
        problem: Why it is not intact, in C2PA's words; empty when it is.
        maker: The program that signed.
        signer: Whom the certificate names.
        sources: The IPTC source types it states, without their address.
        bindings: The messages of marks it is bound to: algorithm and value.
        time_stamp: When an authority says that it was signed; empty without a time stamp.
        detector: The command it names for its marks; empty where it names none.
        ingredients: What the file was made of, one line each: how, the maker of their manifest, what that says.
        incoming: The messages of marks its clip came with: algorithm and value.
    """

    intact: bool
    trusted: bool = False
    problem: str = ""
    maker: str = ""
    signer: str = ""
    sources: tuple[str, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    time_stamp: str = ""
    detector: str = ""
    ingredients: tuple[str, ...] = ()
    incoming: tuple[tuple[str, str], ...] = ()

    @property
    def says_altered(self) -> bool:
        """Whether it states, intact, that a machine made the file or a part of it."""
        return self.intact and bool(AI_SOURCES.intersection(self.sources))


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest in a file.

    None when there is none, or the kind of file holds none.

    Nothing is fetched from a network. A manifest that cannot be read comes back with its problem.
    """
    kind = media_type(path)
    if kind is None or not _may_have_manifest(path):
        return None
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError) as error:
        return Manifest(False, problem=f"C2PA's library is not installed ({reason_of(error)})")
    try:
        with (
            c2pa.Context.from_dict(dict(SETTINGS)) as context,
            path.open("rb") as file,
            c2pa.Reader(kind, file, context=context) as reader,
        ):
            return parse_manifest(parse_json(reader.json()), reader.get_validation_state() or "")
    except c2pa.C2paError.ManifestNotFound:
        return None
    except (c2pa.C2paError, ValueError, OSError) as error:
        return Manifest(False, problem=" ".join(str(error).split())[:200] or _NOT_READ)


def parse_manifest(report: Mapping[str, Any], state: str) -> Manifest:
    """Parse the report of C2PA's library.

    Args:
        report: What `c2pa.Reader.json` gives.
        state: "Valid", "Trusted" or "Invalid".

    Raises:
        ValueError: It is no report.
    """
    try:
        active = report["manifests"][report["active_manifest"]]
        makers: list[dict[str, Any]] = active.get("claim_generator_info", [])
        maker = makers[0] if makers else {}
        failures = [item["code"] for item in report.get("validation_status", [])]
        problems = [code for code in failures if code != _UNTRUSTED]
        return Manifest(
            intact=state in ("Valid", "Trusted"),
            trusted=state == "Trusted",
            problem=", ".join(dict.fromkeys(problems)) or ("" if state in ("Valid", "Trusted") else _NOT_READ),
            maker=f"{maker.get('name', '')} {maker.get('version', '')}".strip(),
            signer=str(active.get("signature_info", {}).get("issuer", "")),
            sources=tuple(dict.fromkeys(_sources(active))),
            bindings=tuple(_bindings(active)),
            time_stamp=str(active.get("signature_info", {}).get("time") or ""),
            detector=next((str(data.get("detector", "")) for data in _data(active, SIGNPOST)), ""),
            ingredients=tuple(_ingredients(report, active)),
            incoming=tuple(_incoming(active)),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"C2PA's report lacks {error}") from error


def _data(active: Mapping[str, Any], label: str) -> list[Mapping[str, Any]]:
    assertions = active.get("assertions", [])
    return [item["data"] for item in assertions if item["label"].startswith(label) and isinstance(item["data"], dict)]


def _sources(active: Mapping[str, Any]) -> list[str]:
    actions = [action for data in _data(active, "c2pa.actions") for action in data.get("actions", [])]
    return [str(a["digitalSourceType"]).rpartition("/")[2] for a in actions if "digitalSourceType" in a]


def _bindings(active: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (str(data.get("alg", "")), str(block.get("value", "")))
        for data in _data(active, "c2pa.soft-binding")
        for block in data.get("blocks", [])
    ]


def _ingredients(report: Mapping[str, Any], active: Mapping[str, Any]) -> list[str]:
    lines = []
    for ingredient in active.get("ingredients", []):
        parent = report["manifests"].get(ingredient.get("active_manifest"), {})
        makers = parent.get("claim_generator_info", [{}])
        maker = f"{makers[0].get('name', 'an unnamed program')} {makers[0].get('version', '')}".strip()
        words = [ingredient.get("relationship", ""), f"manifest by {maker}" if parent else "without a manifest"]
        words += [*dict.fromkeys(_sources(parent)), *(" ".join(binding) for binding in _bindings(parent))]
        lines.append(", ".join(words))
    return lines


def _incoming(active: Mapping[str, Any]) -> list[tuple[str, str]]:
    marks = [mark for data in _data(active, INCOMING) for mark in data.get("marks", [])]
    return [(str(mark.get("alg", "")), str(mark.get("value", ""))) for mark in marks]


def _may_have_manifest(path: Path) -> bool:
    """Whether the label is anywhere in the file.

    Most files are done with here, at the speed of the disk.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(_LABEL) >= 0
    except (OSError, ValueError):
        return False
