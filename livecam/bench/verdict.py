"""Say what a benchmark means for this machine."""

from collections.abc import Mapping

from livecam.bench.paced import Live
from livecam.bench.run import PACED, BenchResult
from livecam.bench.unpaced import is_real_time
from livecam.host.other_load import describe_load, is_busy

_KEPT = 0.95
"""Share of the pictures due that must be new ones."""


def make_verdict(result: BenchResult, rate_hz: float = 30.0) -> str:
    """Return what this machine is fit for.

    A live engine is judged by the live part: unpaced, every frame waits for it.
    """
    if not result.engine.get("live"):
        fit = [r.case.name for r in result.unpaced if r.case.scene is None and is_real_time(r)]
        return f"fit for 30 frames a second here: {', '.join(fit) or 'none of these sizes'}"
    if result.paced is None:
        return "not judged: a live engine is judged by the live session, which was not measured"
    new_hz = count_new_per_s(result.paced)
    fit_or_not = "fit" if new_hz >= _KEPT * rate_hz else "not fit"
    made_hz = count_textures_per_s(result.paced)
    made = "" if made_hz is None else f", {made_hz:.1f} textures"
    return (
        f"{fit_or_not} for {rate_hz:g} frames a second here, live at {PACED.name} with this engine: "
        f"{new_hz:.1f} new pictures a second{made}"
    )


def count_new_per_s(live: Live) -> float:
    """Return new pictures sent per second, counted from the first one."""
    times_s = [at_s for at_s, _, new in live.timeline if new]
    if len(times_s) < 2:
        return 0.0
    return (len(times_s) - 1) / max(live.timeline[-1][0] - times_s[0], 1e-9)


def count_textures_per_s(live: Live) -> float | None:
    """Return textures per second that the engine made.

    None where it does not count them.
    """
    made = live.report.engine.textures
    return int(made) / live.report.seconds if isinstance(made, int) and live.report.seconds else None


def make_warning(machine: Mapping[str, object]) -> str:
    """Return a warning when other programs used part of the machine, else ""."""
    others, cores = machine.get("others_cores"), machine.get("cores")
    if not isinstance(others, float) or not isinstance(cores, int) or not is_busy(others, cores):
        return ""
    load = describe_load(others, cores)
    return f"this machine was busy: {load}. Times are too long, and ratios too. Measure again when idle"
