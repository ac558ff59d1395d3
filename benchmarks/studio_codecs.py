"""What a picture of the preview costs as JPEG and as H.264, on the sample clip.

Run: python benchmarks/studio_codecs.py [--pictures N]
"""

import argparse
import json
import time
from fractions import Fraction

import av
import cv2
import numpy as np

from livecam.devices.media.sample import open_sample
from livecam.studio.session.preview import _QUALITY, RATE_HZ, SIZE_WH


def pictures(count: int) -> list[np.ndarray]:
    """Return pictures of the sample at the preview's own rate, shrunk."""
    reel, found = open_sample((1280, 720)), []
    while len(found) < count and reel.grab() is not None and reel.grab() is not None:
        found.append(cv2.resize(reel.retrieve(), SIZE_WH, interpolation=cv2.INTER_AREA))
    reel.close()
    return found


def as_jpeg(shown: list[np.ndarray]) -> int:
    return sum(len(cv2.imencode(".jpg", each, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1]) for each in shown)


def as_h264(shown: list[np.ndarray]) -> int:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = SIZE_WH
    encoder.pix_fmt, encoder.time_base, encoder.thread_count = "yuv420p", Fraction(1, RATE_HZ), 1
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "g": "150"}
    total = 0
    for number, each in enumerate(shown):
        frame = av.VideoFrame.from_ndarray(each, format="bgr24")
        frame.pts = number
        total += sum(packet.size for packet in encoder.encode(frame))
    return total + sum(packet.size for packet in encoder.encode(None))


def measure(count: int) -> dict[str, object]:
    shown, result = pictures(count), {}
    for name, encode in (("jpeg", as_jpeg), ("h264", as_h264)):
        encode(shown[:10])
        begin, size = time.process_time(), encode(shown)
        per_picture_ms = 1000 * (time.process_time() - begin) / len(shown)
        result[name] = {
            "cpu_ms": round(per_picture_ms, 2),
            "core_percent": round(per_picture_ms * RATE_HZ / 10, 1),
            "kb_per_s": round(size / len(shown) * RATE_HZ / 1000),
        }
    return {"pictures": len(shown), **result}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=150)
    print(json.dumps(measure(parser.parse_args().pictures), indent=1))
