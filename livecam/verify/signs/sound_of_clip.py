"""Speech energy of a clip from its first picture on."""

from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError, SoundError
from livecam.devices.media.door import Clip, Sound
from livecam.devices.media.sound import RATE_HZ
from livecam.devices.media.timeline import LONGEST_GAP_NS
from livecam.verify.signs.lips import measure_speech
from livecam.verify.signs.observer import MOST_S
from livecam.verify.signs.series import SPEECH_HZ, Floats

_SILENCE_DB: Final = -120.0


def read_speech(path: Path) -> Floats | None:
    """Return speech energy in dB, `SPEECH_HZ` values a second; None without sound.

    Sound that begins before the first picture is cut; silence leads sound that begins later.
    """
    try:
        with closing(Sound(path)) as sound:
            begin_ns = sound.begin_ns
            parts, count = [], 0
            for piece in sound.pieces():
                parts.append(piece)
                count += len(piece)
                if count > MOST_S * RATE_HZ:
                    break
        with closing(Clip(path)) as clip:
            later_ns = begin_ns - clip.begin_ns
    except (SoundError, CameraError):
        return None
    if not parts:
        return None
    later_ns = 0 if abs(later_ns) > LONGEST_GAP_NS else later_ns
    energy = measure_speech(np.concatenate(parts), RATE_HZ)
    shift = round(later_ns * SPEECH_HZ / NS_PER_S)
    if shift >= 0:
        return np.concatenate([np.full(shift, _SILENCE_DB, np.float32), energy])
    return energy[-shift:]
