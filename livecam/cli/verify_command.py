"""`livecam verify`: print watermarks, label, manifest and metadata."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from livecam.app.verify import examine_target, verdict_to_dict
from livecam.cli.verify_plot import check_plot_path, write_plot
from livecam.console.columns import columns, in_one_line
from livecam.core.errors import UsageError
from livecam.core.label import Label
from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload
from livecam.disclosure.picture_reader import MarkReading
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify import Verdict, false_alarm_chance
from livecam.verify.policy import POLICY, Measure, measures

_FLAGS = {FACE: "face altered", VOICE: "voice altered", SYNTHETIC: "synthetic persona"}
SCREEN = "the screen"
_WHAT = "run: livecam verify FILE, or livecam verify camera:0, or livecam verify --screen"


def answer(
    what: str | None, screen: bool, seconds: float, as_json: bool, plot: Path | None, policy: bool = False
) -> tuple[str, bool]:
    """Return the verdict as text or JSON, and whether it is marked.

    Args:
        what: A file, a folder, a device file, or "camera:" with an index or name; None with `screen`.
        screen: Whether to watch the screen.
        seconds: How long to watch a camera or the screen.
        as_json: Whether to return JSON.
        plot: Where to write a plot; None for no plot.
        policy: Whether to add the measures of the EU Code.

    Raises:
        UsageError: No source or two sources; the file cannot be read.
        DeviceError: The camera or the screen cannot be captured; the plot cannot be written.
    """
    check_source(what, screen)
    if plot is not None:
        check_plot_path(plot)
    name = find_name(what)
    verdict = examine_target(what, seconds)
    text = marks_as_text(name, verdict)
    if plot is not None:
        write_plot(f"{name}: {_marked(verdict)}", text, verdict, plot)
    found = measures(verdict) if policy else ()
    if as_json:
        return json.dumps({**verdict_to_dict(name, verdict), **policy_to_dict(found)}, indent=1), verdict.is_marked
    return "\n".join((text, *policy_lines(found))), verdict.is_marked


def check_source(what: str | None, screen: bool) -> None:
    """Check that there is one source.

    Raises:
        UsageError: There is none, or there are two.
    """
    if screen == (what is not None) or what == "":
        raise UsageError("name one source to verify", advice=_WHAT)


def find_name(what: str | None) -> str:
    """Return what a source is called."""
    return SCREEN if what is None else what


def policy_to_dict(found: Sequence[Measure]) -> dict[str, Any]:
    """Return measures as plain types; empty for none."""
    return {"policy": [asdict(measure) for measure in found]} if found else {}


def policy_lines(found: Sequence[Measure]) -> list[str]:
    """Return a line for each measure, below the name of the Code."""
    if not found:
        return []
    rows = [("", measure.name, f"{measure.state}: {measure.evidence}") for measure in found]
    return [POLICY, columns(rows)]


def _marked(verdict: Verdict) -> str:
    return "marked" if verdict.is_marked else "not marked"


def says(payload: MarkPayload | None) -> str:
    """Describe a payload."""
    if payload is None:
        return "incomplete"
    parts = [words for flag, words in _FLAGS.items() if payload.flags & flag]
    if payload.label is Label.GENERATED:
        parts[:1] = ["whole picture generated" if payload.flags & FACE else "voice generated"]
    return ", ".join([*parts, f"session {payload.session:04x}"])


def marks_as_text(name: str, verdict: Verdict) -> str:
    """Return what was found of marks, a line each."""
    rows = [("picture watermark", _picture_line(verdict)), ("visible label", _label_line(verdict))]
    if verdict.best is not None:
        rows[1:1] = [("", f"payload: {says(verdict.payload)}"), ("", f"region: {_region(verdict.best)}")]
    rows.append(("audio watermark", _sound_line(verdict)))
    rows += [("C2PA" if n == 0 else "", line) for n, line in enumerate(_manifest_lines(verdict))]
    rows.append(("metadata", _metadata_line(verdict)))
    rows += [("label", line) for line in _agreement_lines(verdict)]
    rows += [("note" if n == 0 else "", remark) for n, remark in enumerate(verdict.remarks)]
    return f"{in_one_line(name)}: {_marked(verdict)}\n{columns([('', *row) for row in rows])}"


def _picture_line(verdict: Verdict) -> str:
    count = len(verdict.readings)
    if not count:
        return "not searched: it needs two seconds of video at 15 frames a second; a still picture has none"
    best = verdict.best
    if best is None:
        most = max(reading.score for reading in verdict.readings)
        return f"not found in {count} windows of up to 8 s; best score {most:.1f}"
    found = sum(reading.marked for reading in verdict.readings)
    return (
        f"found in {found} of {count} windows of up to 8 s; score {best.score:.1f}, "
        f"false positives {_rate(false_alarm_chance(best.score, best.threshold))}"
    )


def _rate(share: float) -> str:
    return f"{share:.0e} per window" if share > 1e-12 else "fewer than 1e-12 per window"


def _region(reading: MarkReading) -> str:
    place, sides = reading.place, ", mirrored" if reading.place.mirrored else ""
    if (place.left, place.top, place.width, place.height) == (0.0, 0.0, 1.0, 1.0):
        return f"full frame{sides}"
    return (
        f"x {place.left:.0%} to {place.left + place.width:.0%}, "
        f"y {place.top:.0%} to {place.top + place.height:.0%} of the frame{sides}"
    )


def _label_line(verdict: Verdict) -> str:
    if not verdict.label_scores:
        return "no picture to search"
    similarity = max(verdict.label_scores)
    text = f"{verdict.plate_label} " if verdict.label_count else ""
    seen = f"{text}found in {verdict.label_count} of {len(verdict.label_scores)} frames, similarity {similarity:.2f}"
    return seen + ("; anyone can draw a label" if verdict.label_count else "")


def _sound_line(verdict: Verdict) -> str:
    count, best = len(verdict.sounds), verdict.best_sound
    if not count:
        return "no sound of four seconds or more"
    if best is None:
        most = max(sound.score for sound in verdict.sounds)
        return f"not found in {count} windows of up to 16 s; best score {most:.1f}"
    found = sum(sound.marked for sound in verdict.sounds)
    return (
        f"found in {found} of {count} windows of up to 16 s; score {best.score:.1f}, threshold {SOUND_THRESHOLD}; "
        f"payload: session {best.session:04x}"
    )


def _manifest_lines(verdict: Verdict) -> list[str]:
    manifest = verdict.manifest
    if manifest is None:
        return ["no manifest"]
    if not manifest.intact:
        return [f"invalid manifest: {manifest.problem}"]
    lines = [f"valid manifest by {manifest.maker or 'an unnamed program'}; unchanged since it was signed"]
    if manifest.sources:
        lines.append(f"digital source type: {', '.join(manifest.sources)}")
    lines += [f"soft binding: {algorithm} {value}" for algorithm, value in manifest.bindings]
    vouches = "on a trust list" if manifest.trusted else "not on a trust list, so it proves no name"
    if verdict.is_binding_ok is not None:
        lines[-1] += (
            ", matches the watermark"
            if verdict.is_binding_ok
            else ", does not match the watermark: signed for another file"
        )
    lines += [f"ingredient: {ingredient}" for ingredient in manifest.ingredients]
    lines += [
        f"ingredient: a clip with the watermark {' '.join(mark)}; either of the two may be found"
        for mark in manifest.incoming
    ]
    stamped = f"time stamp: {manifest.time_stamp}" if manifest.time_stamp else "no time stamp"
    return [*lines, f"signer: {manifest.signer or 'unnamed'}; {vouches}; {stamped}"]


def _agreement_lines(verdict: Verdict) -> list[str]:
    """Say which label a file carries, and whether label, mark and manifest agree."""
    if verdict.label is None:
        return []
    found = ", ".join(f"{name}: {label}" for name, label in verdict.labels.items())
    return [f"{verdict.label} ({found})" if verdict.labels_agree else f"the labels differ: {found}"]


def _metadata_line(verdict: Verdict) -> str:
    if not verdict.metadata:
        return "no statement about AI"
    return f"{'; '.join(verdict.metadata)}; anyone can write metadata"
