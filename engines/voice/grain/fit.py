"""Learn how one voice becomes another from the statistics of both.

No sentence has to be spoken twice.

First the vocal tract's length and the colour of voiced and unvoiced sound are matched. With enough speech of both,
sounds are paired by likeness, the map is learned from the pairs and the sounds are paired again (INCA: D. Erro,
A. Moreno, A. Bonafonte, IEEE TASLP 18(5), 2010). Averaging makes spectra dull; most of the spread is given back.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from engines.voice.grain.envelope import HELD_FROM, hold_spectrum, make_cosines, warp_vocal_tract
from engines.voice.grain.frames import Floats
from engines.voice.grain.learn import COMPARED, find_nearest
from engines.voice.grain.mapping import ColourMap, Mapping, PairedMap, PitchMap
from engines.voice.grain.mixture import fit_mixture
from engines.voice.grain.parallel import count_meetings, draw_together
from livecam.core.voice import VoiceStatistics

PAIRED_FROM_S: Final = 3.5
"""Seconds of speech that both voices need for their sounds to be paired."""
FREE_FROM_S: Final = 12.0
"""The same for a map of the pairs that is free; with less it is held back towards no change."""

_WARPS: Final = np.arange(-8, 9) * 0.02
_ROUNDS: Final = 8
_SHIFT_ROUNDS: Final = 3
_ROUNDS_OF_READING: Final = (3, 6)
_KINDS: Final = 32
_SHARPNESS: Final = 0.7
_EVIDENCE_FRAMES: Final = 40
_RIDGE: Final = 1e-3
_HELD_BACK: Final = 0.5
"""Evidence for no change where there is little speech, as a share of all frames, in units of their variance."""
_SPREAD_BACK: Final = 1.0
_FRAMES_PER_S: Final = 200
_ANGLES: Final = np.linspace(0.1, HELD_FROM, 80)
_UNHEARD: Final = 4.0
"""Natural log amplitude, 35 dB, by which the top of the band is below the other voice where it was never recorded."""
_FALLING: Final = 2.5
"""The same where it begins to be missing."""
_NARROWEST: Final = 0.3
_BELOW_EDGE: Final = 0.2


def fit_mapping(speaker: VoiceStatistics, target: VoiceStatistics) -> Mapping:
    """Return the map from one voice to another.

    Where the speaker was recorded through a telephone or the like, both voices are compared in the band that was heard,
    and what is above is changed as its edge is: gain for a band that holds only noise would be heard as that.
    """
    edge = find_band_edge(speaker, target)
    seen = None if edge is None else hold_spectrum(edge)
    if seen is not None:
        speaker, target = _narrow(speaker, seen), _narrow(target, seen)
    colour, pitch = _colours(speaker, target), _pitch(speaker, target)
    if min(speaker.speech_s, target.speech_s) < PAIRED_FROM_S:
        return Mapping(pitch, colour, None, seen)
    coloured = colour.apply(speaker.spectra.astype(np.float64), speaker.voiced.astype(np.float64))
    return Mapping(pitch, colour, _paired(coloured, speaker, target), seen)


def find_band_edge(speaker: VoiceStatistics, target: VoiceStatistics) -> float | None:
    """Return the angle above which the speaker was never recorded.

    Pi is 8 kHz. None where all of it was recorded.
    """
    unvoiced = 0  # hisses fill the upper bands, whoever speaks
    less = (target.mean - speaker.mean)[unvoiced].astype(np.float64) @ make_cosines(_ANGLES)
    less -= np.median(less[: len(_ANGLES) // 4])
    if less[-len(_ANGLES) // 4 :].min() < _UNHEARD:
        return None
    edge = float(_ANGLES[np.flatnonzero(less < _FALLING)[-1]])
    return max(edge - _BELOW_EDGE, _NARROWEST)


def _narrow(voice: VoiceStatistics, seen: Floats) -> VoiceStatistics:
    spectra, mean = ((part @ seen).astype(np.float32) for part in (voice.spectra, voice.mean))
    return replace(voice, spectra=spectra, mean=mean)


def _pitch(speaker: VoiceStatistics, target: VoiceStatistics) -> PitchMap:
    ratio = target.pitch_spread / max(speaker.pitch_spread, 1e-3)
    return PitchMap(speaker.pitch, target.pitch, float(np.clip(ratio, 0.6, 1.6)))


def _half(voice: VoiceStatistics, voiced: bool) -> tuple[Floats, Floats]:
    """Spectra (n, 40) and shares (n,) of its voiced or unvoiced classes."""
    chosen = voice.voiced == voiced
    return voice.spectra[chosen].astype(np.float64), voice.weights[chosen].astype(np.float64)


def _colours(speaker: VoiceStatistics, target: VoiceStatistics) -> ColourMap:
    tract = warp_vocal_tract(_warp(speaker, target))
    moved = [(spectra @ tract, shares) for spectra, shares in (_half(speaker, False), _half(speaker, True))]
    before = np.array([np.average(spectra, 0, shares) for spectra, shares in moved])
    wide = np.array([_deviation(*half) for half in moved])
    goal = np.array([_deviation(*_half(target, voiced)) for voiced in (False, True)])
    return ColourMap(tract, before, target.mean.astype(np.float64), np.clip(goal / wide, 0.6, 1.6))


def _deviation(points: Floats, shares: Floats) -> Floats:
    centred = points - np.average(points, 0, shares)
    return np.asarray(np.sqrt(np.average(centred**2, 0, shares)) + 1e-6)


def _warp(speaker: VoiceStatistics, target: VoiceStatistics) -> float:
    """Return the warp under which the speaker is likeliest in the target.

    Judged by voiced sounds, mean and spread matched.

    Without matching the spread, the warp that shrinks most would win.
    """
    (spoken, shares), (goal, goal_shares) = _half(speaker, True), _half(target, True)
    mixture = fit_mixture(goal[:, 1:COMPARED], goal_shares, 16)
    mean, spread = np.average(goal, 0, goal_shares), _deviation(goal, goal_shares)
    scores = []
    for warp in _WARPS:
        moved = spoken @ warp_vocal_tract(float(warp))
        moved = (moved - np.average(moved, 0, shares)) / _deviation(moved, shares) * spread + mean
        scores.append(np.average(mixture.log_likelihood(moved[:, 1:COMPARED]), 0, shares))
    return float(_WARPS[int(np.argmax(scores))])


def _paired(coloured: Floats, speaker: VoiceStatistics, target: VoiceStatistics) -> PairedMap:
    """Pair each voice's sounds with the likest of the other, and learn from that.

    Repeated after applying what was learned.

    Where both have read the same sentences, the likest is sought near the sounds that were met there.
    """
    goal = target.spectra.astype(np.float64)
    frames = np.concatenate([speaker.weights, target.weights]).astype(np.float64)
    frames *= _FRAMES_PER_S * min(speaker.speech_s, target.speech_s)
    moved, met = coloured, None
    learn = _matrix if min(speaker.speech_s, target.speech_s) >= FREE_FROM_S else _cautious_matrix
    for turn in range(_ROUNDS):
        if turn in _ROUNDS_OF_READING:
            met = count_meetings(moved, speaker, target)
        mine, theirs = (moved, goal) if met is None else draw_together(moved, goal, met)
        there, back = find_nearest(mine, goal), find_nearest(theirs, moved)
        sounds = np.vstack([coloured[:, 1:], coloured[back, 1:]])
        wanted = np.vstack([goal[there, 1:], goal[:, 1:]])
        if turn < _SHIFT_ROUNDS:
            shapes = coloured[:, 1:] + _shifts(sounds, wanted, frames)(coloured[:, 1:])
        else:
            matrix = learn(sounds, wanted, frames)
            shapes = coloured[:, 1:] @ matrix[:-1] + matrix[-1]
        moved = np.hstack([coloured[:, :1], shapes])
    middle = np.average(shapes, 0, speaker.weights)
    wide = _deviation(goal[:, 1:], target.weights.astype(np.float64)) / _deviation(
        shapes, speaker.weights.astype(np.float64)
    )
    return PairedMap(matrix, np.asarray(middle), 1 + _SPREAD_BACK * (np.clip(wide, 1.0, 1.8) - 1))


def _shifts(sounds: Floats, wanted: Floats, frames: Floats) -> Callable[[Floats], Floats]:
    """Return a shift for each of a few kinds of sounds: enough for the first pairs."""
    mixture = fit_mixture(sounds[:, : COMPARED - 1], frames, min(_KINDS, len(sounds) // 8))
    belonging = mixture.posteriors(sounds[:, : COMPARED - 1], _SHARPNESS) * frames[:, None]
    error = wanted - sounds
    common = np.average(error, 0, frames)
    own = belonging.T @ (error - common) / (belonging.sum(0)[:, None] + _EVIDENCE_FRAMES)
    return lambda shapes: np.asarray(common + mixture.posteriors(shapes[:, : COMPARED - 1], _SHARPNESS) @ own)


def _matrix(sounds: Floats, wanted: Floats, frames: Floats) -> Floats:
    """Return the best affine map (40, 39) of the pairs.

    Held back where there is little evidence.
    """
    line = np.hstack([sounds, np.ones((len(sounds), 1))])
    ridge = np.full(line.shape[1], _RIDGE * frames.sum())
    ridge[-1] = 1e-6
    weighted = line * frames[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ line + np.diag(ridge), weighted.T @ wanted))


def _cautious_matrix(sounds: Floats, wanted: Floats, frames: Floats) -> Floats:
    """Return a map (40, 39) of the pairs that is drawn towards no change.

    A few seconds do not tell a sound's own place from chance.
    """
    line = np.hstack([sounds, np.ones((len(sounds), 1))])
    ridge = np.append(_HELD_BACK * _deviation(sounds, frames) ** 2, 1e-9) * frames.sum()
    weighted = line * frames[:, None]
    change = np.linalg.solve(weighted.T @ line + np.diag(ridge), weighted.T @ (wanted - sounds))
    return np.asarray(np.vstack([change[:-1] + np.eye(sounds.shape[1]), change[-1]]))
