"""Run the live voice's pipeline, block by block at the pace of a microphone.

It has a process of its own, before others as in a session: at the highest priority below real time, which would end a
process that works for two seconds without a pause.

`python -m livecam.bench.voice.paced ENGINE SECONDS` prints one line of JSON.
"""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.pipeline import VoicePipeline
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock, process_cpu_ns
from livecam.core.errors import EngineError
from livecam.core.files.reading import parse_json
from livecam.core.ports import VoiceEngine
from livecam.core.priority import leave_real_time
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.disclosure.sound.notice import load_sentence
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.plugins import open_voice_maker

SPEAKER, TARGET = "birch", "willow"
HOPS: Final = {"one block of 10 ms": 480, "two blocks of 5 ms, as live": 240}
_PER_COST: Final = 480
_WARMUP_S: Final = 1
# Two clocks that differ a little: the resampler works as in a call.
_SPEED: Final = 1.0001
_ENOUGH_S: Final = 60


@dataclass(frozen=True, slots=True)
class BlockCost:
    """Milliseconds per 10 ms of sound, each with p50, p95 and p99.

    Attributes:
        wall_ms: Wall-clock time, other programs on the core included.
        cpu_ms: Processor time.
        blocks: Number of blocks of 10 ms.
    """

    wall_ms: dict[str, float]
    cpu_ms: dict[str, float]
    blocks: int


def open_engine(name: str) -> VoiceEngine:
    """Open an engine from one built-in voice to another.

    The pitch rises, so that there are many periods.

    Raises:
        EngineError: There is no such engine.
    """
    return open_voice_maker(name).make_engine(open_builtin_voice(SPEAKER), open_builtin_voice(TARGET))


@cache
def make_speech() -> NDArray[np.float32]:
    """Return the spoken notice and a breath, (n,) at 48 kHz."""
    return np.concatenate([load_sentence(RATE_HZ), np.zeros(RATE_HZ // 4)]).astype(np.float32)


def _blocks(hop: int) -> Iterator[AudioBlock]:
    said, first = make_speech(), 0
    while True:
        samples = np.take(said, range(first, first + hop), mode="wrap")
        yield AudioBlock(samples[:, None], RATE_HZ, first, first * NS_PER_S // RATE_HZ)
        first += hop


def measure_paced_blocks(engine: VoiceEngine, hop: int, seconds: float, clock: Clock) -> BlockCost:
    """Convert for a time in blocks of `hop` samples at a microphone's pace.

    `hop` is 480 or a divisor of it.
    """
    line, blocks = VoicePipeline(engine), _blocks(hop)
    for _ in range(_WARMUP_S * RATE_HZ // hop):
        line.process(next(blocks), _SPEED)
    start_ns, spent, together = clock.now_ns(), [], _PER_COST // hop
    for number in range(together * round(seconds * RATE_HZ / _PER_COST)):
        block = next(blocks)
        clock.sleep_until_ns(start_ns + number * hop * NS_PER_S // RATE_HZ)
        begin_ns, begin_cpu_ns = clock.now_ns(), process_cpu_ns()
        line.process(block, _SPEED)
        spent.append((clock.now_ns() - begin_ns, process_cpu_ns() - begin_cpu_ns))
    pairs_ms = np.array(spent).reshape(-1, together, 2).sum(1) / NS_PER_MS
    wall, cpu = ({f"p{p}": round(float(np.percentile(c, p)), 3) for p in (50, 95, 99)} for c in pairs_ms.T)
    return BlockCost(wall, cpu, len(pairs_ms))


class PacedProcess:
    """A fresh interpreter that runs this module.

    As the audio process, it has no threads for linear algebra.
    """

    def __init__(self, engine: str, seconds: float) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        words = [sys.executable, "-P", "-m", "livecam.bench.voice.paced", engine, f"{seconds:g}"]
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        self._patience_s = _ENOUGH_S + 10 * seconds

    def result(self) -> dict[str, BlockCost]:
        """Wait for the end; return costs by block size, each for half of the time.

        Raises:
            EngineError: It failed; its last words are in the message.
        """
        try:
            said, trouble = self._process.communicate(timeout=self._patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, trouble = self._process.communicate()
        if self._process.returncode != 0:
            last = (trouble.strip().splitlines() or ["it did not end"])[-1]
            raise EngineError(f"the voice could not be timed: {last}", command="livecam doctor")
        return {way: BlockCost(**cost) for way, cost in parse_json(said).items()}


def main(words: list[str]) -> None:
    """Measure as the command line says."""
    leave_real_time()
    engine = open_engine(words[0])
    gc.freeze()
    gc.disable()
    half_s = float(words[1]) / len(HOPS)
    costs = {way: asdict(measure_paced_blocks(engine, hop, half_s, SystemClock())) for way, hop in HOPS.items()}
    sys.stdout.write(json.dumps(costs) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
