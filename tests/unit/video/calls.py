"""What a video call does to pictures: H.264 without delay, baseline, under a hard limit of its rate."""

import io
from collections.abc import Iterable
from fractions import Fraction

import av
import cv2
import numpy as np

from livecam.core.frame import Pixels
from tests.unit.disclosure.scenes import RATE_HZ


def after_a_call(pictures: Iterable[Pixels], size_wh: tuple[int, int], kbps: int) -> list[Pixels]:
    """The pictures, each (h, w, 3) uint8 BGR, as they arrive in this size at this rate."""
    data, limit = io.BytesIO(), f"{kbps}k"
    options = {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline", "maxrate": limit, "bufsize": limit}
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size_wh, "yuv420p", kbps * 1000
        for n, pixels in enumerate(pictures):
            small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA)
            frame = av.VideoFrame.from_ndarray(np.asarray(small, np.uint8), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(io.BytesIO(data.getvalue())) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
