"""Consent while it lasts: a yes that ends on air brings the card, ends the recording and the run."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import cv2
import pytest

import livecam
from livecam.app.components import Components
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.consent.watch import ASK_EVERY_NS, CARD_NS, ConsentWatch
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.fakes import FakeSource, FakeTextureEngine
from livecam.core.persona import Persona, PersonaKind
from livecam.personas.built_in import open_builtin
from livecam.personas.intake import open_photo_persona
from livecam.personas.photo.photo_file import read_photo
from livecam.personas.revoke import revoke_persona
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder
from livecam.provenance.manifest import read_manifest
from tests.personas import verified
from tests.session.stage import JudgedSink, Shot, StagedFinder, picture_of, synthetic_persona


class Yes:
    """A right that can be taken back."""

    def __init__(self) -> None:
        self.ended, self.asked = False, 0

    def __call__(self) -> None:
        self.asked += 1
        if self.ended:
            raise ConsentError("the consent for me was taken back", command="livecam persona list")


def staged(yes: Callable[[], None], seconds: int = 20) -> tuple[Session, JudgedSink, ManualClock]:
    """A session of 30 pictures a second on a manual clock."""
    clock, shots = ManualClock(1), [Shot()] * (30 * seconds)
    sink = JudgedSink(shots, clock)
    source = FakeSource((picture_of(shot) for shot in shots), 30.0, clock)
    persona = verified(synthetic_persona(), yes)
    parts = Components(
        persona=persona, finder=StagedFinder(shots), engine=FakeTextureEngine(), source=source, sink=sink
    )
    return Session(Settings(persona="sam"), parts, clock), sink, clock


def test_it_is_asked_every_two_seconds_and_the_card_is_up_within_five():
    yes = Yes()
    session, sink, clock = staged(yes)
    ended_ns = withdrawn_at = None
    with pytest.raises(ConsentError, match="taken back"):
        while session.capture.turn():
            session.process.turn()
            session.writer.turn()
            if clock.now_ns() > 6 * NS_PER_S and ended_ns is None:
                assert yes.asked in (2, 3)
                yes.ended, ended_ns = True, clock.now_ns()
            before = session.writer._presenter.revoked
            session.consent.turn()
            if session.writer._presenter.revoked and not before:
                withdrawn_at, shown_before = clock.now_ns(), len(sink.shown)
    assert ended_ns is not None and withdrawn_at is not None
    assert withdrawn_at - ended_ns <= 2.1 * NS_PER_S
    after = sink.shown[shown_before:]
    assert len(after) >= 25 and set(after) == {-1}
    assert max(sink.shown[:shown_before]) > 100 and not sink.leaks


def test_another_persona_is_asked_about_once_it_is_used():
    first, second = Yes(), Yes()
    session, _, clock = staged(first)
    session.use(verified(synthetic_persona("robin"), second))
    clock.advance_ns(ASK_EVERY_NS)
    session.consent.turn()
    assert (first.asked, second.asked) == (0, 1)


def test_only_what_the_store_vouches_for_is_shown():
    session, _, _ = staged(Yes())
    known = synthetic_persona("made-up")
    made_up = Persona("made-up", PersonaKind.OWN, known.photo, known.consent)
    with pytest.raises(PersonaError, match="only what the store gives out is shown") as caught:
        session.use(made_up)
    assert caught.value.exit_code == 5
    assert session.parts.persona.name == "sam"
    parts = Components(
        persona=made_up,
        finder=session.parts.finder,
        engine=session.parts.engine,
        source=session.parts.source,
        sink=session.parts.sink,
    )
    with pytest.raises(PersonaError, match="only what the store gives out is shown"):
        Session(Settings(persona="sam"), parts, ManualClock(1))


def test_the_voice_is_asked_about_too_and_everything_is_withdrawn_once():
    clock, face, voice, withdrawn = ManualClock(1), Yes(), Yes(), []
    watch = ConsentWatch(lambda: (face, voice), lambda: withdrawn.append(clock.now_ns()), clock)
    watch.turn()
    assert face.asked == 0
    clock.advance_ns(ASK_EVERY_NS)
    watch.turn()
    assert (face.asked, voice.asked, withdrawn) == (1, 1, [])
    voice.ended = True
    clock.advance_ns(ASK_EVERY_NS)
    watch.turn()
    assert len(withdrawn) == 1
    watch.turn()
    clock.advance_ns(CARD_NS)
    with pytest.raises(ConsentError):
        watch.turn()
    assert len(withdrawn) == 1


def test_a_run_stopped_while_the_card_is_shown_ends_with_the_reason():
    clock, yes, stopping = ManualClock(1), Yes(), Event()
    watch = ConsentWatch(lambda: (yes,), stopping.set, clock)
    yes.ended = True
    clock.advance_ns(ASK_EVERY_NS)
    with pytest.raises(ConsentError):
        watch.run(stopping)


def test_an_unexpected_failure_withdraws_too():
    clock, withdrawn = ManualClock(1), []

    def broken() -> None:
        raise ValueError("a defect")

    watch = ConsentWatch(lambda: (broken,), lambda: withdrawn.append(1), clock)
    clock.advance_ns(ASK_EVERY_NS)
    with pytest.raises(ValueError, match="a defect"):
        watch.run(Event())
    assert withdrawn == [1]


@pytest.mark.slow
def test_a_revocation_ends_a_real_run_and_keeps_its_recording(tmp_path: Path):
    photo, recording = tmp_path / "face.png", tmp_path / "a.mp4"
    photo.write_bytes(cv2.imencode(".png", open_builtin("kim").photo.pixels)[1].tobytes())
    store = PersonaStore(tmp_path / "data")
    finder = open_face_finder()
    open_photo_persona(read_photo(photo), store, finder, PersonaKind.OWN)
    finder.close()
    session = livecam.open(
        persona="face",
        camera="sample",
        sink="null",
        record=recording,
        size_wh=(320, 240),
        data_folder=tmp_path / "data",
    )
    with pytest.raises(PersonaError), session:
        for report in session.reports(every_s=0.2):
            if report.frames.sent > 75 and "face" in store.names():
                revoke_persona("face", store)
    assert session.report().files[0].path == str(recording)
    assert read_manifest(recording) is not None
