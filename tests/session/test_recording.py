"""A recording next to the output: what was sent is in it, it never stops the sending, and it is signed at the end."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from livecam.app.components import Components, open_recording
from livecam.app.session import Session
from livecam.audio.process.components import VoiceComponents
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock, SystemClock
from livecam.core.errors import OutputError, UsageError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.payload import VOICE
from livecam.core.persona import PersonaKind
from livecam.core.report import WrittenFile
from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.devices.media.sound import RATE_HZ
from livecam.devices.media.speech import read_sound_from_first_picture
from livecam.devices.recording.video_file import FileSink
from livecam.devices.sound.devices import VoiceOutput
from livecam.disclosure.picture import Marker
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from livecam.provenance.manifest import read_manifest
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.workers import RecordLoop
from tests.full_disk import small_disk
from tests.session.stage import SIZE_WH, Shot, picture_of, synthetic_persona
from tests.sounds import likeness, talking, write_wav

PICTURE = picture_of(Shot())
PATIENCE_S = 1800


def session(recording: FakeSink | FileSink, frames: int, files: tuple[Path, ...] = (), **settings: object) -> Session:
    clock = SystemClock()
    source = FakeSource([PICTURE] * frames, 100.0, clock)
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=source,
        sink=FakeSink(SIZE_WH, keep=100_000),
        recording=recording,
        files=files,
    )
    return Session(Settings(persona="sam", fps=100, **settings), parts, clock)  # type: ignore[arg-type]


def marked(number: int) -> MarkedFrame:
    return Marker(SIZE_WH).mark(PICTURE.copy(), number * 10**7, number)


def test_what_was_sent_is_recorded_to_the_last_picture():
    recording = FakeSink(SIZE_WH, keep=100_000)
    with session(recording, frames=60) as running:
        list(running.reports(every_s=0.05))
    sent = [frame.captured_ns for frame in running.parts.sink.frames]
    kept = [frame.captured_ns for frame in recording.frames]
    in_turn = iter(sent)  # not by their time: on a busy machine a card is later than the picture that follows it
    assert kept and all(captured_ns in in_turn for captured_ns in kept)
    assert kept[-1] == sent[-1]
    assert recording.closed


def test_a_recording_that_fails_says_so_and_the_output_goes_on():
    recording = FakeSink(SIZE_WH, fail_at=(2,))
    running = session(recording, frames=80)
    with pytest.raises(OutputError, match=r"the recording stopped after \d+\.\d s: ") as reported, running:
        list(running.reports(every_s=0.05))
    assert reported.value.exit_code == 3
    report = running.report()
    assert report.reason.startswith("the recording stopped after")
    assert report.frames.captured == 80 and running.parts.sink.sends > recording.sends


def test_a_full_disk_is_an_error_of_the_run_and_what_was_recorded_plays(tmp_path: Path):
    with small_disk(tmp_path / "disk", 8) as disk:
        path = disk / "a.mp4"
        running = session(FileSink(path, SIZE_WH, 100), 60, (path,), record=path, data_folder=tmp_path / "data")
        with pytest.raises(OutputError, match=r"the recording stopped after \d+\.\d s: .*No space left"), running:
            list(running.reports(every_s=0.05))
        assert running.parts.sink.sends > 0
        if path.exists():
            with av.open(str(path)) as kept:
                assert sum(1 for _ in kept.decode(video=0)) > 0


def test_a_recording_that_stopped_is_in_the_report(tmp_path: Path):
    path = tmp_path / "a.mp4"
    sink = FileSink(path, SIZE_WH, 100)
    running = session(sink, 5, (path,), record=path, data_folder=tmp_path / "data")
    assert running.recorder is not None
    sink.send(marked(1))
    running.recorder._failed(OutputError(f"the recording stopped after 0.0 s: {path} is full", advice="-"))
    with pytest.raises(OutputError, match="the recording stopped"), running:
        list(running.reports(every_s=0.05))
    assert running.report().files[0].stopped == f"the recording stopped after 0.0 s: {path} is full"


def test_a_slow_disk_loses_pictures_and_never_waits_for_them():
    pictures: Mailbox[MarkedFrame] = Mailbox(ManualClock())
    recorder = RecordLoop(pictures, FakeSink(SIZE_WH), ManualClock())
    for number in range(3):
        pictures.put(marked(number))
    pictures.close()
    assert recorder.turn() and not recorder.turn()
    assert pictures.replaced == 2


def test_a_session_signs_what_it_wrote_and_every_message_is_bound(tmp_path: Path):
    pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")
    path = tmp_path / "a.mp4"
    sink = FileSink(path, SIZE_WH, 100)
    with session(sink, frames=40, files=(path,), data_folder=tmp_path / "data") as running:
        list(running.reports(every_s=0.05))
        running.use(synthetic_persona("me", PersonaKind.OWN))
        frame, _ = running.pair()
        # The message changes with the picture.
        running._step.process(Frame(frame.pixels, running._clock.now_ns(), frame.seq + 1))
    assert running.report().files == (WrittenFile(str(path), signed=True),)
    found = read_manifest(path)
    assert found is not None and found.intact
    first, second = (value for _, value in found.bindings)
    assert first[:2] == "15" and second[:2] == "11" and first[2:6] == second[2:6]


def test_a_recording_is_opened_where_it_was_asked_for(tmp_path: Path):
    assert open_recording(None, None, SIZE_WH, 30) is None
    opened = open_recording(tmp_path / "a.mp4", tmp_path / "b.mp4", SIZE_WH, 30)
    assert opened is not None and opened.sink.name == str(tmp_path / "a.mp4") and opened.sound is None
    opened.sink.close()
    with pytest.raises(UsageError, match="is the output already"):
        open_recording(tmp_path / "a.mp4", tmp_path / "a.mp4", SIZE_WH, 30)
    with pytest.raises(OutputError, match="no folder"):
        open_recording(tmp_path / "no" / "a.mp4", None, SIZE_WH, 30)


def long_clip(path: Path, times: int = 8) -> Path:
    """The sample clip several times over, its packets copied."""
    with av.open(str(SAMPLE_CLIP)) as sample, av.open(str(path), "w") as longer:
        stream = longer.add_stream_from_template(sample.streams.video[0])
        for turn in range(times):
            sample.seek(0)
            for packet in sample.demux(video=0):
                if packet.dts is not None:
                    shift = turn * sample.streams.video[0].duration
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    longer.mux(packet)
    return path


def fragments(path: Path) -> int:
    return path.read_bytes().count(b"moof") if path.exists() else 0


def killed_while_it_writes(path: Path, *words: str, fragments_wanted: int = 6) -> None:
    """Start livecam in a process of its own and kill it when the file has a few fragments."""
    long_clip(path.parent / "long.mp4")
    environment = {**os.environ, "XDG_DATA_HOME": str(path.parent / "data")}
    program = [sys.executable, "-c", "import sys; from livecam.cli import main; sys.exit(main())", *words]
    with subprocess.Popen(program, cwd=path.parent, env=environment, stdout=subprocess.DEVNULL) as process:
        clock = SystemClock()
        end_ns = clock.now_ns() + PATIENCE_S * 10**9
        while fragments(path) < fragments_wanted and process.poll() is None and clock.now_ns() < end_ns:
            clock.sleep_until_ns(clock.now_ns() + 50_000_000)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def times_s(path: Path) -> list[float]:
    """When each picture of a file that plays is shown."""
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
@pytest.mark.parametrize(
    "words",
    [
        ("replay", "long.mp4", "--persona", "robin", "--out", "a.mp4"),
        ("run", "--camera", "long.mp4", "--persona", "robin", "--sink", "null", "--record", "a.mp4"),
    ],
    ids=["replay", "run --record"],
)
def test_a_killed_recording_plays_to_its_last_second(tmp_path: Path, words: tuple[str, ...]):
    path = tmp_path / "a.mp4"
    killed_while_it_writes(path, *words)
    count, times = fragments(path), times_s(path)
    assert count >= 6
    assert times[-1] >= count - 1 and times == sorted(times)
    if words[0] == "replay":  # a live run on a busy machine may leave gaps
        assert max(later - sooner for sooner, later in pairwise(times)) < 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
def test_a_killed_recording_has_the_voice_too_and_never_the_speakers(tmp_path: Path):
    speech = talking(60.0, RATE_HZ, 120, seed=3, hissing=0.0)
    write_wav(tmp_path / "talk.wav", speech)
    VoiceStore(tmp_path / "data" / "livecam").save("me", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
    voice = ("--voice", "willow", "--microphone", "talk.wav", "--voice-sink", "null", "--record", "a.mp4")
    path = tmp_path / "a.mp4"
    killed_while_it_writes(
        path, "run", "--camera", "long.mp4", "--persona", "robin", "--sink", "null", *voice, fragments_wanted=12
    )
    heard = read_sound_from_first_picture(path)
    assert len(heard) >= (fragments(path) - 2) * RATE_HZ
    assert np.abs(heard[6 * RATE_HZ :]).max() > 0.05
    assert likeness(heard, speech) < 0.85
    assert times_s(path)[-1] >= fragments(path) - 1


def test_a_session_with_a_voice_records_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started = []

    def start(job, clock, sounded):
        started.append((job, sounded))
        return SimpleNamespace(figures={})

    monkeypatch.setattr("livecam.app.session.ChildProcess", start)
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30, sound=True)
    voice = VoiceComponents(
        None, open_builtin_voice("cedar"), "file:talk.wav", VoiceOutput("null", "no output"), "cedar"
    )
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=FakeSource([PICTURE]),
        sink=sink,
        voice=voice,
        sounds=(sink.sound,),
    )
    running = Session(Settings(persona="sam"), parts, ManualClock(1))
    running.voice.turn()
    job, sounded = started[0]
    assert job.recorded and job.session == running.payload.session and running.payload.flags & VOICE
    sink.send(marked(1))
    data = b64encode(np.full(48_000, 9000, "<i2").tobytes()).decode()
    sounded({"first_sample": 0, "spoken_ns": 10**7, "data": data})
    running.sound.turn()
    sink.send(marked(150))
    sink.close()
    assert np.abs(read_sound_from_first_picture(tmp_path / "a.mp4")).max() > 0.2


def test_without_a_file_nothing_is_recorded():
    voice = VoiceComponents(
        None, open_builtin_voice("cedar"), "file:talk.wav", VoiceOutput("null", "no output"), "cedar"
    )
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=FakeSource([PICTURE]),
        sink=FakeSink(SIZE_WH),
        voice=voice,
    )
    assert Session(Settings(persona="sam"), parts, ManualClock(1)).sound is None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
def test_a_killed_recording_is_signed_later_because_it_carries_the_mark(tmp_path: Path):
    pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")
    path = tmp_path / "a.mp4"
    killed_while_it_writes(path, "replay", "long.mp4", "--persona", "robin", "--out", "a.mp4")
    program = [sys.executable, "-c", "import sys; from livecam.cli import main; sys.exit(main())"]
    for words in (("sign", "a.mp4", "--data-folder", "data"), ("verify", "a.mp4", "--json")):
        done = subprocess.run([*program, *words], cwd=tmp_path, capture_output=True, check=True, timeout=PATIENCE_S)
    manifest = json.loads(done.stdout)["manifest"]
    assert manifest["intact"] and manifest["bindings"][0][1].startswith("15")
