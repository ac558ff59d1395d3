"""A file's small picture: of the middle, since a recording of livecam begins with a card."""

import io

import av
import cv2
import numpy as np
import pytest

from livecam.devices.media.facts import list_facts

RED, GREEN = (0, 0, 255), (0, 255, 0)


def clip_of(*pictures: tuple[tuple[int, int, int], int]) -> bytes:
    """Return a clip of so many pictures of each colour, 30 a second."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30, width=64, height=48, pix_fmt="yuv420p")
        for colour, count in pictures:
            for _ in range(count):
                pixels = np.full((48, 64, 3), colour, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def colour_of(data: bytes) -> tuple[int, int, int]:
    facts, thumb = list_facts(io.BytesIO(data), "clip.mp4")
    assert facts["kind"] == "video"
    shown = cv2.imdecode(np.frombuffer(thumb, np.uint8), cv2.IMREAD_COLOR)
    return tuple(255 * bool(value > 128) for value in shown.mean((0, 1)))


@pytest.mark.parametrize(
    ("pictures", "shown"),
    [
        (((RED, 30), (GREEN, 60)), GREEN),
        (((RED, 60), (GREEN, 20)), RED),
        (((RED, 90), (GREEN, 300)), GREEN),
        (((RED, 1),), RED),
    ],
)
def test_the_picture_is_of_the_middle_or_the_fourth_second(pictures, shown):
    assert colour_of(clip_of(*pictures)) == shown


def test_a_clip_that_is_cut_off_has_its_first_picture():
    whole = clip_of((RED, 30), (GREEN, 120))
    begin = whole.index(b"mdat")
    length = int.from_bytes(whole[begin - 4 : begin], "big")
    broken = bytearray(whole)
    middle = begin + length // 3
    broken[middle : begin + length - 8] = bytes(begin + length - 8 - middle)
    assert colour_of(bytes(broken)) in (RED, GREEN)
