"""Run the parts of a benchmark one after the other.

It reports what is next, how long it takes, and what failed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import LivecamError

Tell = Callable[[str], None]
INTERRUPTED: Final = "interrupted"
"""Why a job that Ctrl-C ended, or that did not begin, has no result."""


@dataclass(frozen=True, slots=True)
class BenchJob:
    """One part of a benchmark.

    Attributes:
        name: What is measured.
        expected_s: How long that takes on an ordinary machine.
        measure: Measures it and keeps the result.
    """

    name: str
    expected_s: float
    measure: Callable[[], None]


def run_jobs(jobs: Sequence[BenchJob], tell: Tell, clock: Clock | None = None) -> dict[str, str]:
    """Run every job.

    `tell` receives the next one with its place and the remaining time.

    Ctrl-C ends the measuring after the jobs that are done: the others have failed, as `INTERRUPTED`.

    Returns:
        Why a job failed, by its name.

    Raises:
        LivecamError: Every job failed; the first of the errors.
        KeyboardInterrupt: Interrupted before any job was done.
    """
    clock = clock or SystemClock()
    begin_ns, done_s, errors = clock.now_ns(), 0.0, dict[str, LivecamError]()
    for place, job in enumerate(jobs):
        left_s = sum(later.expected_s for later in jobs[place:])
        taken_s = (clock.now_ns() - begin_ns) / NS_PER_S
        factor = taken_s / done_s if done_s else 1.0
        tell(f"{place + 1} of {len(jobs)}: {job.name}; {format_duration(left_s * factor)} left")
        try:
            job.measure()
        except LivecamError as error:
            errors[job.name] = error
        except KeyboardInterrupt:
            if place == len(errors):
                raise
            return _reasons(errors) | {later.name: INTERRUPTED for later in jobs[place:]}
        done_s += job.expected_s
    if jobs and len(errors) == len(jobs):
        raise next(iter(errors.values()))
    return _reasons(errors)


def _reasons(errors: Mapping[str, LivecamError]) -> dict[str, str]:
    return {name: str(error) for name, error in errors.items()}


def format_duration(seconds: float) -> str:
    """Return a duration in words."""
    if seconds < 90:
        return f"about {max(5 * round(seconds / 5), 5)} s"
    return f"about {max(round(seconds / 60), 2)} minutes"
