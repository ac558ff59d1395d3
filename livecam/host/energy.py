"""What the processor draws, where the machine tells (RAPL, Linux)."""

from pathlib import Path

from livecam.core.clock import NS_PER_S, Clock, SystemClock

_ZONES = Path("/sys/class/powercap")


class Energy:
    """Counts from its construction.

    The whole machine's processor packages, not this process alone.

    Source: the kernel's powercap interface, `energy_uj` in microjoules that wraps at `max_energy_range_uj`.
    """

    def __init__(self, zones: Path = _ZONES, clock: Clock | None = None) -> None:
        self._packages = sorted(zones.glob("intel-rapl:[0-9]")) + sorted(zones.glob("intel-rapl:[0-9][0-9]"))
        self._clock = clock or SystemClock()
        self._begin_ns, self._begin_uj = self._clock.now_ns(), self._read_uj()

    def measure_watts(self) -> float | None:
        """Return the mean power since the start.

        None where the machine does not report it.
        """
        end_uj, seconds = self._read_uj(), (self._clock.now_ns() - self._begin_ns) / NS_PER_S
        if self._begin_uj is None or end_uj is None or not end_uj or seconds <= 0:
            return None
        spent_uj = sum(
            end - begin if end >= begin else end + self._range_uj(package) - begin
            for package, begin, end in zip(self._packages, self._begin_uj, end_uj, strict=True)
        )
        return round(spent_uj / 1e6 / seconds, 2)

    def _read_uj(self) -> list[int] | None:
        try:
            return [int((package / "energy_uj").read_text()) for package in self._packages]
        except OSError:
            return None

    @staticmethod
    def _range_uj(package: Path) -> int:
        return int((package / "max_energy_range_uj").read_text())
