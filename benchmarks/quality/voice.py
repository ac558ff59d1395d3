"""How a converted voice scores: python benchmarks/quality/voice.py SPEECH SIG_BAK_OVR.onnx [A-B …] [--json PATH]

SPEECH has a folder of .wav files at 16 kHz per speaker; the last quarter of each speaker's files is never learned
from. Pairs default to all ordered ones; A-A is the voice taken apart and put together. Needs resemblyzer, soundfile and
soxr, which livecam does not. Prints one line of JSON per pair.
"""

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
import soxr
from resemblyzer import VoiceEncoder, preprocess_wav

from engines.grain.engine import GrainMaker, unchanged
from livecam.core.audio import AudioBlock
from livecam.core.clock import process_cpu_ns

FILE_HZ, RATE_HZ = 16_000, 48_000
PASSES_AS_SPEAKER = 0.825
# DNSMOS P.835, as its authors' script fits the network's answers: signal, background, overall.
FITS = (
    (-0.08397278, 1.22083953, 0.0052439),
    (-0.13166888, 1.60915514, -0.39604546),
    (-0.06766283, 1.11546468, 0.04602535),
)
DNSMOS_SAMPLES, DNSMOS_STEP = 144_160, 48_000


class Judge:
    """Speaker likeness and sound quality of 16 kHz speech."""

    def __init__(self, dnsmos: Path) -> None:
        self._encoder = VoiceEncoder("cpu", verbose=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._dnsmos = onnxruntime.InferenceSession(str(dnsmos), options)

    def speaker(self, sound):
        return self._encoder.embed_utterance(preprocess_wav(sound.astype(np.float32), FILE_HZ))

    def quality(self, sound):
        """Signal, background, overall, 1..5."""
        sound = (sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 0.05).astype(np.float32)
        sound = np.resize(sound, max(len(sound), DNSMOS_SAMPLES))
        starts = range(0, len(sound) - DNSMOS_SAMPLES + 1, DNSMOS_STEP)
        answers = [self._dnsmos.run(None, {"input_1": sound[None, s : s + DNSMOS_SAMPLES]})[0][0] for s in starts]
        return np.array(
            [np.polyval(fit, column) for fit, column in zip(FITS, np.transpose(answers), strict=True)]
        ).mean(1)


def utterances(folder: Path):
    sounds = [soundfile.read(path)[0] for path in sorted(folder.glob("*.wav"))]
    sounds = [sound / np.sqrt(np.mean(sound**2)) * 0.06 for sound in sounds]
    return sounds[: -len(sounds) // 4], sounds[-len(sounds) // 4 :]


def through(engine, sound):
    """Samples out at 16 kHz, in time with the input, and processor milliseconds per 10 ms block."""
    engine.prepare(RATE_HZ, RATE_HZ // 100)
    late = engine.latency_samples
    fast = np.concatenate([soxr.resample(sound, FILE_HZ, RATE_HZ), np.zeros(late)]).astype(np.float32)
    blocks = [AudioBlock(fast[at : at + 480, None], RATE_HZ, at, 0) for at in range(0, len(fast), 480)]
    began_ns = process_cpu_ns()
    out = np.concatenate([engine.process(block).samples[:, 0] for block in blocks])
    spent_ms = (process_cpu_ns() - began_ns) / 1e6 / len(blocks)
    return soxr.resample(out[late:], RATE_HZ, FILE_HZ).astype(np.float64), spent_ms


def row(judge, maker, speakers, own, target):
    (learn_own, tests), (learn_target, _) = speakers[own], speakers[target]
    voices = [maker.learn(np.concatenate(part).astype(np.float32), FILE_HZ) for part in (learn_own, learn_target)]
    likes = [judge.speaker(np.concatenate(part)) for part in (learn_own, learn_target)]
    engine = unchanged() if own == target else maker.engine(*voices)
    heard, spent_ms = zip(*(through(engine, sound) for sound in tests), strict=True)
    near = np.array([[judge.speaker(sound) @ like for like in likes] for sound in heard])
    whole = judge.speaker(np.concatenate(heard))
    change = judge.quality(np.concatenate(heard)) - judge.quality(np.concatenate(tests))
    return {
        "pair": f"{own}-{target}",
        "semitones": 12 * float(np.log2(voices[1].pitch_hz / voices[0].pitch_hz)),
        "cosine_to_target": float(whole @ likes[1]),
        "cosine_to_speaker": float(whole @ likes[0]),
        "nearer_to_target": float(np.mean(near[:, 1] > near[:, 0])),
        "passes_as_speaker": float(np.mean(near[:, 0] > PASSES_AS_SPEAKER)),
        "dnsmos_change": dict(zip(("signal", "background", "overall"), map(float, change), strict=True)),
        "cpu_ms_per_10_ms": float(np.mean(spent_ms)),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("dnsmos", type=Path)
    parser.add_argument("pairs", nargs="*")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    speakers = {folder.name: utterances(folder) for folder in sorted(given.speech.iterdir()) if folder.is_dir()}
    pairs = [pair.split("-") for pair in given.pairs] or list(product(speakers, speakers))
    judge, maker, rows = Judge(given.dnsmos), GrainMaker(), []
    for own, target in pairs:
        rows.append(row(judge, maker, speakers, own, target))
        print(json.dumps(rows[-1]), flush=True)
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
