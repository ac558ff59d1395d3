"""Accept the result of a job from another machine.

The mark is read here before anything is signed. The signing keys never leave this machine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from livecam.app.sign import payloads_of
from livecam.core.errors import EngineError, OutputError
from livecam.core.payload import MarkPayload
from livecam.devices.media.probe import length_s
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call
from livecam.provenance.sign_outputs import Provenance, add_manifest
from livecam.verify import Verdict, verify

READABLE_S: Final = 10.0
"""Length below which a file may be too short for the message of its mark.

Its label must then be in most pictures.
"""
_KEEP_OUT: Final = "take the machine out: livecam nodes remove NAME"


def accept_result(call: Call, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Verify the mark of every file, and sign it.

    Args:
        call: Its inputs are the clips, its folder has the files.
        result: What the kind returned on the other machine.

    Returns:
        The result, and how signing went.

    Raises:
        EngineError: A file carries no mark of livecam.
    """
    names = [str(name) for name in result.get("files", ())]
    if not names:
        return result
    clip = call.inputs[0] if call.inputs and call.inputs[0].is_file() else None
    incoming = tuple(MarkPayload(flags, session) for flags, session in result.get("incoming", ()))
    call.tell(Progress(0.99, "verifying the mark"))
    stated = MarkPayload(*result["payload"]) if "payload" in result else None
    about = Provenance(None, clip, incoming)
    reasons = [_sign(call.folder / name, call.data_folder, stated, about) for name in names]
    remarks = [*result.get("remarks", ()), *(f"not signed: {reason}" for reason in reasons if reason)]
    return {**result, "signed": not any(reasons), "remarks": remarks}


def _sign(path: Path, data_folder: Path, stated: MarkPayload | None, about: Provenance) -> str:
    """Sign a file that carries a mark; return why that failed, else an empty text."""
    verdict = verify(path)
    payloads = check_marks(path.name, verdict, stated, is_short=0 < length_s(path) < READABLE_S)
    heard = () if verdict.best_sound is None else (verdict.best_sound.session,)
    try:
        add_manifest(path, payloads, data_folder, heard, about)
    except OutputError as error:
        return str(error)
    return ""


def check_marks(name: str, verdict: Verdict, stated: MarkPayload | None, *, is_short: bool) -> tuple[MarkPayload, ...]:
    """Return the messages of a file that came back.

    Args:
        name: Of the file.
        verdict: What was found in it.
        stated: What the other machine says its mark says; None where it says nothing.
        is_short: Whether the file is too short for a whole message.

    Raises:
        EngineError: It carries no mark, or that of another run.
    """
    found = payloads_of(verdict)
    if found and stated is not None and all(each.session != stated.session for each in found):
        raise EngineError(f"{name} came back with the mark of another run", advice=_KEEP_OUT)
    labelled = not verdict.label_scores or 2 * verdict.label_count > len(verdict.label_scores)
    if not found and is_short and stated is not None and verdict.is_marked and labelled:
        return (stated,)
    if not found:
        raise EngineError(f"{name} came back without a mark of livecam", advice=_KEEP_OUT)
    return found
