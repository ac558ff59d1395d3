"""A stream that states a larger size on the way than any picture may have: those pictures are left out."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.video.frame import VideoFrame

from livecam.core.errors import CameraError
from livecam.devices.media import clip
from livecam.devices.media.clip import ClipReel
from tests.clips import numbered

SMALL_WH, LARGE_WH = (64, 48), (256, 192)
CODECS = [("libvpx", "yuv420p"), ("libvpx-vp9", "yuv420p"), ("mjpeg", "yuvj420p")]


def encoded(codec: str, form: str, size_wh: tuple[int, int], first: int) -> list[Packet]:
    """Three packets, each of which can be decoded by itself."""
    context = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = *size_wh, form
    context.framerate, context.time_base = 30, Fraction(1, 30)
    context.options = {"g": "1", "x264-params": "repeat-headers=1"} if codec == "libx264" else {"g": "1"}
    packets = []
    for number in range(first, first + 3):
        picture = VideoFrame.from_ndarray(numbered(number, size_wh), format="bgr24").reformat(format=form)
        picture.pts = number
        packets += context.encode(picture)
    return packets + context.encode(None)


def written(path: Path, codec: str, form: str, sizes_wh: list[tuple[int, int]]) -> Path:
    """Write three pictures of each size into one stream."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = *sizes_wh[0], form
        for number, size_wh in enumerate(sizes_wh):
            for packet in encoded(codec, form, size_wh, 3 * number):
                packet.stream, packet.time_base = stream, Fraction(1, 30)
                out.mux(packet)
    return path


@pytest.mark.parametrize("codec,form", [*CODECS, ("libx264", "yuv420p")])
def test_a_clip_above_the_limit_is_refused(tmp_path: Path, monkeypatch, codec, form) -> None:
    monkeypatch.setattr(clip, "MOST_PIXELS", SMALL_WH[0] * SMALL_WH[1])
    path = written(tmp_path / "large.mkv", codec, form, [LARGE_WH])
    with pytest.raises(CameraError, match=r"no picture of large\.mkv can be decoded"):
        ClipReel(path.open("rb"), path.name)


@pytest.mark.parametrize("codec,form", CODECS)
@pytest.mark.parametrize("most_pixels,shown", [(1 << 20, 6), (SMALL_WH[0] * SMALL_WH[1], 3)])
def test_pictures_above_the_limit_are_left_out(tmp_path: Path, monkeypatch, codec, form, most_pixels, shown) -> None:
    monkeypatch.setattr(clip, "MOST_PIXELS", most_pixels)
    path = written(tmp_path / "grows.mkv", codec, form, [SMALL_WH, LARGE_WH])
    reel = ClipReel(path.open("rb"), path.name)
    sizes = []
    while reel.grab() is not None:
        sizes.append(reel._current.width)
        reel.retrieve()
    reel.close()
    assert len(sizes) == shown
    assert (LARGE_WH[0] in sizes) == (shown == 6)
    assert any("left out" in remark for remark in reel.remarks) == (shown == 3)
