"""Outside judges of a voice: a speaker encoder, a quality score, a distance of spectra."""

from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from resemblyzer import VoiceEncoder, preprocess_wav

from benchmarks.quality.dnsmos import Dnsmos
from engines.voice.grain.learn import COMPARED, analyse_frames
from livecam.core.audio import AudioBlock
from livecam.core.clock import process_cpu_ns
from livecam.core.ports import VoiceEngine

Floats = NDArray[np.float64]
FILE_HZ, RATE_HZ = 16_000, 48_000
PASSES_AS_SPEAKER = 0.825
_STEP_COST = 0.3


class Judge:
    """Speaker likeness and sound quality of 16 kHz speech."""

    def __init__(self, dnsmos: Path) -> None:
        self._encoder = VoiceEncoder("cpu", verbose=False)
        self._dnsmos = Dnsmos(dnsmos)

    def speaker(self, sound: Floats) -> Floats:
        """The speaker's embedding (256,)."""
        return np.asarray(self._encoder.embed_utterance(preprocess_wav(sound.astype(np.float32), FILE_HZ)))

    def quality(self, sound: Floats) -> Floats:
        """Signal, background, overall, 1..5."""
        return self._dnsmos.quality(sound)


def pass_through(engine: VoiceEngine, sound: Floats) -> tuple[Floats, float]:
    """Samples out at 16 kHz, in time with the input, and processor milliseconds per 10 ms block."""
    engine.prepare(RATE_HZ, RATE_HZ // 100)
    late = engine.latency_samples
    fast = np.concatenate([soxr.resample(sound, FILE_HZ, RATE_HZ), np.zeros(late)]).astype(np.float32)
    blocks = [AudioBlock(fast[at : at + 480, None], RATE_HZ, at, 0) for at in range(0, len(fast), 480)]
    began_ns = process_cpu_ns()
    out = np.concatenate([engine.process(block).samples[:, 0] for block in blocks])
    spent_ms = (process_cpu_ns() - began_ns) / 1e6 / len(blocks)
    return soxr.resample(out[late:], RATE_HZ, FILE_HZ).astype(np.float64), spent_ms


def distortion_db(heard: Floats, said: Floats) -> float:
    """Mel-cepstral distortion of two recordings of one sentence, along the path that makes it least."""
    a, b = (f.spectra[f.spoken, 1:COMPARED] for f in (analyse_frames(heard), analyse_frames(said)))
    apart = np.sqrt(np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T, 0))
    costs = np.full((len(a) + 1, len(b) + 1), np.inf)
    steps, costs[0, 0] = np.zeros((len(a) + 1, len(b) + 1), np.int64), 0.0
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            ways = costs[i - 1, j - 1], costs[i - 1, j] + _STEP_COST, costs[i, j - 1] + _STEP_COST
            steps[i, j] = ways.index(min(ways))
            costs[i, j] = apart[i - 1, j - 1] + ways[steps[i, j]]
    i, j, met = len(a), len(b), []
    while i and j:
        met.append(apart[i - 1, j - 1])
        step = steps[i, j]
        i, j = i - (step != 2), j - (step != 1)
    return float(10 * np.sqrt(2) / np.log(10) * np.mean(met))
