"""`livecam verify`: what marks a file carries."""

import json
from pathlib import Path

from livecam.app.verify import examine_target, verdict_to_dict
from livecam.cli.verify_plot import check_plot_path, write_plot
from livecam.console.columns import columns
from livecam.core.errors import UsageError
from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload
from livecam.disclosure.picture_reader import Reading
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify import Verdict, chance

_SAYS = {FACE: "the face is altered", VOICE: "the voice is altered", SYNTHETIC: "the persona depicts nobody"}


SCREEN = "the screen"
_WHAT = "run: livecam verify FILE, or livecam verify camera:0, or livecam verify --screen"


def answer(what: str | None, screen: bool, seconds: float, as_json: bool, plot: Path | None) -> tuple[str, bool]:
    """The answer as text or JSON, and whether what was looked at is marked; the plot is written on the way.

    Args:
        what: A file, a folder, a device file or "camera:" and an index or name; None with `screen`.
        screen: Whether the screen is looked at.
        seconds: How long a camera or the screen is watched.
        as_json: Whether a program reads it.
        plot: Where a picture or page of what was seen goes.

    Raises:
        UsageError: Nothing, or two things, to look at; the file cannot be read.
        DeviceError: The camera or the screen cannot be seen; the plot cannot be written.
    """
    if screen == (what is not None):
        raise UsageError("name one thing to look at", advice=_WHAT)
    if plot is not None:
        check_plot_path(plot)
    name = SCREEN if what is None else what
    verdict = examine_target(what, seconds)
    text = _as_text(name, verdict)
    if plot is not None:
        write_plot(f"{name}: {_marked(verdict)}", text, verdict, plot)
    return json.dumps(verdict_to_dict(name, verdict), indent=1) if as_json else text, verdict.marked


def _marked(verdict: Verdict) -> str:
    return "marked" if verdict.marked else "not marked"


def says(payload: MarkPayload | None) -> str:
    """A message in words."""
    if payload is None:
        return "its message is not whole"
    parts = [words for flag, words in _SAYS.items() if payload.flags & flag]
    return ", ".join([*parts, f"session {payload.session:04x}"])


def _as_text(name: str, verdict: Verdict) -> str:
    rows = [("in-picture mark", _picture_line(verdict)), ("plate", _plate_line(verdict))]
    if verdict.best is not None:
        rows[1:1] = [("", f"says: {says(verdict.payload)}"), ("", f"lies: {_lies(verdict.best)}")]
    rows.append(("in-sound mark", _sound_line(verdict)))
    rows += [("C2PA" if n == 0 else "", line) for n, line in enumerate(_manifest_lines(verdict))]
    rows.append(("metadata", _metadata_line(verdict)))
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
    seen = f"seen in {verdict.plates_seen} of {len(verdict.plates)} pictures looked at, likeness {likeness:.2f}"
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
    return [*lines, f"signer: {manifest.signer or 'unnamed'}; {vouches}"]


def _metadata_line(verdict: Verdict) -> str:
    if not verdict.metadata:
        return "nothing about AI"
    return f"{'; '.join(verdict.metadata)}; anyone can write that"
