"""False alarms of the in-picture reader on windows that are noise: as many independent ones as the time allows.

    python benchmarks/marks/simulated_alarms.py --windows 1000000 --json benchmarks/results/simulated-alarms.json

Real windows end long before a million. A simulated one has cells that agree on nothing: for each of four parts and four
overtones the sums of 18 cells for each bit and of 72 for the pilots are drawn, complex and normal, which is what the
reader's own limits and deviations make of noise that is independent from cell to cell. Drift, lags, overtones and the
choice of straight or mirrored are the reader's code. `--check N` decides N windows of whole cells as well and prints
both means and deviations, which must agree. What a simulation cannot show: noise that cells share.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from tails import exponential, level

from livecam.disclosure.picture.layout import BLOCK_CELLS, LONG_CELLS, SHORT_CELLS, choose_layout
from livecam.disclosure.picture_reader import decoding
from livecam.disclosure.picture_reader.carrier_detection import OVERTONES
from livecam.disclosure.picture_reader.decoding import decode, find_turns

PARTS, BATCH = 4, 500
THRESHOLD = 12.0
CELLS = LONG_CELLS * SHORT_CELLS
PILOTS = BLOCK_CELLS**2 - 32
# A sum over all cells deviates by 1; so many of them belong to each bit, and to the pilots together.
SPREADS = np.sqrt(np.array([1.0] * 32 + [PILOTS]) / BLOCK_CELLS**2).astype(np.float32)
DRIFTS, LAGS = np.linspace(-0.2, 0.2, 9), np.array((0.0, 0.12, 0.24, 0.36, 0.48))
TURNS = np.stack([[find_turns(PARTS, drift * n) for n in OVERTONES] for drift in DRIFTS]) / np.float32(np.sqrt(PARTS))


def complex_noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    pair = rng.standard_normal((*shape, 2), np.float32)
    return pair.view(np.complex64)[..., 0]


def simulated(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count,) scores of one side of so many windows."""
    parts = complex_noise(rng, count, len(OVERTONES), PARTS, 33) * SPREADS
    sums = np.einsum("dop,nopb->ndob", TURNS, parts, optimize=True).reshape(-1, len(OVERTONES), 33)
    lags = np.tile(LAGS, len(sums))
    along = decoding._along(np.repeat(sums, len(LAGS), axis=0), lags).reshape(len(sums), len(LAGS), -1)
    best = decoding._scores((along @ sums).real).max(1)
    return best.reshape(count, len(DRIFTS)).max(1)


def of_windows(rng: np.random.Generator, count: int) -> np.ndarray:
    """The better of straight and mirrored."""
    return np.maximum(simulated(rng, count), simulated(rng, count))


def of_cells(rng: np.random.Generator, count: int) -> np.ndarray:
    """The same by the reader itself, on whole cells."""
    plan = choose_layout(False)
    shape = (len(OVERTONES), PARTS, SHORT_CELLS, LONG_CELLS)
    return np.array([max(decode(complex_noise(rng, *shape), plan).score for _ in range(2)) for _ in range(count)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1_000_000)
    parser.add_argument("--check", type=int, default=300)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rng, scores = np.random.default_rng(0), np.zeros(0)
    cells = of_cells(np.random.default_rng(1), given.check)
    while len(scores) < given.windows:
        scores = np.concatenate([scores, of_windows(rng, min(BATCH, given.windows - len(scores)))])
        if len(scores) % (20 * BATCH) == 0 or len(scores) == given.windows:
            result = summary(scores, cells)
            if given.json is not None:
                given.json.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


def summary(scores: np.ndarray, cells: np.ndarray) -> dict[str, float | int | str]:
    start, scale = exponential(scores)
    return {
        "mark": "in-picture, whole picture, simulated",
        "windows": len(scores),
        "mean": float(scores.mean()),
        "deviation": float(scores.std()),
        "p99": start,
        "tail_scale": scale,
        "one_in_a_million": level(scores, 1e-6),
        "max": float(scores.max()),
        "threshold": THRESHOLD,
        "above_threshold": int((scores >= THRESHOLD).sum()),
        "check_windows": len(cells),
        "check_mean": float(cells.mean()) if len(cells) else 0.0,
        "check_deviation": float(cells.std()) if len(cells) else 0.0,
    }


if __name__ == "__main__":
    main()
