"""A recording that begins and ends while a session runs.

What went out, picture by picture, marked as it is, with the altered voice where the session has one.
"""

from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from livecam.app.session import Session
from livecam.core.clock import NS_PER_MS, SystemClock, utc_now
from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.core.label import label_of
from livecam.core.payload import MarkPayload
from livecam.devices.sink import choose_sink
from livecam.provenance.sign_outputs import sign_written
from livecam.studio.session.preview import Bell, TapSink

_JOIN_S: Final = 10.0
_LOOK_S: Final = 1.0
_TAIL_NS: Final = 500 * NS_PER_MS
"""What was spoken with the last picture is on its way for so long."""


class Recording:
    """Writes what passes a tap into a new file.

    Raises:
        OutputError: The file cannot be made.
    """

    def __init__(self, tap: TapSink, folder: Path, session: Session, data_folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"livecam-{utc_now().astimezone():%Y-%m-%d-%H%M%S}.mp4"
        speaks = session.sound is not None
        label = label_of(session.settings.mode)
        chosen = choose_sink(f"file:{self._path}", tap.size_wh, session.settings.fps, sound=speaks, label=label)
        self._sink, self._sound = chosen.sink, chosen.sound
        self._tap, self._session, self._data_folder = tap, session, data_folder
        self._stopping, self._trouble, self._bell = Event(), "", Bell()
        self._said: dict[MarkPayload, None] = {}
        if session.sound is not None and self._sound is not None:
            session.sound.add(self._sound)
        tap.bells += (self._bell,)
        self._thread = Thread(target=self._run, name="livecam-recording", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        shown = None
        while not self._stopping.is_set():
            seen = self._tap.last
            if seen is not None and seen.picture is not shown:
                shown = seen.picture
                if not self._write(shown):
                    return
            self._bell.wait(_LOOK_S)

    def _write(self, picture: MarkedFrame) -> bool:
        self._said[self._session.payload] = None
        try:
            self._sink.send(picture)
        except OutputError as error:
            self._trouble = str(error)
        return not self._trouble

    def finish(self) -> Mapping[str, Any]:
        """Close and sign the file; return its name and what became of it."""
        self._stopping.set()
        self._bell.ring()
        self._thread.join(_JOIN_S)
        self._tap.bells = tuple(bell for bell in self._tap.bells if bell is not self._bell)
        heard = self._end_sound()
        self._sink.close()
        signed = sign_written((self._path,), tuple(self._said), self._data_folder, heard)
        return {"file": self._path.name, "signed": bool(signed and signed[0].signed), "trouble": self._trouble}

    def _end_sound(self) -> tuple[int, ...]:
        """Take what was spoken until now.

        Return the sessions that the sound's mark names.
        """
        sound = self._session.sound
        if sound is None or self._sound is None:
            return ()
        clock = SystemClock()
        clock.sleep_until_ns(clock.now_ns() + _TAIL_NS)
        sound.remove(self._sound)
        return (self._session.payload.session,)
