"""What a voice makes of noise: python benchmarks/quality/voice_noise.py SPEECH OTHERS SIG_BAK_OVR.onnx [--json PATH]

SPEECH has a folder of .wav or .flac files per speaker, OTHERS one per speaker who babbles. Of
each speaker of SPEECH the first quarter of the files is spoken, with pauses of a second and a half, into every noise of
`noises.py`; the voice is learned from the other files. Needs the extra `denoise`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.dnsmos import Dnsmos
from benchmarks.quality.noises import RATE_HZ, conditions
from engines.voice.grain.engine import GrainMaker
from engines.voice.grain.frames import Decimator
from engines.voice.grain.learn import analyse_frames
from livecam.audio.process.engine_selection import open_selection
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.voice import VoiceStatistics
from livecam.devices.media.speech import read_sound
from livecam.host.machine import describe_machine
from livecam.personas.built_in_voices import open_builtin_voice

Floats = NDArray[np.float64]
WAYS = ("off", "gate", "rnnoise")
PAUSE_S, FIRST_S, BLOCK = 1.5, 3.0, 480
# What belongs to a word: the gate stays open for a while after it.
AFTER_S, BEFORE_S = 0.35, 0.1
HEARD_DB = -55.0
LEVEL, MOST = 0.06, 4
KINDS = (".wav", ".flac")
TARGETS = {"low": "cedar", "high": "maple"}


def sentences(folder: Path) -> list[Floats]:
    """Everything a speaker said, each at one level, at 48 kHz."""
    sounds = [read_sound(path).astype(np.float64) for path in sorted(folder.iterdir()) if path.suffix in KINDS]
    return [sound / np.sqrt(np.mean(sound**2)) * LEVEL for sound in sounds]


def extract_spoken(said: Sequence[Floats]) -> tuple[Floats, NDArray[np.bool_]]:
    """Sentences with pauses, (n,) at 48 kHz, and where there is no speech."""
    parts, silent = [np.zeros(int(FIRST_S * RATE_HZ))], [np.ones(int(FIRST_S * RATE_HZ), bool)]
    for sound in said:
        parts += [sound, np.zeros(int(PAUSE_S * RATE_HZ))]
        silent += [np.zeros(len(sound), bool), np.ones(int(PAUSE_S * RATE_HZ), bool)]
    return np.concatenate(parts), np.concatenate(silent)


def through(sound: Floats, speaker: VoiceStatistics, target: str, denoise: str) -> tuple[Floats, int]:
    """The path of a live voice, in time with what went in; and how often it failed."""
    speaking = open_selection("grain", speaker, open_builtin_voice(target), live=False, denoise=denoise)
    guarded = SafeVoiceEngine(speaking.engine)
    guarded.prepare(RATE_HZ, BLOCK)
    late = guarded.latency_samples
    line = np.concatenate([sound, np.zeros(late)]).astype(np.float32)
    blocks = [AudioBlock(line[at : at + BLOCK, None], RATE_HZ, at, 0) for at in range(0, len(line), BLOCK)]
    heard = np.concatenate([guarded.process(block).samples[:, 0] for block in blocks])[late:]
    return heard.astype(np.float64), guarded.faults


def sixteen(sound: Floats) -> Floats:
    """At 16 kHz."""
    return Decimator(3)(sound[: len(sound) - len(sound) % 3])


def _level_db(sound: Floats) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-10))


def _loudest_db(sound: Floats, where: NDArray[np.bool_]) -> float:
    """Of all 20 ms that are wholly there."""
    size = RATE_HZ // 50
    whole = len(sound) - len(sound) % size
    kept = where[:whole].reshape(-1, size).all(1)
    return float(10 * np.log10(np.max(np.mean(sound[:whole].reshape(-1, size) ** 2, 1)[kept]) + 1e-10))


def _voiced(sound: Floats, where: NDArray[np.bool_]) -> float:
    """Share of the frames there that are voiced and can be heard."""
    pitch = analyse_frames(sixteen(sound)).pitch_hz
    step = RATE_HZ // 200
    count = min(len(pitch), len(sound) // step)
    power = np.mean(sound[: count * step].reshape(-1, step) ** 2, 1)
    loud = 10 * np.log10(np.convolve(power, np.ones(4) / 4, "same") + 1e-10) > HEARD_DB
    there = where[: count * step].reshape(-1, step).all(1)
    return float(np.mean((loud & (pitch[:count] > 0))[there]))


def row(judge: Dnsmos, noisy: Floats, heard: Floats, where: NDArray[np.bool_], failed: int) -> dict[str, Any]:
    return {
        "pauses_db": _level_db(heard[where]) - _level_db(noisy[where]),
        "loudest_in_pauses_db": _loudest_db(heard, where) - _loudest_db(noisy, where),
        "peak": float(np.abs(heard).max()),
        "voiced_in_pauses": _voiced(heard, where),
        "voiced_given": _voiced(noisy, where),
        "dnsmos": float(judge.quality(sixteen(heard))[2]),
        "dnsmos_given": float(judge.quality(sixteen(noisy))[2]),
        "faults": failed,
    }


def rows(
    judge: Dnsmos, name: str, said: Sequence[Floats], others: Sequence[Floats], ways: Sequence[str]
) -> list[dict[str, Any]]:
    """One speaker in every noise."""
    tested = -(-len(said) // 4)
    speaker = GrainMaker().learn(np.concatenate(said[tested:]).astype(np.float32), RATE_HZ)
    target = TARGETS["high" if speaker.pitch_hz > 160 else "low"]
    speech, silent = extract_spoken(said[:tested][:MOST])
    nothing = np.convolve(~silent, np.ones(int(AFTER_S * RATE_HZ)))[: len(silent)] > 0
    nothing |= np.roll(~silent, -int(BEFORE_S * RATE_HZ))
    where = ~nothing
    where[: RATE_HZ // 2] = False
    made = []
    for condition, (make, level_db, pauses_alone) in conditions(others, speaker.pitch_hz).items():
        noise = make(np.random.default_rng(1), len(speech)) * LEVEL * 10 ** (level_db / 20)
        noisy = speech + (noise * where if pauses_alone else noise)
        for way in ways:
            heard, failed = through(noisy, speaker, target, way)
            made.append({"condition": condition, "denoise": way, "speaker": name, "target": target})
            made[-1] |= row(judge, noisy, heard, where, failed)
            print(json.dumps(made[-1]), flush=True)
    return made


def _others(folder: Path) -> list[Floats]:
    """Everybody twice: one half of what they said, and the other."""
    found = [sentences(each) for each in sorted(folder.iterdir()) if each.is_dir()]
    return [np.concatenate(half) for said in found for half in (said[::2], said[1::2])]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("others", type=Path)
    parser.add_argument("dnsmos", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--ways", nargs="*", default=WAYS)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    judge, others = Dnsmos(given.dnsmos), _others(given.others)
    result: dict[str, Any] = {"schema": 1, "machine": describe_machine(), "rows": []}
    for folder in sorted(given.speech.iterdir()):
        if folder.is_dir() and (not given.only or folder.name in given.only):
            result["rows"] += rows(judge, folder.name, sentences(folder), others, given.ways)
            if given.json:
                given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
