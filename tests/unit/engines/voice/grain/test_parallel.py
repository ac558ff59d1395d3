"""What two readings of one sentence tell of two voices."""

import dataclasses

import numpy as np
import pytest

from engines.voice.grain.engine import GrainMaker
from engines.voice.grain.fit import fit_mapping
from engines.voice.grain.frames import RATE_HZ
from engines.voice.grain.parallel import LEAST_SENTENCES, align, compute_distances, count_meetings
from livecam.core.voice import SentenceSpan, VoiceStatistics
from tests.sounds import talking

SOUNDS = 64
SENTENCES = 6


def spoken(rng: np.random.Generator) -> np.ndarray:
    """The order of sounds in one sentence, each held for a while."""
    return np.repeat(rng.integers(0, SOUNDS, 50), rng.integers(4, 9, 50)).astype(np.uint16)


def stretched(sounds: np.ndarray, factor: float) -> np.ndarray:
    return sounds[(np.arange(int(len(sounds) * factor)) / factor).astype(int)]


def voice(spectra: np.ndarray, read: dict[str, np.ndarray]) -> VoiceStatistics:
    voiced = np.arange(SOUNDS) % 4 > 0
    halves = [spectra[~voiced], spectra[voiced]]
    return VoiceStatistics(
        spectra=spectra.astype(np.float32),
        weights=np.full(SOUNDS, 1 / SOUNDS, np.float32),
        voiced=voiced,
        mean=np.array([half.mean(0) for half in halves], np.float32),
        spread=np.array([half.std(0) for half in halves], np.float32),
        pitch=float(np.log(120.0)),
        pitch_spread=0.3,
        speech_s=40.0,
        read=read,
    )


@pytest.fixture(scope="module")
def both() -> tuple[VoiceStatistics, VoiceStatistics]:
    """Two voices that differ by a turn of their spectra, and read the same at another speed."""
    rng = np.random.default_rng(3)
    size = np.exp(-np.arange(40) / 12)
    mine = rng.standard_normal((SOUNDS, 40)) * size
    turn, _ = np.linalg.qr(np.eye(40) + 1.4 * rng.standard_normal((40, 40)) / np.sqrt(40))
    theirs = (mine / size) @ (turn * np.sign(np.diag(turn))) * size + 0.05
    read = {f"sentence {n}": spoken(rng) for n in range(SENTENCES)}
    slow = {name: stretched(sounds, 1.3) for name, sounds in read.items()}
    return voice(mine, read), voice(theirs, slow)


def test_a_stretched_sentence_is_aligned(both):
    mine, theirs = (each.read["sentence 0"] for each in both)
    apart = compute_distances(*(2 * [both[0].spectra.astype(np.float64)]))
    path = align(apart, [(mine, theirs)])[0]
    assert (mine[path.first] == theirs[path.second]).all() and path.cost == pytest.approx(0, abs=1e-6)
    assert path.first[0] == path.second[0] == 0
    assert (path.first[-1], path.second[-1]) == (len(mine) - 1, len(theirs) - 1)


def test_sentences_of_any_length_are_aligned_together_as_each_alone(both):
    apart = compute_distances(*(each.spectra.astype(np.float64) for each in both))
    pairs = [(mine, both[1].read[name][: 100 + 9 * len(name)]) for name, mine in both[0].read.items()]
    for together, pair in zip(align(apart, pairs), pairs, strict=True):
        alone = align(apart, [pair])[0]
        np.testing.assert_array_equal(together.first, alone.first)
        np.testing.assert_array_equal(together.second, alone.second)


def error(speaker: VoiceStatistics, target: VoiceStatistics) -> float:
    """Of the map, against the sounds that belong together; spread is not given back."""
    mapping = fit_mapping(speaker, target)
    assert mapping.paired is not None
    plain = dataclasses.replace(mapping.paired, gain=np.ones(39))
    mapped = dataclasses.replace(mapping, paired=plain).apply(speaker.spectra, speaker.voiced.astype(np.float64))
    return float(np.linalg.norm(mapped[:, 1:] - target.spectra[:, 1:]))


def test_what_both_have_read_makes_a_better_map_than_likeness_alone(both):
    speaker, target = both
    assert error(speaker, target) < 0.8 * error(dataclasses.replace(speaker, read={}), target)


def test_classes_meet_where_the_same_sound_was_read(both):
    met = count_meetings(both[1].spectra.astype(np.float64), *both)
    assert met is not None
    assert np.trace(met) > 0.95 * met.sum()


def test_a_sentence_that_was_misread_is_left_out(both):
    speaker, target = both
    rng = np.random.default_rng(9)
    wrong = dataclasses.replace(target, read={**target.read, "sentence 2": spoken(rng)})
    left_out = dataclasses.replace(speaker, read={k: v for k, v in speaker.read.items() if k != "sentence 2"})
    moved = target.spectra.astype(np.float64)
    found, wanted = count_meetings(moved, speaker, wrong), count_meetings(moved, left_out, target)
    assert found is not None and wanted is not None
    np.testing.assert_array_equal(found, wanted)


def test_few_sentences_or_none_that_were_read_right_are_not_used(both):
    speaker, target = both
    moved = target.spectra.astype(np.float64)
    names = list(speaker.read)
    few = dataclasses.replace(speaker, read={name: speaker.read[name] for name in names[: LEAST_SENTENCES - 1]})
    mixed = dataclasses.replace(
        speaker, read=dict(zip(names, [*list(speaker.read.values())[1:], speaker.read[names[0]]], strict=True))
    )
    assert count_meetings(moved, few, target) is None
    assert count_meetings(moved, mixed, target) is None
    assert count_meetings(moved, dataclasses.replace(speaker, read={}), target) is None


def test_a_recording_says_which_classes_its_sentences_went_through():
    sound = talking(6.0, RATE_HZ, 120)
    half = len(sound) // 2
    readings = [SentenceSpan("one", 0, half), SentenceSpan("two", half, len(sound))]
    learned = GrainMaker().learn(sound, RATE_HZ, readings)
    assert list(learned.read) == ["one", "two"]
    lengths = [len(classes) for classes in learned.read.values()]
    assert sum(lengths) == pytest.approx(learned.speech_s * 100, abs=4)
    shares = np.bincount(np.concatenate(list(learned.read.values())), minlength=len(learned.weights)) / sum(lengths)
    assert np.abs(shares - learned.weights).sum() < 0.35
    assert GrainMaker().learn(sound, RATE_HZ).read == {}
