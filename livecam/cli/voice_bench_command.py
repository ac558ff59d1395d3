"""`livecam bench voice`: cost and delay of the voice as a table and as JSON."""

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.voice.run import VoiceResult, run_voice
from livecam.cli.measurement import run_measurement
from livecam.config.settings import Settings

_WANTED_MS = {"p50": 1.2, "p99": 3.0}
_NEAR_MS = 2.0


def measure_voice(settings: Settings, quick: bool) -> None:
    """Measure, print, and write JSON where given.

    Raises:
        LivecamError: What measuring raises; a file cannot be written.
    """
    run_measurement(settings.json_path, lambda tell: run_voice(settings, quick, tell), show)


def show(result: VoiceResult, console: Console) -> None:
    """Print the table of costs, then delay and chunk invariance."""
    machine = result.machine
    console.print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_1min']}")
    console.print(_table(result))
    late, same = result.latency_ms, result.same_samples
    kept = "kept" if abs(late["measured"] - late["stated"]) <= _NEAR_MS else "NOT kept"
    console.print(f"engine delay: {late['stated']:.1f} ms stated, {late['measured']:.0f} ms measured: {kept}")
    unlike = ", ".join(str(hop) for hop, equal in same.items() if not equal)
    sizes = ", ".join(map(str, same))
    console.print(f"blocks of {sizes} samples: " + (f"NOT the same with {unlike}" if unlike else "the same samples"))
    console.print(f"real-time factor without pacing: {result.real_time_factor:.3f}")
    console.print(result.quality)


def _table(result: VoiceResult) -> Table:
    title = f"ms per 10 ms of sound, {result.engine}, {result.voices[0]} to {result.voices[1]}"
    table = Table(title=title, box=SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("")
    for heading in ("p50", "p95", "p99", "cpu p50", "blocks", "limit"):
        table.add_column(heading, justify="right")
    for place, ways in result.cost.items():
        for way, cost in ways.items():
            wall = [f"{cost.wall_ms[p]:.2f}" for p in ("p50", "p95", "p99")]
            wanted = "-" if place == "alone" else " ".join(f"{p} {limit:g}" for p, limit in _WANTED_MS.items())
            table.add_row(f"{place}, {way}", *wall, f"{cost.cpu_ms['p50']:.2f}", str(cost.blocks), wanted)
    table.caption = f"the live session sent {result.video_fps:.1f} pictures/s at the same time"
    table.caption_justify = "left"
    return table
