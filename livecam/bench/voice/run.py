"""Run the whole voice benchmark: cost, alone and with pictures, and promises."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from livecam.bench.paced import measure_paced
from livecam.bench.pictures import P720, preload
from livecam.bench.run import open_bench_parts
from livecam.bench.voice.paced import SPEAKER, TARGET, BlockCost, PacedProcess, make_speech, open_engine
from livecam.bench.voice.promises import compare_block_sizes, measure_latency_ms, measure_real_time_factor
from livecam.config.settings import Settings
from livecam.core.files.own_files import MADE_BY
from livecam.core.places import redact_paths
from livecam.core.report import SCHEMA
from livecam.host.machine import describe_machine

ENGINE: Final = "grain"
SECONDS, QUICK_SECONDS = 40.0, 6.0
NOT_MEASURED: Final = "DNSMOS and Resemblyzer are not part of livecam: benchmarks/quality/voice.py scores with them"
_LEAD_S: Final = 2.0
_COMPARED_SAMPLES: Final = 24_000


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """All results, and the machine.

    Attributes:
        engine: Its name.
        voices: From which built-in voice to which.
        cost: Alone and next to a live 720p session at 30 pictures a second, by block size.
        video_fps: What that session sent at the same time.
        latency_ms: Of the engine, stated and measured.
        same_samples: For every block size, whether it gives the samples of one whole block.
        real_time_factor: Processor time per second of sound.
        quality: Why there are no scores of quality.
    """

    engine: str
    voices: tuple[str, str]
    cost: Mapping[str, Mapping[str, BlockCost]]
    video_fps: float
    latency_ms: Mapping[str, float]
    same_samples: Mapping[int, bool]
    real_time_factor: float
    quality: str = NOT_MEASURED
    machine: Mapping[str, object] = field(default_factory=describe_machine)

    def to_json(self) -> str:
        """Return one object."""
        return json.dumps({"schema": SCHEMA, **MADE_BY, **redact_paths(asdict(self))}, indent=2, default=str)


def run_voice(settings: Settings, quick: bool, tell: Callable[[str], None]) -> VoiceResult:
    """Measure; call `tell` with what is measured next.

    Raises:
        LivecamError: What a session or the engine raises.
    """
    seconds = QUICK_SECONDS if quick else SECONDS
    engine, said = open_engine(ENGINE), make_speech()
    tell("block sizes and delay")
    same, late = compare_block_sizes(engine, said[:_COMPARED_SAMPLES]), measure_latency_ms(engine)
    factor = measure_real_time_factor(engine, said)
    tell("the voice alone")
    alone = PacedProcess(ENGINE, seconds).result()
    tell("the voice next to the picture")
    in_parallel, fps = _measure_in_parallel(settings, seconds)
    cost = {"alone": alone, "with 720p30": in_parallel}
    return VoiceResult(ENGINE, (SPEAKER, TARGET), cost, fps, late, same, round(factor, 4))


def _measure_in_parallel(settings: Settings, seconds: float) -> tuple[Mapping[str, BlockCost], float]:
    """Return the cost during a session, and the pictures it sent per second.

    The session begins earlier and ends later.
    """
    pictures, parts = preload(settings.camera, P720.size_wh), open_bench_parts(settings)
    started: list[PacedProcess] = []

    def start(_: object) -> None:
        if not started:
            started.append(PacedProcess(ENGINE, seconds))

    report = measure_paced(settings, parts, pictures, seconds + 2 * _LEAD_S, 0.5, start)
    return started[0].result(), report.fps
