"""Apply the keys to a running session."""

from collections.abc import Callable

from livecam.app.session import Session
from livecam.core.errors import LivecamError, PersonaError
from livecam.core.label import Mode
from livecam.core.persona import PersonaKind
from livecam.personas.entry import Entry
from livecam.personas.store import PersonaStore

KEYS_HELP = "f freeze  m mirror  h head  n next persona  +/- strength  q quit"
SHORT_KEYS_HELP = "f m h n + - q (see run --help)"
_STRENGTH_STEP = 0.1
_SHOWS_HAIR = "swap shows your own hair and outline: press h again"


class Controls:
    """Remembers what is switched on, and what the user should read about it.

    Attributes:
        note: What is being loaded, or why it was not.
        quit: Whether the user has asked for the end.
    """

    def __init__(
        self,
        session: Session,
        store: PersonaStore,
        persona: str,
        strength: float,
        mirror: bool,
        compares: bool = False,
        mode: Mode = "swap",
    ) -> None:
        """Start with a persona's name; `compares`: an own face is compared first."""
        self.persona, self.strength, self.mirrored, self.frozen = persona, strength, mirror, False
        self.note = ""
        self.quit = False
        self.mode: Mode = mode
        self._warned = False
        self._loading: str | None = None
        self._session, self._store = session, store
        self._started_as, self._compares = persona, compares
        self._actions: dict[str, Callable[[], None]] = {
            "f": self._freeze,
            "m": self._mirror,
            "h": self._switch_head,
            "n": self._next_persona,
            "+": lambda: self._strengthen(_STRENGTH_STEP),
            "=": lambda: self._strengthen(_STRENGTH_STEP),
            "-": lambda: self._strengthen(-_STRENGTH_STEP),
            "q": self.stop,
        }

    def press(self, keys: str) -> None:
        """Handle each key; ignore others.

        What takes time is noted, and done by `work`.
        """
        for key in keys.lower():
            if key in self._actions:
                self._warned = self._warned and key == "h"
                self.note = "" if self._loading is None else self.note
                self._actions[key]()

    def work(self) -> None:
        """Do what takes time, after the note about it was shown."""
        if self._loading is None:
            return
        following, self._loading = self._loading, None
        try:
            self._session.use(self._store.load(following))
        except PersonaError as error:
            self.note = str(error)
        else:
            self.persona, self.note = following, ""

    def stop(self) -> None:
        """Ask for the end."""
        self.quit = True
        self._session.stop()

    def _freeze(self) -> None:
        self.frozen = not self.frozen
        self._session.freeze(self.frozen)

    def _mirror(self) -> None:
        self.mirrored = not self.mirrored
        self._session.mirror(self.mirrored)

    def _switch_head(self) -> None:
        """Go between head and face; what shows one's own hair at once is asked for twice."""
        if self.mode == "head" and not self._warned:
            self._warned, self.note = True, _SHOWS_HAIR
            return
        wanted: Mode = "swap" if self.mode == "head" else "head"
        try:
            self._session.mode(wanted)
        except LivecamError as error:
            self.note = str(error)
        else:
            self.mode, self._warned = wanted, False

    def _strengthen(self, step: float) -> None:
        self.strength = round(min(max(self.strength + step, 0.0), 1.0), 2)
        self._session.strength(self.strength)

    def _next_persona(self) -> None:
        names = [entry.name for entry in self._store.list() if entry.trouble is None and not self._uncompared(entry)]
        now = self._loading or self.persona
        self._loading = names[(names.index(now) + 1) % len(names) if now in names else 0]
        self.note = f"loading {self._loading}"

    def _uncompared(self, entry: Entry) -> bool:
        """Whether it is an own face that was not compared.

        livecam compares only the first persona, at the start.
        """
        return self._compares and entry.kind is PersonaKind.OWN and entry.name != self._started_as
