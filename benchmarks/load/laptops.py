"""Simulated laptops: each sends the newest crop of its camera, one at a time, as `engines.swap.remote` does."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import grpc
import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT32, Value
from engines.swap.remote.protocol import INFER, make_infer_request

FPS = 30
CROP_PX = 128


@dataclass
class Texture:
    """One question and its answer, in seconds since the stream began.

    Attributes:
        captured_s: When the frame was captured.
        sent_s: When it was sent.
        answered_s: When the texture came; infinite where none did.
    """

    captured_s: float
    sent_s: float
    answered_s: float


@dataclass
class Stream:
    """What one laptop saw.

    Attributes:
        textures: In the order in which they were asked for.
        seconds: How long it ran.
    """

    textures: list[Texture] = field(default_factory=list)
    seconds: float = 0.0


def record_crops(count: int = 60) -> list[NDArray[np.float32]]:
    """Return crops of the sample clip's face, (1, 3, 128, 128) in 0..1, RGB."""
    import av
    import cv2

    from livecam.devices.media.sample import SAMPLE_CLIP

    crops = []
    with av.open(str(SAMPLE_CLIP)) as container:
        for frame in container.decode(container.streams.video[0]):
            picture = frame.to_ndarray(format="rgb24")
            height, width = picture.shape[:2]
            side = height // 2
            middle = picture[height // 4 : height // 4 + side, (width - side) // 2 : (width + side) // 2]
            small = cv2.resize(middle, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA)
            crops.append((small.transpose(2, 0, 1)[None] / 255).astype(np.float32))
            if len(crops) == count:
                break
    return crops


async def run_stream(
    place: str, requests: Sequence[bytes], begin_s: float, seconds: float, deadline_s: float
) -> Stream:
    """Run one laptop; it begins at a time of `perf_counter`."""
    seen = Stream(seconds=seconds)
    async with grpc.aio.insecure_channel(place, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        await channel.channel_ready()
        ask = channel.unary_unary(INFER, request_serializer=None, response_deserializer=None)
        await asyncio.sleep(max(begin_s - perf_counter(), 0))
        last = -1
        while (now_s := perf_counter() - begin_s) < seconds:
            number = int(now_s * FPS)
            if number <= last:
                await asyncio.sleep((last + 1) / FPS - now_s)
                continue
            last, sent_s, answered_s = number, perf_counter() - begin_s, float("inf")
            try:
                await ask(requests[number % len(requests)], timeout=deadline_s)
                answered_s = perf_counter() - begin_s
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.25)
            seen.textures.append(Texture(number / FPS, sent_s, answered_s))
    return seen


def make_requests(crops: Sequence[NDArray[np.float32]], model: str = "swap") -> list[bytes]:
    face = Value("face", FLOAT32, (1, 3, CROP_PX, CROP_PX))
    out = Value("texture", FLOAT32, (1, 3, CROP_PX, CROP_PX))
    return [make_infer_request(model, [(face, crop)], [out]) for crop in crops]


async def run_laptops(place: str, count: int, seconds: float, deadline_s: float, seed: int) -> list[Stream]:
    """Run many laptops that begin at random within the first tenth of the time."""
    requests = make_requests(record_crops())
    starts = np.cumsum(np.random.default_rng(seed).exponential(0.1 * seconds / count, count))
    begin_s = perf_counter() + 0.5
    running = [run_stream(place, requests, begin_s + start, seconds, deadline_s) for start in starts]
    return list(await asyncio.gather(*running))


@dataclass(frozen=True)
class Figures:
    """What a number of streams got.

    Attributes:
        streams: How many.
        age_ms: Age of the drawn texture at each picture, p50, p95 and p99; infinite where none could be drawn.
        refreshed_hz: Textures a second and stream.
        in_time: Share of questions that were answered within the deadline.
        round_trip_ms: Median.
    """

    streams: int
    age_ms: tuple[float, float, float]
    refreshed_hz: float
    in_time: float
    round_trip_ms: float


def summarize(streams: Sequence[Stream], skip_s: float = 2.0) -> Figures:
    """Return the figures of a run without its first two seconds."""
    ages = np.concatenate([ages_of(stream, skip_s) for stream in streams])
    kept = [texture for stream in streams for texture in stream.textures if texture.captured_s >= skip_s]
    answered = [texture for texture in kept if np.isfinite(texture.answered_s)]
    spans = sum(stream.seconds - skip_s for stream in streams)
    trips = [texture.answered_s - texture.sent_s for texture in answered] or [float("inf")]
    p50, p95, p99 = (round(1000 * float(value), 1) for value in np.percentile(ages, (50, 95, 99), method="lower"))
    return Figures(
        len(streams),
        (p50, p95, p99),
        round(len(answered) / spans, 2),
        round(len(answered) / max(len(kept), 1), 4),
        round(1000 * float(np.median(trips)), 1),
    )


def ages_of(stream: Stream, skip_s: float) -> NDArray[np.float64]:
    """Return how old the newest texture is at each picture of a stream, in seconds."""
    ticks = np.arange(int(skip_s * FPS), int(stream.seconds * FPS)) / FPS
    answered = sorted(
        (each for each in stream.textures if np.isfinite(each.answered_s)), key=lambda each: each.answered_s
    )
    if not answered:
        return np.full(len(ticks), np.inf)
    newest = np.searchsorted([each.answered_s for each in answered], ticks, side="right") - 1
    captured = np.array([each.captured_s for each in answered])
    return np.where(newest >= 0, ticks - captured[np.maximum(newest, 0)], np.inf)
