"""Take in what another machine made of a job.

The mark is read here before anything is signed, and the keys that sign never leave.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from livecam.app.sign import payloads_of
from livecam.core.errors import EngineError, OutputError
from livecam.core.payload import MarkPayload
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call
from livecam.provenance.sign_outputs import Provenance, add_manifest
from livecam.verify import verify

_KEEP_OUT: Final = "take the machine out: livecam nodes remove NAME"


def accept_result(call: Call, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Verify the mark of every file, and sign it.

    Args:
        call: Its inputs are the clips, its folder has the files.
        result: What the kind returned on the other machine.

    Returns:
        The result, with what became of signing.

    Raises:
        EngineError: A file carries no mark of livecam.
    """
    names = [str(name) for name in result.get("files", ())]
    if not names:
        return result
    clip = call.inputs[0] if call.inputs and call.inputs[0].is_file() else None
    incoming = tuple(MarkPayload(flags, session) for flags, session in result.get("incoming", ()))
    call.tell(Progress(0.99, "verifying the mark"))
    reasons = [_sign(call.folder / name, call.data_folder, Provenance(None, clip, incoming)) for name in names]
    remarks = [*result.get("remarks", ()), *(f"not signed: {reason}" for reason in reasons if reason)]
    return {**result, "signed": not any(reasons), "remarks": remarks}


def _sign(path: Path, data_folder: Path, about: Provenance) -> str:
    """Sign a file that carries a mark; returns why that failed, else nothing."""
    verdict = verify(path)
    payloads = payloads_of(verdict)
    if not payloads:
        raise EngineError(f"{path.name} came back without a mark of livecam", advice=_KEEP_OUT)
    heard = () if verdict.best_sound is None else (verdict.best_sound.session,)
    try:
        add_manifest(path, payloads, data_folder, heard, about)
    except OutputError as error:
        return str(error)
    return ""
