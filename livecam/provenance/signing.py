"""Put a signed manifest into a finished file.

The file as it was stays when that fails.
"""

import errno
import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copymode, disk_usage
from tempfile import mkstemp
from typing import Any, Final

from livecam.core.errors import OutputError, remedy
from livecam.core.files.errors import hint_of, name_it, reason_of
from livecam.core.files.lock import FileLock
from livecam.core.install import install_command
from livecam.provenance.install_key import ManifestKey

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".avi": "video/x-msvideo",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".gif": "image/gif",
}
"""The kinds of files a manifest is written into and read from, by the end of their names."""

# Nothing is fetched, nothing is asked of anybody; a thumbnail would keep a face.
SETTINGS: Final[Mapping[str, Any]] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_MANIFEST_BYTES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A clip a file was made of, kept with the manifest it came with.

    Attributes:
        path: The clip.
        kind: Its media type.
        relationship: "parentOf" or "inputTo".
        label: What the manifest's actions call it.
    """

    path: Path
    kind: str
    relationship: str
    label: str

    def add_to(self, builder: Any) -> None:
        """Add it to a `c2pa.Builder` without its name; nothing that is signed has names."""
        about = {"title": "clip", "relationship": self.relationship, "instance_id": self.label, "label": self.label}
        with self.path.open("rb") as file:
            builder.add_ingredient(json.dumps(about), self.kind, file)


class TimeStampError(OutputError):
    """The time stamp authority gave no time stamp."""


def sign(
    path: Path,
    manifest: Mapping[str, Any],
    key: ManifestKey,
    ingredient: Ingredient | None = None,
    authority: str | None = None,
) -> None:
    """Sign a file in place.

    Args:
        path: One of MEDIA_TYPES.
        manifest: As `livecam.provenance.statement.build_manifest` makes it.
        key: This installation's.
        ingredient: The clip it was made of.
        authority: Address of the RFC 3161 authority that is asked for a time stamp; None for none.

    Raises:
        TimeStampError: The authority did not answer; the file is unchanged.
        OutputError: No manifest can be written into it; it is unchanged.
    """
    kind = MEDIA_TYPES.get(path.suffix.lower())
    if kind is None:
        raise OutputError(f"a {path.suffix} holds no C2PA manifest", **remedy(name_it(path, ".mp4")))
    target = path.resolve()
    signed: Path | None = None
    try:
        with closing(FileLock(target)):
            _check_room(target)
            # A name of its own: one made of the target's could be too long.
            descriptor, name = mkstemp(prefix=".livecam-", suffix=".part", dir=target.parent)
            os.close(descriptor)
            signed = Path(name)
            _write_signed(target, signed, kind, manifest, key, ingredient, authority)
            copymode(target, signed)
            os.replace(signed, target)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be signed: {error.strerror or error}", **remedy(_retry_advice(error, path))
        ) from error
    finally:
        if signed is not None:
            signed.unlink(missing_ok=True)


def _check_room(path: Path) -> None:
    """Check for room on the disk, which C2PA's library reports badly.

    The signed file is written next to this one.

    Raises:
        OSError: There is no space for it.
    """
    if disk_usage(path.parent).free < path.stat().st_size + _MANIFEST_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _retry_advice(error: OSError, path: Path) -> str:
    return f"{hint_of(error.errno, path)}; then: livecam sign {path}"


def _write_signed(
    path: Path,
    signed: Path,
    kind: str,
    manifest: Mapping[str, Any],
    key: ManifestKey,
    ingredient: Ingredient | None,
    authority: str | None,
) -> None:
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError) as error:
        raise OutputError(
            f"C2PA's library is not installed: {reason_of(error)}", command=install_command("c2pa-python")
        ) from error
    try:
        with (
            c2pa.Context.from_dict(dict(SETTINGS)) as context,
            c2pa.Signer.from_callback(key.sign, c2pa.C2paSigningAlg.ES256, key.chain_pem.decode(), authority) as signer,
            c2pa.Builder.from_json(json.dumps(manifest), context) as builder,
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            if ingredient is not None:
                ingredient.add_to(builder)
            builder.sign(signer, kind, source, target)
    except c2pa.C2paError as error:
        if authority is not None:
            raise TimeStampError(
                f"{authority} gave no time stamp: {error}", advice="run livecam without --time-stamp"
            ) from error
        raise OutputError(f"{path} cannot be signed: {error}", command=f"livecam sign {path}") from error
