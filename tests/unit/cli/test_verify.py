import json
import wave

import cv2
import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.payload import FACE, SYNTHETIC, MarkPayload
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from livecam.disclosure.sound.watermark import SoundMark
from tests.unit.audio.voices import voice
from tests.unit.disclosure.scenes import PERIOD_NS, scene

PAYLOAD = MarkPayload(FACE | SYNTHETIC, 0xBEEF)
SIZE_WH = (640, 360)


def recorded(path, count=150):
    """A marked scene through the recorder that sessions use."""
    sink, marker = FileSink(path, SIZE_WH, 30), Marker(SIZE_WH, payload=PAYLOAD)
    for n, pixels in enumerate(scene(SIZE_WH, count)):
        sink.send(marker.mark(pixels, n * PERIOD_NS, n))
    sink.close()
    return path


def unmarked(path, count=150):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, SIZE_WH)
    for pixels in scene(SIZE_WH, count):
        writer.write(pixels)
    writer.release()
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("marked") / "clip.mp4")


def test_a_recording_is_marked_and_says_what_and_how_surely(livecam, clip):
    said = livecam("verify", clip)
    assert said.code == 0
    assert said.out.startswith(f"{clip}: marked\n")
    for words in (
        "found in 1 of 1 windows",
        "fewer than 1e-12",
        "payload: face altered, synthetic persona",
        "session beef",
        "region: full frame",
    ):
        assert words in said.out


def test_the_same_as_json(livecam, clip):
    said = livecam("verify", clip, "--json")
    shown = json.loads(said.out)
    assert shown["marked"] and shown["payload"] == {"version": 1, "flags": 5, "session": 0xBEEF}
    assert shown["picture_watermark"][0]["score"] > shown["picture_watermark"][0]["threshold"]
    assert shown["visible_label"]["found"] == len(shown["visible_label"]["similarity"]) == 3
    assert shown["schema"] == 2


@pytest.mark.slow
def test_an_unmarked_clip_is_distinguished(livecam, tmp_path):
    said = livecam("verify", unmarked(tmp_path / "plain.avi"))
    assert said.code == 1
    assert "not marked" in said.out and "not found in 1 windows" in said.out and "found in 0 of" in said.out


def test_a_folder_of_pictures_is_read(livecam, tmp_path):
    marker = Marker(SIZE_WH, payload=PAYLOAD)
    for n, pixels in enumerate(scene(SIZE_WH, 70)):
        cv2.imwrite(str(tmp_path / f"{n}.jpg"), marker.mark(pixels, n * PERIOD_NS, n).pixels)
    said = livecam("verify", tmp_path)
    assert said.code == 0 and "session beef" in said.out


def test_a_still_is_known_by_its_plate(livecam, tmp_path):
    still = tmp_path / "still.png"
    pixels = next(scene(SIZE_WH, 1))
    cv2.imwrite(str(still), Marker(SIZE_WH).mark(pixels.copy(), 0, 0).pixels)
    said = livecam("verify", still)
    assert said.code == 0
    assert "anyone can draw a label" in said.out and "a still picture" in said.out
    cv2.imwrite(str(still), pixels)
    assert livecam("verify", still).code == 1


def write_sound(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def test_a_sound_is_read(livecam, tmp_path):
    speech = voice(17)
    block = AudioBlock(speech[:, None], 48_000, 0, 0)
    marked = write_sound(tmp_path / "marked.wav", SoundMark(0xBEEF).process(block).samples[:, 0])
    said = livecam("verify", marked)
    assert said.code == 0
    assert "audio watermark" in said.out and "session beef" in said.out and "no picture to search" in said.out
    assert json.loads(livecam("verify", marked, "--json").out)["audio_watermark"][0]["session"] == 0xBEEF
    plain = livecam("verify", write_sound(tmp_path / "plain.wav", speech))
    assert plain.code == 1 and "not found in 2 windows of up to 16 s" in plain.out


@pytest.mark.parametrize("name", ["missing.mp4", "text.mp4", "text.png", "empty.jpg", "folder"])
def test_what_cannot_be_read_is_wrong_use(livecam, tmp_path, name):
    (tmp_path / "text.mp4").write_text("no film")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "folder").mkdir()
    said = livecam("verify", tmp_path / name)
    assert said.code == 2
    assert name in said.err and len(said.err.splitlines()) == 2


@pytest.mark.parametrize("seed", range(20))
def test_broken_files_end_in_an_answer(livecam, tmp_path, clip, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(clip.read_bytes()[: int(rng.integers(1, clip.stat().st_size))])
    for place in rng.integers(0, len(data), 30):
        data[place] = int(rng.integers(0, 256))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    assert livecam("verify", broken).code in (0, 1, 2)


def test_the_measures_of_the_code_follow_where_they_are_asked_for(livecam, clip):
    plain, said = livecam("verify", clip), livecam("verify", clip, "--policy")
    assert said.out.startswith(plain.out.rstrip()) and "not legal advice" in said.out
    assert "1.1 two layers" in said.out and "1 of 2: watermark, signed metadata" in said.out
    shown = json.loads(livecam("verify", clip, "--policy", "--json").out)["policy"]
    states = {measure["name"]: measure["state"] for measure in shown}
    assert states["1.1 watermark"] == states["deployer: visible label"] == "yes"
    assert states["1.1 signed metadata"] == states["3.4 signpost to the detector"] == "no"


def test_a_source_without_a_name_is_not_this_folder(livecam):
    assert livecam("verify", "").code == 2
    assert "name one source" in livecam("verify", "").err
    assert "no camera is named" in livecam("verify", "camera:").err
