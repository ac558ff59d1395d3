"""Find queued and running jobs without valid consent.

Every two seconds it reads the records of their personas and voices again. The stores are imported when a job names
one, so the studio starts without their libraries.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from livecam.consent.watch import ASK_EVERY_NS
from livecam.core.clock import Clock
from livecam.core.errors import PersonaError
from livecam.jobs.job import Failure, Job, State
from livecam.jobs.store import SqliteJobStore

_PAGE: Final = 500
PERSONA, VOICE, TRAINING = "persona", "voice", "training"
_TRAIN: Final = "train"
_KEYS: Final = {"persona": PERSONA, "voice": VOICE, "own-voice": VOICE}
_NO_VOICE: Final = "off"


def names_of(settings: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    """Return the user's personas and voices that settings name, as kind and name."""
    named = {(kind, str(settings[key])) for key, kind in _KEYS.items() if settings.get(key) is not None}
    if not named:
        return frozenset()
    from livecam.personas.built_in import builtin_names
    from livecam.personas.built_in_voices import builtin_voice_names

    shipped = {(PERSONA, name) for name in builtin_names()} | {(VOICE, name) for name in builtin_voice_names()}
    return frozenset(named - shipped - {(VOICE, _NO_VOICE)})


def _records_of(job: Job) -> frozenset[tuple[str, str]]:
    """Return the records that a job needs, as kind and name.

    A training needs the consent to train of persona and operator too.
    """
    people = (job.settings.get("persona"), job.settings.get("operator")) if job.kind == _TRAIN else ()
    return names_of(job.settings) | {(TRAINING, str(each)) for each in people if each is not None}


class JobConsent:
    """Watches the records behind jobs.

    A job with a record that was never valid is not cancelled: it fails when it begins.

    Args:
        data_folder: The user's personas and voices.
        clock: Decides when to look.
    """

    def __init__(self, data_folder: Path, clock: Clock) -> None:
        self._data_folder = data_folder
        self._clock, self._next_ns = clock, clock.now_ns()
        self._held: set[tuple[str, str]] = set()

    def check(self, job: Job) -> None:
        """Check the records of a job that is about to begin.

        Raises:
            PersonaError: One does not hold.
        """
        for kind, called in sorted(_records_of(job)):
            self._check_record(kind, called)
            self._held.add((kind, called))

    def ended(self, store: SqliteJobStore, running: Sequence[Job]) -> Iterator[tuple[Job, Failure]]:
        """Yield the jobs that ended consent stops, with the reason.

        It yields nothing before the next check is due.
        """
        now_ns = self._clock.now_ns()
        if now_ns < self._next_ns:
            return
        self._next_ns = now_ns + ASK_EVERY_NS
        known: dict[tuple[str, str], Failure | None] = {}
        for job in (*running, *_queued(store)):
            for name in sorted(_records_of(job)):
                if name not in known:
                    known[name] = self._look(name)
                if (failure := known[name]) is not None:
                    yield job, failure
                    break

    def _check_record(self, kind: str, called: str) -> None:
        from livecam.personas.store import PersonaStore
        from livecam.personas.voice_store import VoiceStore

        if kind == TRAINING:
            from livecam.personas.training_store import TrainingStore

            TrainingStore(self._data_folder).check(called)
            return
        store = PersonaStore(self._data_folder) if kind == PERSONA else VoiceStore(self._data_folder)
        store.check_record(called)

    def _look(self, name: tuple[str, str]) -> Failure | None:
        kind, called = name
        try:
            self._check_record(kind, called)
        except PersonaError as error:
            if name in self._held:
                return Failure(f"cancelled: {error}", error.help_text, error.exit_code)
            return None
        self._held.add(name)
        return None


def _queued(store: SqliteJobStore) -> tuple[Job, ...]:
    found: list[Job] = []
    while page := store.list(State.QUEUED, found[-1].id if found else None, _PAGE):
        found += page
    return tuple(found)
