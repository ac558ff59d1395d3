"""Learn the voicing decision: `python -m training.voice.voicing FOLDER`.

FOLDER has speech by people in no test.

Labels are Harvest's. Needs pyworld, soundfile and torch. Writes `engines/voice/grain/voicing.npz`.
"""

import sys
from pathlib import Path

import numpy as np
import pyworld
import soundfile
import torch

from engines.voice.grain.frames import HOP, LOW_PASS, RATE_HZ, Filter, Floats, HighPass
from engines.voice.grain.pitch import HIGHEST_HZ, LOWEST_HZ, STEP, PitchFeatures

_HIDDEN, _PASSES, _BATCH = 24, 25, 512


def features_of(samples: Floats) -> Floats:
    """Return the features of every second frame (n, 27), as the tracker sees them."""
    low_pass, features, high_pass = Filter(LOW_PASS), PitchFeatures(), HighPass(RATE_HZ, STEP)
    steps = [high_pass(part) for part in samples[: len(samples) // STEP * STEP].reshape(-1, STEP)]
    return np.array([features(part, low_pass(part))[1] for part in steps])


def label_frames(path: Path) -> tuple[Floats, Floats]:
    """Return features and Harvest's decision of one file.

    The middle of a step's window is where its own samples begin.
    """
    samples, rate_hz = soundfile.read(path)
    assert rate_hz == RATE_HZ, f"{path} has {rate_hz} Hz"
    samples = samples / np.sqrt(np.mean(samples**2)) * 0.06
    pitch, _ = pyworld.harvest(samples, RATE_HZ, f0_floor=LOWEST_HZ, f0_ceil=HIGHEST_HZ, frame_period=5)
    seen, wanted = features_of(samples), pitch[:: STEP // HOP]
    count = min(len(seen), len(wanted))
    return seen[:count], (wanted[:count] > 0).astype(np.float64)


def learn(features: Floats, voiced: Floats) -> dict[str, Floats]:
    """Return the network's arrays, by the names of `VoicingNet`."""
    torch.manual_seed(0)
    mean, scale = features.mean(0), features.std(0) + 1e-6
    net = torch.nn.Sequential(torch.nn.Linear(features.shape[1], _HIDDEN), torch.nn.Tanh(), torch.nn.Linear(_HIDDEN, 1))
    inputs = torch.tensor((features - mean) / scale, dtype=torch.float32)
    labels = torch.tensor(voiced, dtype=torch.float32)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3, weight_decay=1e-5)
    for _ in range(_PASSES):
        for chosen in torch.randperm(len(inputs)).split(_BATCH):
            optimiser.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(inputs[chosen])[:, 0], labels[chosen])
            loss.backward()
            optimiser.step()
    first, first_bias, second, second_bias = (part.detach().numpy() for part in net.parameters())
    arrays = {"mean": mean, "scale": scale, "hidden": first.T, "hidden_bias": first_bias, "out": second[0]}
    return {**{name: np.asarray(a, np.float32) for name, a in arrays.items()}, "out_bias": second_bias[0]}


def main() -> None:
    paths = sorted(Path(sys.argv[1]).rglob("*.flac"))
    pairs = [label_frames(path) for path in paths]
    arrays = learn(np.vstack([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs]))
    np.savez(Path(__file__).parents[2] / "engines" / "voice" / "grain" / "voicing.npz", **arrays)


if __name__ == "__main__":
    main()
