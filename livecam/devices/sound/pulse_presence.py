"""Check that a device of the sound server is still the one that was opened.

A server silently moves streams to another one.
"""

from collections.abc import Iterator

from livecam.devices.sound.pulse_server import run_pactl
from livecam.devices.sound.pulse_streams import Events


class Presence:
    """Follows the server's events for one device.

    Raises:
        OSError: There is no such device; later from `check`, when it has been removed.
    """

    def __init__(self, kind: str, name: str) -> None:
        """Follow a device of `kind` "source" or "sink"."""
        rows = (line.split("\t") for line in run_pactl("list", "short", f"{kind}s").stdout.splitlines())
        self._number = next((row[0] for row in rows if len(row) > 1 and row[1] == name), None)
        if self._number is None:
            raise OSError(0, "it is gone")
        self._removal, self._gone = f"'remove' on {kind} #{self._number}", False
        self.events = Events(self._follow)

    def check(self) -> None:
        """Raise when the device is gone."""
        if self._gone:
            raise OSError(0, "it is gone")

    def close(self) -> None:
        """Stop following; may be called twice."""
        self.events.close()

    def _follow(self, events: Iterator[str]) -> None:
        for event in events:
            if event.strip().endswith(self._removal):
                break
        # Also when the server has ended.
        self._gone = True
