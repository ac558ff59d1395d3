"""A command line with its own home, and a session that plays a script instead of a camera."""

import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from livecam.app.persona_choice import PersonaChoice
from livecam.cli import main
from livecam.cli import run_command as run_module
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.payload import FACE, SYNTHETIC, MarkPayload
from livecam.core.report import FrameCounts, Report
from livecam.personas.store import PersonaStore


@dataclass
class Said:
    """What a command gave back."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture(autouse=True)
def signals_of_a_terminal() -> Iterator[None]:
    """As a shell leaves them: what starts the tests, as `nohup` or a job in the background, may ignore some."""
    meant = {signal.SIGINT: signal.default_int_handler}
    if sys.platform != "win32":
        meant[signal.SIGHUP] = signal.SIG_DFL
    before = {number: signal.signal(number, handler) for number, handler in meant.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def livecam(tmp_path, monkeypatch, capsys) -> Command:
    """Run the program in an empty folder with an empty home."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Said:
        code = main([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return run


def read_remarks(name: str | None) -> tuple[str, ...]:
    """What the photo of a stored persona lacks; nothing for others."""
    store = PersonaStore(data_folder())
    return store.remarks(name) if name in store.names() else ()


class ScriptedSession:
    """Shows `reports` reports and remembers its calls; `fail` is raised on leaving."""

    def __init__(self, settings: Settings, reports: int = 3, fail: Exception | None = None) -> None:
        self.settings, self.reported, self.stopped = settings, [], False
        self.payload = MarkPayload(FACE | SYNTHETIC, 1)
        self.parts = SimpleNamespace(
            persona=SimpleNamespace(name=settings.persona or "robin", remarks=read_remarks(settings.persona)),
            store=PersonaStore(data_folder()),
            source=SimpleNamespace(name="fake camera"),
            sink=SimpleNamespace(name="fake sink"),
            engine=SimpleNamespace(facts={"provider": "cpu"}),
            remarks=("there is no virtual camera on this system",),
        )
        self._count, self._fail, self.entered = reports, fail, False

    def __enter__(self) -> "ScriptedSession":
        self.entered = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._fail is not None:
            raise self._fail

    def reports(self, every_s: float) -> Iterator[Report]:
        for number in range(self._count):
            if self.stopped:
                return
            yield Report(
                seconds=float(number), fps=30.0, level="RENDER", reason="in time", frames=FrameCounts(new=number + 1)
            )

    def report(self) -> Report:
        return Report(
            frames=FrameCounts(captured=90, sent=90, held=2, new=88),
            seconds=3.0,
            fps=30.0,
            new_fps=29.3,
            latency_ms={"p50": 12.3, "p95": 20},
        )

    def stop(self) -> None:
        self.stopped = True

    def freeze(self, on: bool) -> None:
        self.reported.append(("freeze", on))

    def mirror(self, on: bool) -> None:
        self.reported.append(("mirror", on))

    def strength(self, share: float) -> None:
        self.reported.append(("strength", share))

    def mode(self, name: str) -> None:
        self.reported.append(("mode", name))

    def use(self, persona: object) -> None:
        self.reported.append(("use", persona.name))


@dataclass
class Stage:
    """The next sessions: how they go, and which were opened."""

    make: Callable[[Settings], ScriptedSession] = ScriptedSession
    refuse: Exception | None = None
    opened: list[ScriptedSession] = field(default_factory=list)

    def open(self, settings: Settings, insist: Callable[[str], bool], choice: PersonaChoice) -> ScriptedSession:
        if self.refuse is not None:
            raise self.refuse
        self.opened.append(self.make(settings))
        return self.opened[-1]


@pytest.fixture
def stage(monkeypatch) -> Stage:
    """Sessions opened by `run` play a script."""
    stage = Stage()
    monkeypatch.setattr(run_module, "open_session", stage.open)
    return stage
