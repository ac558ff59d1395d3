"""The kinds of jobs about marks: what a file carries, and a signature for one that has none."""

import shutil
from collections.abc import Mapping
from typing import Final

from livecam.core.errors import UsageError
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind


def _verify(call: Call) -> Mapping[str, object]:
    """Look for every mark.

    Raises:
        UsageError: The file cannot be read.
    """
    from livecam.verify import verify
    from livecam.verify.plain import plain_verdict

    call.tell(Progress(None, "looking for marks"))
    return {"files": [], "verdict": plain_verdict(call.inputs[0].name, verify(call.inputs[0]))}


def _sign(call: Call) -> Mapping[str, object]:
    """Sign a copy of a recording of livecam that is not signed yet.

    Raises:
        UsageError: It carries no mark, or is signed already.
        OutputError: No manifest can be written into it.
    """
    from livecam.core.payload import VOICE, MarkPayload
    from livecam.provenance.sign_outputs import signed
    from livecam.verify import verify

    call.tell(Progress(None, "looking for marks"))
    given = call.inputs[0]
    verdict = verify(given)
    if verdict.manifest is not None:
        raise UsageError(f"{given.name} is signed already", hint=f"livecam verify {given}")
    payloads = [reading.payload for reading in verdict.readings if reading.payload is not None]
    heard = () if verdict.best_sound is None else (verdict.best_sound.session,)
    if verdict.best_sound is not None and not any(payload.flags & VOICE for payload in payloads):
        payloads.append(MarkPayload(VOICE, verdict.best_sound.session))
    if not payloads:
        raise UsageError(f"{given.name} carries no mark of livecam that is whole", hint=f"livecam verify {given}")
    out = call.folder / given.name
    shutil.copyfile(given, out)
    call.tell(Progress(None, "signing"))
    signed(out, tuple(dict.fromkeys(payloads)), call.data_folder, heard)
    return {"files": [out.name], "signed": True}


VERIFY: Final = Kind("which marks a file carries", _verify)
SIGN: Final = Kind("a signed copy of a recording of livecam", _sign)
