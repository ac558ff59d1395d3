import math
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.core.errors import CameraError
from livecam.devices.media.door import Clip as ClipReel
from livecam.devices.media.recorded_source import UnpacedSource
from tests.clips import number_of, numbered, steady, turned, write_clip
from tests.media_files import flic, mirrored


def numbers(reel: ClipReel) -> list[int]:
    source, found = UnpacedSource(reel), []
    while (frame := source.read()) is not None:
        found.append(number_of(frame.pixels))
    return found


def test_every_picture_comes_once_and_in_order(tmp_path: Path) -> None:
    assert numbers(ClipReel(write_clip(tmp_path / "a.mp4", steady(10)))) == list(range(10))


def test_times_are_the_clips_own_also_at_a_changing_pace(tmp_path: Path) -> None:
    times_ms = [0, 40, 50, 300, 301, 900]
    reel = ClipReel(write_clip(tmp_path / "a.mkv", times_ms))
    grabbed = [reel.grab() for _ in times_ms]
    assert grabbed == [t * 1_000_000 for t in times_ms]
    assert reel.grab() is None


def test_the_first_picture_is_at_zero_wherever_the_clip_starts(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mkv", [5000, 5040, 5080]))
    assert [reel.grab(), reel.grab()] == [0, 40_000_000]


@pytest.mark.parametrize(
    ("degrees", "blue", "red"),
    [
        (90, np.s_[1:7, 20:30], np.s_[30:40, -5:]),
        (180, np.s_[20:30, -6:], np.s_[-5:, 20:30]),
        (270, np.s_[-7:, 20:30], np.s_[30:40, :5]),
    ],
)
def test_a_clip_a_phone_turned_is_upright(
    tmp_path: Path, degrees: int, blue: tuple[slice, slice], red: tuple[slice, slice]
) -> None:
    """The blue left and the red top edge go where a clockwise turn takes them."""
    reel = ClipReel(turned(write_clip(tmp_path / "a.mp4", steady(3), (96, 64)), degrees))
    reel.grab()
    pixels = reel.retrieve()
    assert pixels.shape[:2] == ((64, 96) if degrees == 180 else (96, 64))
    assert pixels[blue].mean((0, 1)).argmax() == 0
    assert pixels[red].mean((0, 1)).argmax() == 2


def test_a_clip_that_breaks_off_gives_what_is_there_and_then_ends(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(20), (640, 480))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    found = numbers(ClipReel(path))
    assert 5 < len(found) < 20
    assert found[:5] == [0, 1, 2, 3, 4]


def test_a_damaged_stretch_is_left_out(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(20), (640, 480), key_every=2)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(bytes(data))
    found = numbers(ClipReel(path))
    assert len(found) >= 10
    assert found[-1] == 19


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.mp4", b"", "cannot be opened"),
        ("text.mp4", b"no video at all\n" * 100, "cannot be opened"),
        ("header.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "cannot be opened|no video|no picture"),
    ],
)
def test_what_is_no_clip_is_refused_in_words(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CameraError, match=message) as refusal:
        ClipReel(tmp_path / name)
    assert refusal.value.help_text and "sample" not in refusal.value.help_text


def test_a_size_wish_scales_and_letterboxes(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mp4", steady(3), (64, 48)), size_wh=(128, 48))
    reel.grab()
    pixels = reel.retrieve()
    assert pixels.shape == (48, 128, 3)
    assert (pixels[:, :30] == 0).all()
    assert pixels[24, 64].mean() > 5


def test_rewinding_starts_from_the_first_picture(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mp4", steady(4)))
    first = numbers(reel)
    reel.rewind()
    assert numbers(reel) == first


@pytest.mark.parametrize("wild_ms", [90_000, 3_600_000, 3_000_000_000])
@pytest.mark.parametrize("place", [0, 4, 9])
def test_one_wild_time_stamp_is_bounded_and_remarked(tmp_path: Path, wild_ms: int, place: int) -> None:
    times_ms = steady(10)
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for number, time_ms in enumerate(times_ms):
            picture = av.VideoFrame.from_ndarray(numbered(number), format="bgr24")
            for packet in stream.encode(picture):
                packet.pts, packet.dts = (time_ms + (wild_ms if number == place else 0)) * 1000, time_ms * 1000
                packet.time_base = Fraction(1, 1_000_000)
                out.mux_one(packet)
    reel = ClipReel(path)
    found = [reel.grab() for _ in times_ms]
    assert all(at_ns is not None for at_ns in found)
    assert found == sorted(set(found))
    assert found[-1] <= 2 * times_ms[-1] * 1_000_000
    assert any("wild" in remark for remark in reel.remarks)
    reel.close()


@pytest.mark.parametrize(
    ("degrees", "is_oblique"), [(0, False), (1, False), (33, True), (45, True), (91, False), (200, True)]
)
def test_an_oblique_turn_is_remarked_once(tmp_path: Path, degrees: int, is_oblique: bool) -> None:
    clip = write_clip(tmp_path / "a.mp4", steady(3), (96, 64))
    data = bytearray(clip.read_bytes())
    start, angle = data.index(b"tkhd") + 44, math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    for place, value in zip((0, 4, 12, 16), (cos, sin, -sin, cos), strict=True):
        data[start + place : start + place + 4] = round(value * (1 << 16)).to_bytes(4, "big", signed=True)
    clip.write_bytes(bytes(data))
    reel = ClipReel(clip)
    while reel.grab() is not None:
        reel.retrieve()
    assert [remark for remark in reel.remarks if "quarter turns" in remark] == list(reel.remarks)
    assert len(reel.remarks) == is_oblique


def test_a_mirrored_clip_is_shown_as_a_player_shows_it(tmp_path: Path) -> None:
    reel = ClipReel(mirrored(write_clip(tmp_path / "a.mp4", steady(3), (96, 64))))
    reel.grab()
    pixels = reel.retrieve()
    assert pixels[30:40, -6:].mean((0, 1)).argmax() == 0
    assert pixels[1:6, 30:60].mean((0, 1)).argmax() == 2
    reel.close()


def test_pixels_that_are_not_square_become_square(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(1), format="bgr24")))
        out.mux(stream.encode(None))
    reel = ClipReel(path)
    assert reel.size_wh == (128, 48)
    reel.close()


@pytest.mark.parametrize(
    "name", ["rec-10:30.mp4", "pipe:0", "concat:a|b", "-a.mp4", "http:x.mp4", "a%03d.mp4", "file:a"]
)
def test_a_name_is_always_that_of_the_plain_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "a.mp4", steady(3)).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    reel = ClipReel(Path(name))
    assert numbers(reel) == [0, 1, 2]
    reel.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"ffconcat version 1.0\nfile b.mp4\n", "list of other files"),
        (b"\xef\xbb\xbfffconcat version 1.0\nfile b.mp4\n", "list of other files"),
        (b"#EXTM3U\n#EXTINF:1\nb.mp4\n", "playlist"),
        (b"v=0\nm=video 5004 RTP/AVP 96\n", "SDP"),
    ],
)
def test_what_names_other_files_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    write_clip(tmp_path / "b.mp4", steady(3))
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(CameraError, match=says):
        ClipReel(tmp_path / "a.mp4")


def test_a_flic_under_the_name_of_a_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="FLIC"):
        ClipReel(flic(tmp_path / "a.mp4"))


def test_late_pictures_need_not_be_decoded(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mp4", steady(25)))
    first, later = reel.grab(), reel.grab(900_000_000)
    while later is not None and later < 850_000_000:
        later = reel.grab(900_000_000)
    assert first == 0 and later is not None
    assert any("decode" in remark for remark in reel.remarks)
    reel.close()


HDR = {"PQ": (16, 0.5807, 0.7518), "HLG": (18, 0.75, 1.0)}
"""Transfer number, the code of diffuse white (203 cd/m2), the code of 1000 cd/m2 (ITU-R BT.2408)."""


def write_grey_steps(path: Path, codec: str, form: str, codes: tuple[float, ...], transfer: int) -> Path:
    """A clip of grey stripes with these codes (0..1), 10 bit where the form is."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options={"x265-params": "log-level=none", "crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 64 * len(codes), 64, form
        stream.codec_context.color_trc = transfer
        deep = form.endswith("10le")
        low, span, middle = (64, 876, 512) if deep else (16, 219, 128)
        luma = np.repeat(np.array([round(low + code * span) for code in codes]), 64)[None].repeat(64, 0)
        planes = [luma, np.full((32, luma.shape[1] // 2), middle), np.full((32, luma.shape[1] // 2), middle)]
        picture = av.VideoFrame(luma.shape[1], 64, form)
        for plane, values in zip(picture.planes, planes, strict=True):
            rows = np.zeros((plane.height, plane.line_size // (1 + deep)), "<u2" if deep else np.uint8)
            rows[:, : values.shape[1]] = values
            plane.update(rows.tobytes())
        picture.color_trc = transfer
        for number in range(3):
            picture.pts = number
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("curve", list(HDR))
def test_hdr_is_shown_in_the_range_of_an_ordinary_screen(tmp_path: Path, curve: str) -> None:
    transfer, white, brightest = HDR[curve]
    codes = (0.0, white / 2, white, brightest)
    reel = ClipReel(write_grey_steps(tmp_path / "a.mkv", "libx265", "yuv420p10le", codes, transfer))
    reel.grab()
    shown = [int(reel.retrieve()[32, 64 * n + 32].mean()) for n in range(4)]
    assert shown[0] <= 2 and shown[3] >= 253
    # Diffuse white is light grey: brighter than half, and well below the highlights.
    assert 0 < shown[1] < 100 and 170 <= shown[2] <= 220
    assert any(f"HDR ({curve})" in remark for remark in reel.remarks)
    reel.close()


def test_ten_bits_of_ordinary_range_are_shown_as_they_are(tmp_path: Path) -> None:
    codes = (0.0, 0.25, 0.5, 1.0)
    reel = ClipReel(write_grey_steps(tmp_path / "a.mkv", "libx265", "yuv420p10le", codes, 1))
    reel.grab()
    shown = [reel.retrieve()[32, 64 * n + 32].mean() for n in range(4)]
    assert shown == pytest.approx([255 * code for code in codes], abs=3)
    assert not [remark for remark in reel.remarks if "HDR" in remark]
    reel.close()


@pytest.mark.parametrize(("codec", "name"), [("mpeg2video", "a.mpg"), ("libx264", "a.mp4")])
def test_of_an_interlaced_clip_one_moment_is_shown(tmp_path: Path, codec: str, name: str) -> None:
    """A bar that moves from field to field stands in one place, not as a comb in two."""
    with av.open(str(tmp_path / name), "w") as out:
        options = {"flags": "+ildct+ilme", "x264-params": "tff=1:qp=1", "qmin": "1", "qmax": "2"}
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        pixels = np.full((64, 128, 3), 30, np.uint8)
        pixels[::2, 32:48], pixels[1::2, 80:96] = 220, 220
        for number in range(3):
            picture = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            picture.pts = number
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    reel = ClipReel(tmp_path / name)
    reel.grab()
    shown = reel.retrieve()[16:48].astype(int)
    assert shown[:, 34:46].min() > 180, "the bar of the first field is whole"
    assert shown[:, 82:94].max() < 70, "the bar of the second is not there"
    assert any("interlaced" in remark for remark in reel.remarks)
    reel.close()


def joined(path: Path, *clips: Path) -> Path:
    """Put the video tracks of several clips into one file, in this order."""
    with ExitStack() as opened:
        into = opened.enter_context(av.open(str(path), "w"))
        given = [opened.enter_context(av.open(str(clip))) for clip in clips]
        streams = [into.add_stream_from_template(each.streams.video[0]) for each in given]
        for source, stream in zip(given, streams, strict=True):
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    into.mux(packet)
    return path


def test_of_two_tracks_the_better_one_is_shown_and_remarked(tmp_path: Path) -> None:
    cover = write_clip(tmp_path / "cover.mkv", [0], (96, 64))
    clip = write_clip(tmp_path / "clip.mkv", steady(10))
    for names in ((cover, clip), (clip, cover)):
        reel = ClipReel(joined(tmp_path / "both.mkv", *names))
        assert reel.size_wh == (64, 48) and numbers(reel) == list(range(10))
        place = names.index(clip) + 1
        assert reel.remarks == (f"both.mkv: video track {place} of 2 is shown",)


def test_a_video_of_a_kind_that_is_not_read_is_named(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mov"), "w") as container:
        stream = container.add_stream("qtrle", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(1), format="bgr24").reformat(format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(CameraError, match="kind qtrle, which is not read"):
        ClipReel(tmp_path / "a.mov")
