"""The sound of any file, damaged or with pictures, as far as it can be decoded: one channel at 48 kHz."""

from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from livecam.core.errors import DeviceError
from livecam.devices.container import open_container

RATE_HZ: Final = 48_000
LONGEST_S: Final = 600.0
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 4_000, 768_000


def sound_of(path: Path, longest_s: float = LONGEST_S) -> NDArray[np.float32]:
    """The first minutes of the first sound of a file, mixed to one channel; (n,) float32, empty when it has none.

    What is damaged is left out; a file that breaks off ends there.

    Raises:
        DeviceError: The file cannot be opened.
    """
    try:
        container = open_container(path)
    except (FFmpegError, OSError) as error:
        hint = "try the file in a player"
        raise DeviceError(f"{path} cannot be opened: {error.strerror}", hint=hint) from error
    with container:
        # A stream in a codec nobody here knows has no context.
        codec = getattr(container.streams.audio[0], "codec_context", None) if container.streams.audio else None
        rate_hz = 0 if codec is None else codec.sample_rate
        if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
            return np.zeros(0, np.float32)
        return _decoded(container, longest_s)


def _decoded(container: av.container.InputContainer, longest_s: float) -> NDArray[np.float32]:
    resampler = AudioResampler("flt", "mono", RATE_HZ)
    parts: list[NDArray[np.float32]] = []
    count = 0
    packets = container.demux(container.streams.audio[0])
    while count < longest_s * RATE_HZ:
        try:
            packet = next(packets, None)
        except FFmpegError:
            break
        if packet is None:
            break
        try:
            ready = [made for frame in packet.decode() for made in _resampled(resampler, frame)]
        except FFmpegError:
            continue
        except ValueError:
            # The file changes its rate or channels on the way.
            break
        parts += ready
        count += sum(map(len, ready))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _resampled(resampler: AudioResampler, frame: object) -> list[NDArray[np.float32]]:
    assert isinstance(frame, AudioFrame)
    return [np.asarray(made.to_ndarray()[0], np.float32) for made in resampler.resample(frame)]
