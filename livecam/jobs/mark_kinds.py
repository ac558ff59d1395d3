"""The kinds of jobs about marks: verify a file, and sign a recording."""

import shutil
from collections.abc import Mapping
from typing import Final

from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind


def _verify(call: Call) -> Mapping[str, object]:
    """Look for every mark.

    Raises:
        UsageError: The file cannot be read.
    """
    from livecam.app.verify import verdict_to_dict
    from livecam.verify import verify

    call.tell(Progress(None, "looking for marks"))
    return {"files": [], "verdict": verdict_to_dict(call.inputs[0].name, verify(call.inputs[0]))}


def _sign(call: Call) -> Mapping[str, object]:
    """Sign a copy of a recording of livecam that is not signed yet.

    Raises:
        UsageError: It carries no mark, or is signed already.
        OutputError: No manifest can be written into it.
    """
    from livecam.app.sign import sign_recording

    out = call.folder / call.inputs[0].name
    call.tell(Progress(None, "looking for marks"))
    shutil.copyfile(call.inputs[0], out)
    sign_recording(out, call.data_folder)
    return {"files": [out.name], "signed": True}


VERIFY: Final = Kind("which marks a file carries", _verify, travels=True)
SIGN: Final = Kind("a signed copy of a recording of livecam", _sign)
