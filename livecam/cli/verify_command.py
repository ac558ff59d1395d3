"""`livecam verify`: what marks a file carries."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from livecam.cli.verify_plot import check_plot_path, write_plot
from livecam.console.columns import columns
from livecam.core.errors import UsageError
from livecam.core.label import Label
from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload
from livecam.disclosure.picture_reader import Reading
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify import Verdict, chance, verify, verify_camera, verify_screen
from livecam.verify.policy import POLICY, Measure, measures
from livecam.verify.watch import CAMERA

_SAYS = {FACE: "the face is altered", VOICE: "the voice is altered", SYNTHETIC: "the persona depicts nobody"}


SCREEN = "the screen"
_WHAT = "livecam verify FILE, or livecam verify camera:0, or livecam verify --screen"


def answer(
    what: str | None, screen: bool, seconds: float, as_json: bool, plot: Path | None, policy: bool = False
) -> tuple[str, bool]:
    """The answer as text or JSON, and whether what was looked at is marked; the plot is written on the way.

    Args:
        what: A file, a folder, a device file or "camera:" and an index or name; None with `screen`.
        screen: Whether the screen is looked at.
        seconds: How long a camera or the screen is watched.
        as_json: Whether a program reads it.
        plot: Where a picture or page of what was seen goes.
        policy: Whether the measures of the EU Code follow.

    Raises:
        UsageError: Nothing, or two things, to look at; the file cannot be read.
        DeviceError: The camera or the screen cannot be seen; the plot cannot be written.
    """
    if screen == (what is not None):
        raise UsageError("name one thing to look at", hint=_WHAT)
    if plot is not None:
        check_plot_path(plot)
    name = SCREEN if what is None else what
    verdict = _looked_at(what, seconds)
    text = _as_text(name, verdict)
    if plot is not None:
        write_plot(f"{name}: {_marked(verdict)}", text, verdict, plot)
    found = measures(verdict) if policy else ()
    if as_json:
        return json.dumps({**_as_json(name, verdict), **_policy_json(found)}, indent=1), verdict.marked
    return "\n".join((text, *_policy_lines(found))), verdict.marked


def _policy_json(found: Sequence[Measure]) -> dict[str, Any]:
    return {"policy": [asdict(measure) for measure in found]} if found else {}


def _policy_lines(found: Sequence[Measure]) -> list[str]:
    """A line for each measure, after what it is measured against."""
    if not found:
        return []
    rows = [("", measure.name, f"{measure.state}: {measure.evidence}") for measure in found]
    return [POLICY, columns(rows)]


def _looked_at(what: str | None, seconds: float) -> Verdict:
    if what is None:
        return verify_screen(seconds)
    if Path(what).is_char_device() or (what.startswith(CAMERA) and not Path(what).is_file()):
        return verify_camera(what, seconds)
    return verify(Path(what).expanduser())


def _marked(verdict: Verdict) -> str:
    return "marked" if verdict.marked else "not marked"


def says(payload: MarkPayload | None) -> str:
    """A message in words."""
    if payload is None:
        return "its message is not whole"
    parts = [words for flag, words in _SAYS.items() if payload.flags & flag]
    if payload.label is Label.GENERATED:
        parts[:1] = ["the whole picture is generated" if payload.flags & FACE else "the voice is generated"]
    return ", ".join([*parts, f"session {payload.session:04x}"])


def _as_text(name: str, verdict: Verdict) -> str:
    rows = [("in-picture mark", _picture_line(verdict)), ("plate", _plate_line(verdict))]
    if verdict.best is not None:
        rows[1:1] = [("", f"says: {says(verdict.payload)}"), ("", f"lies: {_lies(verdict.best)}")]
    rows.append(("in-sound mark", _sound_line(verdict)))
    rows += [("C2PA" if n == 0 else "", line) for n, line in enumerate(_manifest_lines(verdict))]
    rows.append(("metadata", _metadata_line(verdict)))
    rows += [("label", line) for line in _label_lines(verdict)]
    rows += [("note" if n == 0 else "", remark) for n, remark in enumerate(verdict.remarks)]
    return f"{name}: {_marked(verdict)}\n{columns([('', *row) for row in rows])}"


def _picture_line(verdict: Verdict) -> str:
    count = len(verdict.readings)
    if not count:
        return "not looked for: a still picture, less than two seconds, or fewer than 15 pictures a second have none"
    best = verdict.best
    if best is None:
        most = max(reading.score for reading in verdict.readings)
        return f"not found in {count} windows of up to 8 s; best score {most:.1f}"
    found = sum(reading.marked for reading in verdict.readings)
    return (
        f"found in {found} of {count} windows of up to 8 s; score {best.score:.1f}, "
        f"{_rarely(chance(best.score, best.threshold))} unmarked windows reach that"
    )


def _rarely(share: float) -> str:
    return f"{share:.0e} of the" if share > 1e-12 else "fewer than 1e-12 of the"


def _lies(reading: Reading) -> str:
    place, sides = reading.place, ", mirrored" if reading.place.mirrored else ""
    if (place.left, place.top, place.width, place.height) == (0.0, 0.0, 1.0, 1.0):
        return f"over the whole picture{sides}"
    return (
        f"from {place.left:.0%}, {place.top:.0%} to {place.left + place.width:.0%}, "
        f"{place.top + place.height:.0%} of width and height{sides}"
    )


def _plate_line(verdict: Verdict) -> str:
    if not verdict.plates:
        return "no picture to look at"
    likeness = max(verdict.plates)
    text = f"{verdict.plate_label} " if verdict.plates_seen else ""
    seen = f"{text}seen in {verdict.plates_seen} of {len(verdict.plates)} pictures looked at, likeness {likeness:.2f}"
    return seen + ("; anyone can draw a plate" if verdict.plates_seen else "")


def _sound_line(verdict: Verdict) -> str:
    count, best = len(verdict.sounds), verdict.best_sound
    if not count:
        return "no sound of four seconds or more"
    if best is None:
        most = max(sound.score for sound in verdict.sounds)
        return f"not found in {count} windows of up to 16 s; best score {most:.1f}"
    found = sum(sound.marked for sound in verdict.sounds)
    return (
        f"found in {found} of {count} windows of up to 16 s; score {best.score:.1f} against {SOUND_THRESHOLD}, "
        f"says: session {best.session:04x}"
    )


def _manifest_lines(verdict: Verdict) -> list[str]:
    manifest = verdict.manifest
    if manifest is None:
        return ["no manifest"]
    if not manifest.intact:
        return [f"a manifest that does not hold: {manifest.problem}"]
    lines = [f"a manifest by {manifest.maker or 'an unnamed program'}; nothing was changed since it was signed"]
    if manifest.sources:
        lines.append(f"says: {', '.join(manifest.sources)}")
    lines += [f"bound to: {algorithm} {value}" for algorithm, value in manifest.bindings]
    vouches = "on a list of trust" if manifest.trusted else "on no list of trust, so it proves no name"
    if verdict.bound is not None:
        lines[-1] += ", the mark found here" if verdict.bound else ", not the mark found here: signed for another"
    lines += [f"made of: {ingredient}" for ingredient in manifest.ingredients]
    lines += [
        f"made of: a clip with the mark {' '.join(mark)}, of which either may be found" for mark in manifest.incoming
    ]
    stamped = f"time stamp: {manifest.time_stamp}" if manifest.time_stamp else "no time stamp"
    return [*lines, f"signer: {manifest.signer or 'unnamed'}; {vouches}; {stamped}"]


def _label_lines(verdict: Verdict) -> list[str]:
    """What people are to be told, and whether plate, mark and manifest agree on it."""
    if verdict.label is None:
        return []
    told = ", ".join(f"{name}: {label}" for name, label in verdict.labels.items())
    return [f"{verdict.label} ({told})" if verdict.labels_agree else f"the labels differ: {told}"]


def _metadata_line(verdict: Verdict) -> str:
    if not verdict.metadata:
        return "nothing about AI"
    return f"{'; '.join(verdict.metadata)}; anyone can write that"


def _as_json(name: str, verdict: Verdict) -> dict[str, Any]:
    payload = verdict.payload
    return {
        "schema": 1,
        "file": name,
        "marked": verdict.marked,
        "message": None
        if payload is None
        else {"version": payload.version, "flags": payload.flags, "session": payload.session},
        "label": verdict.label,
        "picture": [
            {
                "begin_s": reading.begin_ns / 1e9,
                "marked": reading.marked,
                "score": round(reading.score, 2),
                "threshold": reading.threshold,
                "chance": chance(reading.score, reading.threshold),
                "place": [reading.place.left, reading.place.top, reading.place.width, reading.place.height],
                "mirrored": reading.place.mirrored,
            }
            for reading in verdict.readings
        ],
        "sound": [
            {
                "begin_s": sound.begin_s,
                "marked": sound.marked,
                "score": round(sound.score, 2),
                "threshold": SOUND_THRESHOLD,
                "session": sound.session,
                "speed": round(sound.speed, 4),
            }
            for sound in verdict.sounds
        ],
        "manifest": None if verdict.manifest is None else asdict(verdict.manifest),
        "metadata": list(verdict.metadata),
        "remarks": list(verdict.remarks),
        "plate": {
            "likeness": [round(likeness, 3) for likeness in verdict.plates],
            "seen": verdict.plates_seen,
            "label": verdict.plate_label if verdict.plates_seen else None,
        },
    }
