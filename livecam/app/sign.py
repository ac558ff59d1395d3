"""Sign a recording that has no manifest yet."""

import logging
from pathlib import Path

from livecam.core.errors import UsageError
from livecam.core.payload import VOICE, MarkPayload
from livecam.provenance.sign_outputs import Provenance, add_manifest
from livecam.verify import Verdict, verify

_LOG = logging.getLogger(__name__)


def sign_recording(path: Path, folder: Path | None, authority: str | None = None) -> str | None:
    """Sign a file that carries a mark of livecam.

    Args:
        path: A video or sound.
        folder: Where this installation keeps its data; None is the user's data folder.
        authority: Address of the RFC 3161 authority to ask for the time; None for no time stamp.

    Returns:
        Why there is no time stamp though an authority was asked, in one line; None otherwise.

    Raises:
        UsageError: It carries no mark, or is signed already.
        OutputError: No manifest can be written into it.
    """
    verdict = verify(path)
    if verdict.manifest is not None:
        how = "signed already" if verdict.manifest.intact else f"signed and changed since ({verdict.manifest.problem})"
        raise UsageError(f"{path} is {how}", command=f"livecam verify {path}")
    payloads = payloads_of(verdict)
    if not payloads:
        raise UsageError(f"{path} carries no mark of livecam that is whole", command=f"livecam verify {path}")
    heard = () if verdict.best_sound is None else (verdict.best_sound.session,)
    unstamped = add_manifest(path, payloads, folder, heard, Provenance(authority))
    _LOG.info("%s is signed", path.name)
    return unstamped


def payloads_of(verdict: Verdict) -> tuple[MarkPayload, ...]:
    """Return every message of the marks.

    These are the picture's messages, and the session of a sound that they do not name.
    """
    seen = [reading.payload for reading in verdict.readings if reading.payload is not None]
    if verdict.best_sound is not None and not any(payload.flags & VOICE for payload in seen):
        seen.append(MarkPayload(VOICE, verdict.best_sound.session))
    return tuple(dict.fromkeys(seen))
