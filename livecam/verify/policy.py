"""List which measures of the EU Code of Practice a recording shows to satisfy."""

from dataclasses import dataclass
from typing import Final, Literal

from livecam.verify.verdict import Verdict

State = Literal["yes", "partly", "no", "not in a recording"]
POLICY: Final = "Code of Practice on marking and labelling, 10 June 2026, by published digests; not legal advice"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: what it asks for, its state in this recording, and the evidence."""

    name: str
    state: State
    evidence: str


def measures(verdict: Verdict) -> tuple[Measure, ...]:
    """Return the measures, providers' first, then deployers'."""
    return (
        _layers(verdict),
        _signed(verdict),
        _stamped(verdict),
        _watermark(verdict),
        _kept(verdict),
        _detector(verdict),
        _signpost(verdict),
        _visible(verdict),
        _agreement(verdict),
        Measure(
            "deployer: audible notice",
            "not in a recording",
            "listen to its start; livecam speaks it in every altered voice",
        ),
    )


def _marked(verdict: Verdict) -> bool:
    return verdict.best is not None or verdict.best_sound is not None


def _intact(verdict: Verdict) -> bool:
    return verdict.manifest is not None and verdict.manifest.says_altered


def _layers(verdict: Verdict) -> Measure:
    count = _marked(verdict) + _intact(verdict)
    states: tuple[State, ...] = ("no", "partly", "yes")
    return Measure("1.1 two layers", states[count], f"{count} of 2: watermark, signed metadata")


def _signed(verdict: Verdict) -> Measure:
    if verdict.manifest is None:
        return Measure("1.1 signed metadata", "no", "no C2PA manifest")
    if not verdict.manifest.intact:
        return Measure("1.1 signed metadata", "no", f"the manifest does not hold: {verdict.manifest.problem}")
    if verdict.manifest.trusted:
        return Measure("1.1 signed metadata", "yes", f"signed by {verdict.manifest.signer}")
    return Measure("1.1 signed metadata", "partly", "intact; the key is a local one that proves no name")


def _stamped(verdict: Verdict) -> Measure:
    if verdict.manifest is not None and verdict.manifest.intact and verdict.manifest.time_stamp:
        return Measure("1.1 time stamp", "yes", verdict.manifest.time_stamp)
    return Measure("1.1 time stamp", "no", "none; livecam run --time-stamp URL asks an authority")


def _watermark(verdict: Verdict) -> Measure:
    found = [name for name, there in (("picture", verdict.best), ("sound", verdict.best_sound)) if there is not None]
    return Measure("1.1 watermark", "yes" if found else "no", f"in {' and '.join(found)}" if found else "not found")


def _kept(verdict: Verdict) -> Measure:
    if verdict.manifest is not None and verdict.manifest.ingredients:
        marks = (" ".join(mark) for mark in verdict.manifest.incoming)
        return Measure("1.2 incoming marks kept", "yes", "; ".join((*verdict.manifest.ingredients, *marks)))
    return Measure("1.2 incoming marks kept", "not in a recording", "it names no clip it was made of")


def _detector(verdict: Verdict) -> Measure:
    spoke = [*verdict.labels, *(["sound mark"] if verdict.best_sound is not None else [])]
    return Measure("2 detector", "yes" if spoke else "no", f"livecam verify: {', '.join(spoke) or 'nothing spoke'}")


def _signpost(verdict: Verdict) -> Measure:
    named = "" if verdict.manifest is None else verdict.manifest.detector
    if named:
        return Measure("3.4 signpost to the detector", "yes", f"the manifest names: {named}")
    return Measure("3.4 signpost to the detector", "no", "nothing in it names a detector")


def _visible(verdict: Verdict) -> Measure:
    if not verdict.label_scores:
        return Measure("deployer: visible label", "not in a recording", "it has no picture")
    state: State = (
        "yes" if verdict.label_count == len(verdict.label_scores) else "partly" if verdict.label_count else "no"
    )
    label = verdict.plate_label if verdict.label_count else "no plate"
    return Measure(
        "deployer: visible label", state, f"{label} in {verdict.label_count} of {len(verdict.label_scores)} pictures"
    )


def _agreement(verdict: Verdict) -> Measure:
    labels = ", ".join(f"{name} {label}" for name, label in verdict.labels.items())
    if not labels:
        return Measure("deployer: the right label", "no", "no label was found")
    return Measure("deployer: the right label", "yes" if verdict.labels_agree else "no", labels)
