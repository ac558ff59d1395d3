"""The kinds of jobs that write a file: replay a clip, convert a recording."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind, result_name
from livecam.jobs.unattended import ProgressTeller, Unattended

_DISCLOSURE: Final = ("language", "sign-every")
_REPLAY: Final = frozenset(
    (
        *("persona", "engine", "enhance", "refine", "mode", "skin", "when-lost", "faces", "sound"),
        *("strength", "mirror"),
        *("size", "label-corner", "voice", "voice-engine", "denoise", "own-voice", *_DISCLOSURE),
    )
)
_VOICE: Final = frozenset(("voice", "voice-engine", "denoise", "own-voice", *_DISCLOSURE))


def _replay(call: Call) -> Mapping[str, object]:
    """Run a clip through the frame pipeline, every frame.

    Raises:
        LivecamError: As `livecam replay`; nothing of the clip shown is a failure too.
    """
    from livecam.app.outcome import check_shown
    from livecam.app.replay import open_replay
    from livecam.config.settings import resolve

    clip = call.inputs[0]
    if str(clip) != "sample" and not clip.exists():
        raise CameraError(f"there is no clip or folder {clip}", advice="name a clip that is there, or: sample")
    out = call.folder / result_name(clip, ".mp4")
    fixed = {"camera": str(clip), "sink": f"file:{out}", "data-folder": str(call.data_folder)}
    settings = resolve({"voice": "off", **call.settings, **fixed}, {}).settings
    replay, length_ns = open_replay(settings, sign=call.sign), _length_ns(clip)
    with closing(replay):
        for frame, _ in replay.run():
            share = min(frame.captured_ns / length_ns, 0.99) if length_ns else None
            call.tell(Progress(share, "converting"))
    report = replay.report()
    check_shown(report)
    counts = report.frames
    return {
        "files": [out.name],
        "signed": bool(report.files and report.files[0].signed),
        "seconds": round(report.seconds, 2),
        "frames": {"captured": counts.captured, "new": counts.new, "held": counts.held},
        "remarks": list(report.remarks),
        "payload": [replay.payload.flags, replay.payload.session],
        "incoming": [[said.flags, said.session] for said in replay.incoming],
    }


def _length_ns(clip: Path) -> int:
    """Return the length that a clip states; 0 without one."""
    from livecam.devices.media.probe import length_s

    return 0 if str(clip) == "sample" else int(length_s(clip) * NS_PER_S)


def _voice_convert(call: Call) -> Mapping[str, object]:
    """Convert a recording to another voice.

    Raises:
        LivecamError: As `livecam voice convert`.
    """
    from livecam.app.convert_recordings import convert_recording
    from livecam.config.settings import resolve

    settings = resolve({**call.settings, "data-folder": str(call.data_folder)}, {}).settings
    out, person = call.folder / result_name(call.inputs[0], ".wav"), Unattended()
    convert_recording(settings, call.inputs[0], out, settings.voice, person, ProgressTeller(call.tell), call.sign)
    return {"files": [out.name], "remarks": [*person.notes, *person.said[1:]]}


REPLAY: Final = Kind(
    "a clip with the face of a persona", _replay, keys=_REPLAY, needs=frozenset(("persona",)), travels=True
)
VOICE: Final = Kind(
    "a recording in another voice", _voice_convert, keys=_VOICE, needs=frozenset(("voice",)), travels=True
)
