"""Make the built-in voices: `python -m training.voice.voices FOLDER`.

FOLDER has a folder per speaker.

Every voice is an average over all speakers, each at another weight and none above a half, with a vocal tract and a
pitch of its own, so that it is no real person's. Needs soundfile. Writes `livecam/personas/voices/NAME.npz`.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from engines.voice.grain.envelope import warp_vocal_tract
from engines.voice.grain.frames import RATE_HZ, Floats
from engines.voice.grain.learn import find_nearest, learn_statistics
from livecam.core.voice import VoiceStatistics
from livecam.personas.voice_file import voice_to_bytes

_VOICED_CLASSES, _UNVOICED_CLASSES, _ROUNDS = 192, 64, 12


@dataclass(frozen=True)
class Recipe:
    """A recipe of a voice.

    How far it is towards low (-1) or high (1) speakers, which two have more weight, vocal tract, pitch.
    """

    height: float
    favoured: tuple[int, int]
    warp: float
    pitch_hz: float


RECIPES = {
    "alder": Recipe(-1.0, (0, 1), 0.03, 96),
    "birch": Recipe(-0.6, (1, 2), -0.01, 122),
    "cedar": Recipe(0.0, (0, 3), 0.0, 158),
    "maple": Recipe(0.6, (2, 4), 0.01, 196),
    "willow": Recipe(1.0, (3, 4), -0.04, 228),
}


def shares_of(recipe: Recipe, pitches: Floats) -> Floats:
    """Return (speakers,) weights that add up to 1; speakers sorted from low to high."""
    place = np.linspace(-1, 1, len(pitches))
    shares = np.exp(1.0 * recipe.height * place)
    shares[list(recipe.favoured)] *= 1.6
    shares = np.minimum(shares / shares.sum(), 0.45)
    return shares / shares.sum()


def blend_voices(speakers: list[VoiceStatistics], recipe: Recipe) -> VoiceStatistics:
    """Return the average voice of a recipe."""
    shares = shares_of(recipe, np.array([voice.pitch for voice in speakers]))
    assert shares.max() <= 0.5, shares
    tract = warp_vocal_tract(recipe.warp)
    mean = np.tensordot(shares, np.array([voice.mean for voice in speakers]), 1)
    spread = np.tensordot(shares, np.array([voice.spread for voice in speakers]), 1)
    centres, weights = [], []
    for voiced, count in ((0, _UNVOICED_CLASSES), (1, _VOICED_CLASSES)):
        spectra, sizes = _pool(speakers, shares, mean[voiced], spread[voiced], voiced)
        own, own_sizes = _classes(spectra @ tract, sizes, count)
        centres.append(own)
        weights.append(own_sizes)
    return VoiceStatistics(
        spectra=np.vstack(centres).astype(np.float32),
        weights=np.concatenate(weights).astype(np.float32),
        voiced=np.repeat([False, True], [_UNVOICED_CLASSES, _VOICED_CLASSES]),
        mean=(mean @ tract).astype(np.float32),
        spread=np.abs(spread).astype(np.float32),
        pitch=float(np.log(recipe.pitch_hz)),
        pitch_spread=float(np.median([voice.pitch_spread for voice in speakers])),
        speech_s=float(sum(voice.speech_s for voice in speakers)),
    )


def _pool(
    speakers: list[VoiceStatistics], shares: Floats, mean: Floats, spread: Floats, voiced: int
) -> tuple[Floats, Floats]:
    """Return every speaker's classes at the common mean and spread, with weights."""
    moved, sizes = [], []
    for voice, share in zip(speakers, shares, strict=True):
        own = voice.spectra[voice.voiced == bool(voiced)].astype(np.float64)
        moved.append((own - voice.mean[voiced]) / voice.spread[voiced] * spread + mean)
        sizes.append(voice.weights[voice.voiced == bool(voiced)] * share)
    return np.vstack(moved), np.concatenate(sizes)


def _classes(spectra: Floats, sizes: Floats, count: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(0)
    centres = spectra[rng.choice(len(spectra), count, replace=False, p=sizes / sizes.sum())]
    for _ in range(_ROUNDS):
        chosen = find_nearest(spectra, centres)
        sums, weights = np.zeros_like(centres), np.bincount(chosen, sizes, count)
        np.add.at(sums, chosen, spectra * sizes[:, None])
        centres = np.where(weights[:, None] > 0, sums / np.maximum(weights, 1e-12)[:, None], centres)
    return centres, weights


def _speaker(folder: Path) -> VoiceStatistics:
    parts = [soundfile.read(path) for path in sorted(folder.glob("*.flac"))]
    assert all(rate_hz == RATE_HZ for _, rate_hz in parts)
    return learn_statistics(np.concatenate([sound for sound, _ in parts]))


def main() -> None:
    speakers = [_speaker(folder) for folder in sorted(Path(sys.argv[1]).iterdir()) if folder.is_dir()]
    speakers.sort(key=lambda voice: voice.pitch)
    folder = Path(__file__).parents[2] / "livecam" / "personas" / "voices"
    folder.mkdir(exist_ok=True)
    for name, recipe in RECIPES.items():
        (folder / f"{name}.npz").write_bytes(voice_to_bytes(blend_voices(speakers, recipe)))


if __name__ == "__main__":
    main()
