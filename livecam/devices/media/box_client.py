"""A box with one open file of a user, and what it is asked."""

from pathlib import Path
from typing import Any, Final

from livecam.box.process import Box, ProcessDied, borrow, give_back
from livecam.core.errors import DeviceError, remedy
from livecam.core.files.errors import reason_of
from livecam.devices.media.plain_file import open_plain

WORKER: Final = "livecam.devices.media.worker"
_MOST_REMARKS: Final = 20


class BoxClient:
    """A box with one open file."""

    def __init__(self, path: Path, error: type[DeviceError], hint: str, name: str | None = None) -> None:
        self._error, self._hint = error, hint
        self.name = name or path.name
        self.remarks: tuple[str, ...] = ()
        self._file = open_plain(path, error, hint)
        self._box: Box | None = None
        try:
            self._box = borrow(WORKER)
        except (ProcessDied, OSError) as refused:
            self._file.close()
            raise error(
                f"{self.name} cannot be read: its decoder does not start ({reason_of(refused)})", **remedy(hint)
            ) from refused

    def begin(self, do: str, **words: Any) -> tuple[dict[str, Any], bytearray]:
        """Hand the file over with the first request."""
        with self._file:
            return self.call({"do": do, "name": self.name, **words}, (self._file.fileno(),))

    def call(self, request: dict[str, Any], files: tuple[int, ...] = ()) -> tuple[dict[str, Any], bytearray]:
        """Ask and wait."""
        self.ask(request, files)
        return self.answer()

    def ask(self, request: dict[str, Any], files: tuple[int, ...] = ()) -> None:
        """Ask without waiting."""
        try:
            self._alive().ask(request, files=files)
        except ProcessDied as died:
            raise self._dead(died) from died

    def answer(self) -> tuple[dict[str, Any], bytearray]:
        """Return the next answer; what it remarks is kept."""
        try:
            said, data = self._alive().answer()
        except ProcessDied as died:
            raise self._dead(died) from died
        remarks = said.get("remarks")
        if isinstance(remarks, list):
            self.remarks = tuple(str(remark)[:300] for remark in remarks[:_MOST_REMARKS])
        return said, data

    def _alive(self) -> Box:
        if self._box is None:
            raise ProcessDied("is closed")
        return self._box

    def _dead(self, died: ProcessDied) -> DeviceError:
        if self._box is not None:
            self._box.kill()
        self._box = None
        return self._error(f"{self.name} {died}", **remedy(self._hint))

    def reject_answer(self) -> DeviceError:
        """End a box after an impossible answer."""
        return self._dead(ProcessDied("is not decoded to anything that can be used"))

    def close(self) -> None:
        """Close the file; the box waits for the next one."""
        self._file.close()
        box, self._box = self._box, None
        if box is None:
            return
        try:
            while box.asked:
                _forget(box)
            box.call({"do": "close"})
        except (ProcessDied, DeviceError):
            box.kill()
            return
        give_back(box)

    def __del__(self) -> None:
        if hasattr(self, "_box"):
            self.close()


def _forget(box: Box) -> None:
    """Take an answer that is not needed any more."""
    try:
        box.answer()
    except DeviceError:
        return
