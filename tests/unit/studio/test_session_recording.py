"""A recording from the page takes the pictures that go out, and the altered voice where the session has one."""

from base64 import b64encode
from queue import Queue
from types import SimpleNamespace

import numpy as np
import pytest

from livecam.audio.process.recording import RecordedVoice
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeSink
from livecam.core.payload import MarkPayload
from livecam.core.report import WrittenFile
from livecam.devices.sink import ChosenSink
from livecam.disclosure.picture import Marker
from livecam.studio.session import recording
from livecam.studio.session.preview import TapSink

SIZE_WH = (64, 48)
SESSION = 0xBEEF
MARKER = Marker(SIZE_WH)


class File(FakeSink):
    """A file that says when it was given a picture."""

    def __init__(self, full=False):
        super().__init__(SIZE_WH)
        self.given, self.full, self.heard = Queue(), full, []

    def send(self, frame):
        if self.full:
            self.given.put(None)
            raise OutputError("the disk is full", advice="free some space")
        super().send(frame)
        self.given.put(frame)


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return what begins a recording of a session with or without a voice."""

    def begin(speaks, full=False):
        file = File(full)
        sound = SimpleNamespace(send=file.heard.append) if speaks else None
        asked, signed = {}, []

        def choose(spec, size_wh, rate_hz, **more):
            asked.update(more, spec=spec)
            return ChosenSink(file, sound=sound)

        def sign(paths, payloads, folder, heard):
            signed.append((paths, payloads, heard))
            return (WrittenFile("a.mp4", signed=True),)

        monkeypatch.setattr(recording, "choose_sink", choose)
        monkeypatch.setattr(recording, "sign_written", sign)
        monkeypatch.setattr(recording, "_TAIL_NS", 0)
        session = SimpleNamespace(
            sound=RecordedVoice([], 0.0) if speaks else None,
            settings=SimpleNamespace(fps=30.0, mode="swap"),
            payload=MarkPayload(0, SESSION),
        )
        tap = TapSink(FakeSink(SIZE_WH))
        made = recording.Recording(tap, tmp_path / "recordings", session, tmp_path)
        return SimpleNamespace(made=made, tap=tap, session=session, file=file, asked=asked, signed=signed)

    return begin


def show(begun, number):
    picture = MARKER.mark(np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8), number, number)
    begun.tap.send(picture)
    begun.file.given.get(timeout=60)
    return picture


def speak(session):
    session.sound.take({"first_sample": 0, "spoken_ns": 0, "data": b64encode(bytes(960)).decode()})
    session.sound.turn()


def test_every_picture_that_goes_out_is_written_once_and_signed(begun):
    run = begun(speaks=False)
    shown = [show(run, number) for number in range(3)]
    run.tap.send(shown[-1])
    done = run.made.finish()
    assert run.file.frames == shown and run.file.closed
    assert run.asked["sound"] is False and done["signed"] and done["file"].startswith("livecam-")
    assert run.signed[0][1:] == ((run.session.payload,), ())


def test_the_voice_is_recorded_from_the_beginning_to_the_end(begun):
    run = begun(speaks=True)
    show(run, 0)
    speak(run.session)
    run.made.finish()
    speak(run.session)
    assert len(run.file.heard) == 1 and run.asked["sound"] is True
    assert run.signed[0][2] == (SESSION,), "the manifest names the session of the sound's mark"


def test_a_full_disk_is_said_and_the_session_goes_on(begun):
    run = begun(speaks=False, full=True)
    show(run, 0)
    assert "the disk is full" in run.made.finish()["trouble"]
    run.tap.send(run.tap.last.picture)
    assert run.tap.bells == ()
