"""Recordings of speech, read from any file with sound in it."""

from pathlib import Path
from typing import Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from livecam.core.errors import SoundError
from livecam.devices.container import open_container

RATE_HZ: Final = 48_000
_LONGEST_S: Final = 3600
_PLAYS = "give a file that plays, for example a WAV of somebody speaking"


def read_sound(path: Path) -> NDArray[np.float32]:
    """(n,) float32 at 48 kHz, channels averaged, at most an hour.

    Raises:
        SoundError: No such file, no sound in it, or it breaks off at once.
    """
    if not path.is_file():
        raise SoundError(f"there is no file {path}", hint=_PLAYS)
    try:
        sound = _decoded(path)
    except FFmpegError as error:
        raise SoundError(f"{path.name} cannot be read: {error.strerror}", hint=_PLAYS) from error
    if not sound.any():
        raise SoundError(f"{path.name} is silent", hint=_PLAYS)
    return np.nan_to_num(np.clip(sound, -1, 1))


def sound_from_first_picture(path: Path) -> NDArray[np.float32]:
    """The sound of a clip as from `read_sound`, cut or led by silence so that it begins with the first picture.

    Raises:
        SoundError: As `read_sound`.
    """
    sound = read_sound(path)
    later = round((_begin_s(path, "audio") - _begin_s(path, "video")) * RATE_HZ)
    return sound[-later:] if later < 0 else np.concatenate([np.zeros(later, np.float32), sound])


def _begin_s(path: Path, kind: str) -> float:
    """When the first picture or sound that can be decoded is."""
    with open_container(path) as container:
        for packet in container.demux(getattr(container.streams, kind)):
            try:
                first = next(iter(packet.decode()), None)
            except FFmpegError:
                continue
            if first is not None:
                return float(first.time or 0.0)
    return 0.0


def _decoded(path: Path) -> NDArray[np.float32]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    parts: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    count = 0
    with open_container(path) as container:
        if not container.streams.audio:
            raise SoundError(f"there is no sound in {path.name}", hint=_PLAYS)
        for frame in container.decode(audio=0):
            parts += [made.to_ndarray()[0] for made in resampler.resample(frame)]
            count += len(parts[-1])
            if count > _LONGEST_S * RATE_HZ:
                raise SoundError(f"{path.name} is longer than an hour", hint="cut it into parts")
        parts += [made.to_ndarray()[0] for made in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32)
