"""From a recording to the statistics of a voice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.envelope import REACH, compute_mel_cepstrum
from engines.voice.grain.frames import HOP, LOW_PASS, RATE_HZ, Filter, Floats, HighPass
from engines.voice.grain.pitch import LOOK_AHEAD_FRAMES, STEP, PitchTracker
from livecam.core.errors import VoiceError
from livecam.core.voice import SentenceSpan, VoiceStatistics

LEVEL: Final = 0.06
"""Root mean square that speech is brought to before it is looked at."""
COMPARED: Final = 25
"""Mel-cepstral coefficients 1 to 24 tell sounds apart."""
_QUIETEST: Final = 40 / 8.686
_VOICED_CLASSES: Final = 384
_UNVOICED_CLASSES: Final = 128
_FRAMES_PER_CLASS: Final = 4
_LEAST_SPEECH_S: Final = 3.0
_LEAST_CLASSES: Final = 8
_ROUNDS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """A recording frame by frame.

    Mel-cepstra (n, 40), pitch in Hz (n,), 0 when unvoiced.
    """

    spectra: Floats
    pitch_hz: Floats

    @property
    def spoken(self) -> NDArray[np.bool_]:
        """(n,) where the sound is within 40 dB of the loudest."""
        loudness = self.spectra[:, 0]
        return np.asarray(loudness > np.percentile(loudness, 99) - _QUIETEST)


def analyse_frames(samples: Floats) -> Frames:
    """Return every frame of a recording (n,) at 16 kHz, one per 5 ms."""
    tracker, low_pass = PitchTracker(), Filter(LOW_PASS)
    count = len(samples) // STEP * 2
    high_pass = HighPass(RATE_HZ, STEP)
    line = np.concatenate([samples[: count * HOP], np.zeros(LOOK_AHEAD_FRAMES * HOP)]).reshape(-1, STEP)
    line = np.array([high_pass(part) for part in line])
    steps = [tracker.step(part, low_pass(part)) for part in line][LOOK_AHEAD_FRAMES // 2 - 1 :]
    pitch = np.repeat(steps, 2)[:count]
    padded = np.concatenate([np.zeros(REACH), line.reshape(-1)[: count * HOP], np.zeros(REACH)])
    spectra = [compute_mel_cepstrum(padded[n * HOP : n * HOP + 2 * REACH], pitch[n]) for n in range(count)]
    return Frames(np.array(spectra).reshape(count, -1), pitch)


def learn_statistics(samples: Floats, readings: Sequence[SentenceSpan] = ()) -> VoiceStatistics:
    """Return the statistics of one person's speech (n,) at 16 kHz.

    `readings` say where known sentences are read.

    Raises:
        VoiceError: Too little speech in it.
    """
    level = float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    if level < 1e-5 or len(samples) < _LEAST_SPEECH_S * RATE_HZ:
        raise _too_little(0.0 if level < 1e-5 else len(samples) / RATE_HZ)
    frames = analyse_frames(samples * (LEVEL / level))
    spoken = frames.spoken
    spectra, pitch_hz = frames.spectra[spoken], frames.pitch_hz[spoken]
    voiced = pitch_hz > 0
    speech_s = len(spectra) * HOP / RATE_HZ
    if speech_s < _LEAST_SPEECH_S:
        raise _too_little(speech_s)
    if min(voiced.sum(), (~voiced).sum()) < _LEAST_CLASSES * _FRAMES_PER_CLASS:
        raise _no_speech(speech_s, float(voiced.mean()))
    halves = spectra[~voiced], spectra[voiced]
    centres, sizes = zip(*map(_classes, halves, (_UNVOICED_CLASSES, _VOICED_CLASSES)), strict=True)
    classes = np.zeros(len(frames.pitch_hz), np.uint16)
    unvoiced_classes, voiced_classes = (find_nearest(*half) for half in zip(halves, centres, strict=True))
    classes[np.flatnonzero(spoken)[~voiced]] = unvoiced_classes
    classes[np.flatnonzero(spoken)[voiced]] = len(centres[0]) + voiced_classes
    heights = np.log(pitch_hz[voiced])
    low, high = np.percentile(heights, [20, 80])
    return VoiceStatistics(
        spectra=np.vstack(centres).astype(np.float32),
        weights=(np.concatenate(sizes) / len(spectra)).astype(np.float32),
        voiced=np.repeat([False, True], [len(centre) for centre in centres]),
        mean=np.array([half.mean(0) for half in halves], np.float32),
        spread=np.array([half.std(0) for half in halves], np.float32),
        pitch=float(np.median(heights)),
        pitch_spread=float(high - low),
        speech_s=speech_s,
        read={each.sentence: _list_classes(each, classes, spoken) for each in readings},
    )


def _list_classes(reading: SentenceSpan, classes: NDArray[np.uint16], spoken: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Return the classes of a sentence, of two frames one, its pauses left out."""
    frames = slice(reading.begin // STEP * 2, reading.end // HOP)
    return classes[frames][::2][spoken[frames][::2]]


def _too_little(speech_s: float) -> VoiceError:
    shown_s = math.floor(speech_s * 10) / 10  # rounded up, it would say that there are enough
    return VoiceError(
        f"there are {shown_s:.1f} s of speech in it, at least {_LEAST_SPEECH_S:.0f} are needed, 30 are good",
        advice="record half a minute of one person reading aloud in a quiet room",
    )


def _no_speech(sound_s: float, voiced: float) -> VoiceError:
    sounds_like = "it has no pitch, as noise or a whisper" if voiced < 0.5 else "it has pitch alone, as a tone"
    return VoiceError(
        f"there are {sound_s:.0f} s of sound in it, but no speech: {sounds_like}",
        advice="record half a minute of one person reading aloud in a quiet room",
    )


def _classes(spectra: Floats, most: int) -> tuple[Floats, Floats]:
    """Return centres of k-means (k, 40) and how many frames are nearest to each (k,)."""
    count = int(np.clip(len(spectra) // _FRAMES_PER_CLASS, _LEAST_CLASSES, most))
    rng = np.random.default_rng(0)
    centres = spectra[rng.choice(len(spectra), count, replace=False)]
    for _ in range(_ROUNDS):
        chosen = find_nearest(spectra, centres)
        sizes = np.bincount(chosen, minlength=count).astype(np.float64)
        sums = np.zeros_like(centres)
        np.add.at(sums, chosen, spectra)
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    return centres, sizes


def find_nearest(points: Floats, centres: Floats) -> NDArray[np.intp]:
    """(n,) which row of `centres` each row of `points` sounds most like."""
    a, b = points[:, 1:COMPARED], centres[:, 1:COMPARED]
    return np.asarray(((b * b).sum(1)[None] - 2 * a @ b.T).argmin(1))
