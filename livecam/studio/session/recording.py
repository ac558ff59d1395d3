"""A recording that begins and ends while a session runs: what went out, picture by picture, marked as it is."""

from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from livecam.app.session import Session
from livecam.core.clock import NS_PER_S, SystemClock
from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.devices.sink import choose_sink
from livecam.provenance.sign_outputs import sign_written
from livecam.studio.session.preview import TapSink

_JOIN_S: Final = 10.0


class Recording:
    """Writes what passes a tap into a new file, without sound.

    Raises:
        OutputError: The file cannot be made.
    """

    def __init__(self, tap: TapSink, folder: Path, session: Session, data_folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.mp4"))) + 1
        self._path = folder / f"livecam-{number}.mp4"
        self._rate_hz = session.settings.fps
        self._sink = choose_sink(f"file:{self._path}", tap.size_wh, self._rate_hz).sink
        self._tap, self._session, self._data_folder = tap, session, data_folder
        self._stopping, self._trouble = Event(), ""
        self._said: dict[MarkPayload, None] = {}
        self._thread = Thread(target=self._run, name="livecam-recording", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        clock, period_ns, shown = SystemClock(), int(NS_PER_S / self._rate_hz / 2), None
        while not self._stopping.is_set():
            seen = self._tap.last
            if seen is not None and seen.picture is not shown:
                shown = seen.picture
                if not self._write(shown):
                    return
            clock.sleep_until_ns(clock.now_ns() + period_ns)

    def _write(self, picture: MarkedFrame) -> bool:
        self._said[self._session.payload] = None
        try:
            self._sink.send(picture)
        except OutputError as error:
            self._trouble = str(error)
        return not self._trouble

    def finish(self) -> Mapping[str, Any]:
        """Close and sign the file; its name and what became of it."""
        self._stopping.set()
        self._thread.join(_JOIN_S)
        self._sink.close()
        signed = sign_written((self._path,), tuple(self._said), self._data_folder, ())
        return {"file": self._path.name, "signed": bool(signed and signed[0].get("signed")), "trouble": self._trouble}
