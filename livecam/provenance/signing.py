"""Put a signed manifest into a finished file; the file as it was stays when that fails."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from shutil import copymode
from typing import Any, Final

from livecam.core.errors import OutputError
from livecam.core.install import install_command
from livecam.provenance.own_key import OwnKey

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
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


def sign(path: Path, manifest: Mapping[str, Any], key: OwnKey) -> None:
    """Sign a file in place.

    Args:
        path: One of MEDIA_TYPES.
        manifest: As `livecam.provenance.statement.statement` makes it.
        key: This installation's.

    Raises:
        OutputError: No manifest can be written into it; it is unchanged.
    """
    kind = MEDIA_TYPES.get(path.suffix.lower())
    if kind is None:
        raise OutputError(f"a {path.suffix} holds no C2PA manifest", hint=f"name it {path.with_suffix('.mp4').name}")
    target = path.resolve()
    signed = target.with_name(f".{target.name}.signing")
    try:
        _write_signed(target, signed, kind, manifest, key)
        copymode(target, signed)
        os.replace(signed, target)
    except OSError as error:
        raise OutputError(f"{path} cannot be signed: {error.strerror or error}", hint=f"livecam sign {path}") from error
    finally:
        signed.unlink(missing_ok=True)


def _write_signed(path: Path, signed: Path, kind: str, manifest: Mapping[str, Any], key: OwnKey) -> None:
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError) as error:
        raise OutputError(f"C2PA's library is not installed: {error}", hint=install_command("c2pa-python")) from error
    try:
        with (
            c2pa.Context.from_dict(dict(SETTINGS)) as context,
            c2pa.Signer.from_callback(key.sign, c2pa.C2paSigningAlg.ES256, key.chain_pem.decode()) as signer,
            c2pa.Builder.from_json(json.dumps(manifest), context) as builder,
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, kind, source, target)
    except c2pa.C2paError as error:
        raise OutputError(f"{path} cannot be signed: {error}", hint=f"livecam sign {path}") from error
