"""What the signs say, in words for people."""

from typing import Final

from livecam.verify.signs.findings import Findings, SignFinding

NOTE: Final = (
    "Signs are evidence, not proof. Each says how often clips of known origin looked like this. "
    "Methods that were not tried may pass them all, and filters or a bad camera may show them. "
    "Limits are strict: at most 1 in 100 untouched windows shows any unusual sign."
)
IN_THE_WILD: Final = (
    "Open detectors lose about half of their AUC on clips from outside (Deepfake-Eval-2024: "
    "video -50 %, sound -48 %, pictures -45 %)."
)


def describe_level(finding: SignFinding) -> str:
    """Return what a sign says of the clip: never a verdict."""
    typical = finding.typical
    if typical is None:
        return f"not measurable: {finding.why_not}"
    if typical.ratio is None:
        return "measured; no clips of known origin to compare with"
    if typical.unusual:
        return "unusual for untouched clips"
    if typical.ratio.high < 1:
        return "consistent with untouched clips"
    if typical.ratio.low > 1:
        return "consistent with altered clips, not unusual for untouched ones"
    return "consistent with both"


def describe_ratio(finding: SignFinding) -> str:
    """Return the likelihood ratio of the typical window with its interval."""
    ratio = None if finding.typical is None else finding.typical.ratio
    if ratio is None or finding.calibration is None:
        return ""
    auc, low, high = finding.calibration.auc
    what = " (simulated lips on recorded speech)" if finding.calibration.simulated else ""
    return (
        f"seen {_times(ratio.value)} times as often in altered clips as in untouched ones "
        f"(90 % interval {_times(ratio.low)} to {_times(ratio.high)}); AUC {auc:.2f} ({low:.2f} to {high:.2f}){what}"
    )


def _times(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def describe_seen(finding: SignFinding) -> str:
    """Return what was seen, with its figures and its second."""
    typical = finding.typical
    if typical is None or typical.value is None:
        return ""
    figures = "; ".join(f"{name} {value}" for name, value in typical.value.figures.items())
    side = ""
    if finding.calibration is not None:
        side = finding.sign.higher if typical.value.score > finding.calibration.middle else finding.sign.lower
        side += ": "
    return f"{side}{figures}; look at {typical.value.at_s:.1f} s"


def summarise(findings: Findings) -> str:
    """Return how many signs were measured, and how many are unusual."""
    measured, unusual = findings.measured, findings.unusual
    if not measured:
        reasons = dict.fromkeys(finding.why_not for finding in findings.signs)
        return f"no sign can be measured: {next(iter(reasons), 'there is no picture')}"
    fewest = min((f.calibration.untouched for f in measured if f.calibration is not None), default=0)
    count = len(unusual)
    known = f" (limits come from few clips: {fewest} untouched windows)" if fewest else ""
    return (
        f"{count} of {len(measured)} measured signs {'is' if count == 1 else 'are'} unusual for untouched clips{known}"
    )
