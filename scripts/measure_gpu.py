"""What a GPU makes of a swap network of inswapper's size: bare network, whole texture stage, and a live session."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.swap_networks import SIZES, write_network
from engines.onnx.build import TensorRtBuilder
from engines.onnx.engine import OnnxEngine, open_engine
from livecam.consent.builtin import builtin
from livecam.core.clock import NS_PER_MS, ManualClock, SystemClock
from livecam.core.errors import LivecamError
from livecam.devices.source import open_source
from livecam.registry import open_face_finder
from livecam.timing.machine import machine

PERSONA = "robin"


def texture_ms(engine: OnnxEngine, repeats: int) -> float:
    """Median time of a whole texture on the sample camera's first face at 1080p."""
    finder, clock = open_face_finder(), SystemClock()
    source = open_source("sample", size_wh=(1920, 1080), rate_hz=30.0, clock=ManualClock(), paced=False)
    frame = source.read()
    assert frame is not None
    mesh = finder.mesh(frame, finder.detect(frame)[0])
    engine.prepare(builtin(PERSONA))
    times = []
    for _ in range(repeats):
        begin_ns = clock.now_ns()
        engine.refresh(frame, mesh)
        times.append(clock.now_ns() - begin_ns)
    return median(times) / NS_PER_MS


def live(model: str, folder: Path, seconds: int) -> dict[str, object]:
    """The report of a session at 1080p with that engine."""
    report = folder / "live.json"
    command = [
        str(Path(sys.executable).parent / "livecam"),
        "run",
        "--persona",
        PERSONA,
        "--camera",
        "sample",
        "--sink",
        "null",
    ]
    command += ["--size", "1920x1080", "--duration", str(seconds), "--engine", f"onnx:{model}", "--json", str(report)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(report.read_text())
    return {key: found[key] for key in ("fps", "frames", "latency_ms", "stage_ms", "levels", "engine")}


def measure(provider: str, path: Path, folder: Path, repeats: int, seconds: int) -> dict[str, object]:
    """Everything about one provider.

    Raises:
        LivecamError: It does not load, or does not agree with the CPU.
    """
    if provider == "tensorrt":
        TensorRtBuilder().build(path, lambda s: print(f"\r{provider}: building, {s} s", end="", flush=True))
    engine = open_engine(f"{path}@{provider}")
    stage_ms = texture_ms(engine, repeats)
    engine.close()
    network_ms = float(str(engine.facts["network_ms"]))
    ratio = round(stage_ms / network_ms, 3)
    print(f"{provider}: network {network_ms:.2f} ms, texture {stage_ms:.2f} ms, ratio {ratio}")
    return {"engine": engine.facts, "texture_ms": round(stage_ms, 3), "ratio": ratio,
            "live": live(f"{path}@{provider}", folder, seconds)}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provider", action="append", help="cuda and tensorrt when none is named")
    parser.add_argument("--small", action="store_true", help="a small network, to try this command itself")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    results: dict[str, object] = {"machine": machine()}
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, repeats, seconds = folder / "measured.onnx", 20 if given.small else 100, 3 if given.small else 20
        results["weights"] = write_network(path, SIZES["tiny" if given.small else "inswapper"])
        for provider in given.provider or ["cuda", "tensorrt"]:
            try:
                results[provider] = measure(provider, path, folder, repeats, seconds)
            except LivecamError as error:
                print(f"{provider}: {error}\n  try: {error.hint}", file=sys.stderr)
                results[provider], failed = {"error": str(error)}, 4
    if given.json is not None:
        given.json.write_text(json.dumps(results, indent=2, default=str) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
