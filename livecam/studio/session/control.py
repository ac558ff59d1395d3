"""What orders do to a running session."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from livecam.app.session import Session
from livecam.core.errors import PersonaError
from livecam.personas.store import PersonaStore
from livecam.studio.session.preview import TapSink
from livecam.studio.session.recording import Recording


def tapped(session: Session) -> tuple[Session, TapSink]:
    """Return the session with a tap in front of its sink.

    It must not have been entered yet.
    """
    tap = TapSink(session.parts.sink)
    session.writer.send_through(tap)
    return session, tap


class Control:
    """Follows orders one after the other; a refused one changes nothing.

    Attributes:
        state: What is switched on, for the page.
        files: Recordings that were finished.
    """

    def __init__(
        self,
        session: Session,
        tap: TapSink,
        data_folder: Path,
        recordings: Path,
        say: Callable[[Mapping[str, Any]], None],
    ) -> None:
        settings = session.settings
        self._session, self._tap, self._say = session, tap, say
        self._store, self._folder, self._recordings = PersonaStore(data_folder), data_folder, recordings
        self._recording: Recording | None = None
        self.files: list[Mapping[str, Any]] = []
        self.state: dict[str, Any] = {
            "persona": session.parts.persona.name,
            "strength": settings.strength,
            "mirror": settings.mirror,
            "mode": settings.mode,
            "freeze": False,
            "record": False,
        }

    def order(self, wanted: Mapping[str, Any]) -> None:
        """Do what is asked, and say what is on now.

        Raises:
            LivecamError: A persona that may not be used, a recording that cannot be begun, or a text that cannot be
                spoken.
        """
        if wanted.get("stop"):
            self.stop()
            return
        for key, value in wanted.items():
            getattr(self, f"_set_{key}")(value)
            if key != "say":
                self.state = {**self.state, key: value}
        self._say({"controls": self.state})

    def stop(self) -> None:
        """Ask the session to end."""
        self._session.stop()

    def end(self) -> None:
        """Finish a recording that runs."""
        self._set_record(False)

    def _set_persona(self, name: str) -> None:
        if name == self.state["persona"]:
            return
        try:
            self._session.use(self._store.load(name))
        except PersonaError:
            self._say({"controls": self.state})
            raise

    def _set_strength(self, share: float) -> None:
        self._session.strength(float(share))

    def _set_mirror(self, on: bool) -> None:
        self._session.mirror(bool(on))

    def _set_freeze(self, on: bool) -> None:
        self._session.freeze(bool(on))

    def _set_mode(self, mode: str) -> None:
        self._session.mode(mode)

    def _set_say(self, text: str) -> None:
        self._session.say(str(text))

    def _set_record(self, on: bool) -> None:
        if on and self._recording is None:
            self._recording = Recording(self._tap, self._recordings, self._session, self._folder)
        elif not on and self._recording is not None:
            ended, self._recording = self._recording, None
            self.files.append(ended.finish())
            self._say({"recorded": self.files[-1]})
