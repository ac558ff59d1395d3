"""The kinds of jobs that write a file: a clip replayed as a persona, a recording in another voice."""

import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind

_DISCLOSURE: Final = ("language", "sign-every-min")
_REPLAY: Final = frozenset(
    (
        *("persona", "engine", "enhance", "mode", "when-lost", "faces", "sound", "strength", "mirror", "size"),
        *("plate-corner", "voice", "voice-engine", "denoise", "own-voice", *_DISCLOSURE),
    )
)
_VOICE: Final = frozenset(("voice", "voice-engine", "denoise", "own-voice", *_DISCLOSURE))


def _replay(call: Call) -> Mapping[str, object]:
    """A clip through the frame pipeline, every frame.

    Raises:
        LivecamError: As `livecam replay`; nothing of the clip shown is a failure too.
    """
    from livecam.app.replay import open_replay
    from livecam.config.settings import resolve

    clip = call.inputs[0]
    if str(clip) != "sample" and not clip.exists():
        raise CameraError(f"there is no clip or folder {clip}", hint="livecam jobs add replay CLIP persona=NAME")
    out = call.folder / f"{clip.stem}-livecam.mp4"
    fixed = {"camera": str(clip), "sink": f"file:{out}", "data-folder": str(call.data_folder)}
    settings = resolve({"voice": "off", **call.settings, **fixed}, {}).settings
    replay, length_ns = open_replay(settings), _length_ns(clip)
    with closing(replay):
        for frame, _ in replay.run():
            share = min(frame.captured_ns / length_ns, 0.99) if length_ns else None
            call.tell(Progress(share, "converting"))
    report = replay.report()
    counts = report.frames
    if counts.captured and not counts.new:
        raise CameraError(
            f"the face of {settings.persona} was never shown: {_why(report.holds)}",
            hint=f"livecam replay {clip} --persona {settings.persona} --out null",
        )
    return {
        "files": [out.name],
        "signed": bool(report.files and report.files[0].get("signed")),
        "seconds": round(report.seconds, 2),
        "frames": {"captured": counts.captured, "new": counts.new, "held": counts.held},
        "remarks": list(report.remarks),
    }


def _why(holds: Mapping[str, int]) -> str:
    return max(holds, key=lambda reason: holds[reason], default="no face was found")


def _length_ns(clip: Path) -> int:
    """How long a clip is, by its sound or its pictures; 0 where it does not say."""
    from livecam.devices.media.probe import length_s

    return 0 if str(clip) == "sample" else int(length_s(clip) * NS_PER_S)


def _voice_convert(call: Call) -> Mapping[str, object]:
    """A recording in another voice.

    Raises:
        LivecamError: As `livecam voice convert`.
    """
    from livecam.app.voice_conversion import convert
    from livecam.audio.process.engine_selection import open_speaking, speaker_in
    from livecam.config.settings import resolve
    from livecam.core.voice import VoiceStatistics
    from livecam.devices.media.speech import examine
    from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink
    from livecam.disclosure.sound.notice import manner_of
    from livecam.personas.own_voice import check_changed
    from livecam.personas.voice_store import VoiceStore
    from livecam.provenance.sign_outputs import sign_voice

    settings = resolve({**call.settings, "data-folder": str(call.data_folder)}, {}).settings
    store, recording = VoiceStore(call.data_folder), call.inputs[0]
    target = store.target(settings.voice)
    heard = examine(recording, lambda share: call.tell(Progress(share / 4, "listening")))
    own, denoise = settings.own_voice, settings.denoise
    speaker = speaker_in(heard.stretches, target, denoise) if own is None else store.load(own)
    if speaker is not None and isinstance(target, VoiceStatistics):
        check_changed(speaker, target, settings.voice)
    speaking = open_speaking(settings.voice_engine, speaker, target, live=False, denoise=denoise)
    out, number = call.folder / f"{recording.stem}-livecam.wav", secrets.randbelow(1 << 16)
    sink = SoundFileSink(out, RATE_HZ)
    with closing(sink):
        manner = manner_of(settings)
        for share in convert(heard.pieces(), speaking.engine, number, sink, manner=manner, samples=heard.samples):
            call.tell(Progress(0.25 + 0.75 * min(share, 0.99), "speaking"))
    signed = sign_voice((out,), number, call.data_folder)
    return {"files": [out.name], "signed": bool(signed and signed[0].get("signed")), "remarks": list(heard.remarks)}


REPLAY: Final = Kind("a clip with the face of a persona", _replay, keys=_REPLAY, needs=frozenset(("persona",)))
VOICE: Final = Kind("a recording in another voice", _voice_convert, keys=_VOICE, needs=frozenset(("voice",)))
