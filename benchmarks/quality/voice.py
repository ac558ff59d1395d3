"""How converted voices score: python benchmarks/quality/voice.py SPEECH SIG_BAK_OVR.onnx [A-B …] [--json PATH]

SPEECH has a folder of .wav files at 16 kHz per speaker; files of one name in two folders say the same sentence. The
first quarter of each speaker's files is tested and never learned from. Pairs default to all ordered ones; A-A is the
voice taken apart and put together. Every pair is tried in tiers: `two voices` learns from all other files of both,
`start-up` from 20 s of the target and 6 s of a speaker who never enrolled, `shared prompts` knows which files of both
are one sentence, where there are any, `pulses and noise` is the spare engine. Needs the extra `evaluate`.

`--apart NAME` names a speaker that nothing learned from and no setting was chosen on; pairs with one are the headline.
A PATH that is there already is gone on with: rows that are measured again replace their earlier ones, all else stays.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from pystoi import stoi

from benchmarks.quality.voice_judge import FILE_HZ, PASSES_AS_SPEAKER, Judge, distortion_db, pass_through
from engines.voice.grain.engine import GrainMaker, open_passthrough
from engines.voice.grain.learn import analyse_frames
from engines.voice.grain.parallel import LEAST_SENTENCES
from engines.voice.vocoder.engine import VocoderMaker
from engines.voice.vocoder.engine import open_passthrough as vocoded
from livecam.core.ports import VoiceEngine, VoiceMaker
from livecam.core.voice import SentenceSpan, VoiceStatistics
from livecam.host.machine import describe_machine

Floats = NDArray[np.float64]
LEVEL = 0.06


@dataclass(frozen=True)
class Tier:
    """Seconds of speaker and target that are learned from, whether it is known what they read, and the engine."""

    own_s: float = np.inf
    target_s: float = np.inf
    reads: bool = False
    maker: VoiceMaker = field(default_factory=GrainMaker)
    unchanged: Callable[[], VoiceEngine] | None = None


TIERS: Mapping[str, Tier] = {
    "two voices": Tier(unchanged=open_passthrough),
    "start-up": Tier(6.0, 20.0),
    "shared prompts": Tier(reads=True),
    "pulses and noise": Tier(maker=VocoderMaker(), unchanged=vocoded),
}


@dataclass(frozen=True)
class Person:
    """What a speaker said: sentences by file name, those to learn from and those to test with."""

    learn: Mapping[str, Floats]
    tests: Mapping[str, Floats]


def person(folder: Path) -> Person:
    """All .wav files of a folder at one level."""
    sounds = {path.name.split("_")[-1]: soundfile.read(path)[0] for path in sorted(folder.glob("*.wav"))}
    level = {name: sound / np.sqrt(np.mean(sound**2)) * LEVEL for name, sound in sounds.items()}
    names = list(level)
    tested = names[: -(-len(names) // 4)]
    return Person({n: level[n] for n in names if n not in tested}, {n: level[n] for n in tested})


@dataclass(frozen=True, eq=False)
class Scorer:
    """What is known of everybody, computed once."""

    judge: Judge
    people: Mapping[str, Person]

    _learned: dict[tuple[str, float], VoiceStatistics] = field(default_factory=dict)
    _likes: dict[str, Floats] = field(default_factory=dict)

    def learn_voice(self, name: str, seconds: float, reads: bool) -> VoiceStatistics:
        if (name, seconds) not in self._learned:
            sounds = self.people[name].learn
            ends = np.cumsum([len(sound) for sound in sounds.values()]).tolist()
            readings = [SentenceSpan(n, end - len(sounds[n]), end) for n, end in zip(sounds, ends, strict=True)]
            whole = np.concatenate(list(sounds.values()))[: int(min(seconds, 3600) * FILE_HZ)]
            self._learned[name, seconds] = GrainMaker().learn(whole.astype(np.float32), FILE_HZ, readings)
        known = self._learned[name, seconds]
        return known if reads else replace(known, read={})

    def try_voice(self, own: str, target: str, tier: str) -> bool:
        """Whether a pair is measured in a tier."""
        if own == target:
            return TIERS[tier].unchanged is not None
        together = self.people[own].learn.keys() & self.people[target].learn.keys()
        return not TIERS[tier].reads or len(together) >= LEAST_SENTENCES

    def like(self, name: str) -> Floats:
        if name not in self._likes:
            self._likes[name] = self.judge.speaker(np.concatenate(list(self.people[name].learn.values())))
        return self._likes[name]


def row(scorer: Scorer, own: str, target: str, tier: str) -> dict[str, Any]:
    """One pair in one tier."""
    judge, speaker, persona = scorer.judge, scorer.people[own], scorer.people[target]
    given = TIERS[tier]
    voices = scorer.learn_voice(own, given.own_s, given.reads), scorer.learn_voice(target, given.target_s, given.reads)
    likes, tests = [scorer.like(name) for name in (own, target)], list(speaker.tests.values())
    engine = given.maker.make_engine(*voices) if own != target or given.unchanged is None else given.unchanged()
    heard, spent_ms = zip(*(pass_through(engine, sound) for sound in tests), strict=True)
    near = np.array([[judge.speaker(sound) @ like for like in likes] for sound in heard])
    whole = judge.speaker(np.concatenate(heard))
    change = judge.quality(np.concatenate(heard)) - judge.quality(np.concatenate(tests))
    same = [(out, persona.tests[n]) for out, n in zip(heard, speaker.tests, strict=True) if n in persona.tests]
    return {
        "pair": f"{own}-{target}",
        "tier": tier if own != target else "unchanged" if tier == "two voices" else f"{tier}, unchanged",
        "sentences": len(tests),
        "semitones": 12 * float(np.log2(voices[1].pitch_hz / voices[0].pitch_hz)),
        "cosine_to_target": float(whole @ likes[1]),
        "cosine_to_speaker": float(whole @ likes[0]),
        "nearer_to_target": float(np.mean(near[:, 1] > near[:, 0])),
        "passes_as_speaker": float(np.mean(near[:, 0] > PASSES_AS_SPEAKER)),
        "dnsmos_change": dict(zip(("signal", "background", "overall"), map(float, change), strict=True)),
        "estoi": _estoi(tests, heard),
        "distortion_db": float(np.mean([distortion_db(*pair) for pair in same])) if same and own != target else None,
        "cpu_ms_per_10_ms": float(np.mean(spent_ms)),
    }


def _estoi(tests: Sequence[Floats], heard: Sequence[Floats]) -> float:
    return float(np.mean([stoi(a, b[: len(a)], FILE_HZ, extended=True) for a, b in zip(tests, heard, strict=True)]))


def natural(judge: Judge, people: Mapping[str, Person]) -> dict[str, float]:
    """What the untouched test sentences score against the speaker's other ones: no other voice comes nearer."""
    whole = {name: [np.concatenate(list(p.values())) for p in (who.tests, who.learn)] for name, who in people.items()}
    return {name: float(judge.speaker(a) @ judge.speaker(b)) for name, (a, b) in whole.items()}


def confusions(judge: Judge, people: Mapping[str, Person]) -> dict[str, float]:
    """The share of a target's natural test sentences that pass as the speaker, by pair: what no engine can go below."""
    likes = {name: judge.speaker(np.concatenate(list(who.learn.values()))) for name, who in people.items()}
    heard = {name: [judge.speaker(sound) for sound in who.tests.values()] for name, who in people.items()}
    return {
        f"{own}-{target}": float(np.mean([each @ likes[own] > PASSES_AS_SPEAKER for each in heard[target]]))
        for own, target in permutations(people, 2)
    }


def pitch(people: Mapping[str, Person]) -> dict[str, float]:
    """Shares of frames with a wrong voicing or a wrong pitch, where Harvest and DIO agree; all sentences."""
    import pyworld

    wrong = frames = gross = voiced = 0
    for who in people.values():
        for sound in (*who.learn.values(), *who.tests.values()):
            found = analyse_frames(sound).pitch_hz
            shape = {"f0_floor": 65.0, "f0_ceil": 500.0, "frame_period": 5.0}
            harvest, _ = pyworld.harvest(sound, FILE_HZ, **shape)
            dio = pyworld.stonemask(sound, *pyworld.dio(sound, FILE_HZ, **shape), FILE_HZ)
            count = min(len(found), len(harvest))
            found, harvest, dio = found[:count], harvest[:count], dio[:count]
            near = np.abs(dio / np.maximum(harvest, 1) - 1) < 0.2
            agreed = ((harvest > 0) == (dio > 0)) & ((harvest == 0) | near)
            both = agreed & (found > 0) & (harvest > 0)
            wrong += int(np.sum((found > 0)[agreed] != (harvest > 0)[agreed]))
            gross += int(np.sum(np.abs(found[both] / harvest[both] - 1) > 0.2))
            frames, voiced = frames + int(agreed.sum()), voiced + int(both.sum())
    return {"voicing_wrong": wrong / frames, "gross_errors": gross / voiced}


def start_result(path: Path | None, judge: Judge, people: Mapping[str, Person], apart: Sequence[str]) -> dict[str, Any]:
    """What an earlier run left in a file, or what holds for every pair."""
    kept = json.loads(path.read_text()) if path is not None and path.is_file() else {"pitch": pitch(people), "rows": []}
    known = {"schema": 1, "machine": describe_machine(), "apart": sorted({*kept.get("apart", ()), *apart})}
    untouched = {"natural": natural(judge, people), "confusions": confusions(judge, people)}
    return {**kept, **known, **{key: {**kept.get(key, {}), **new} for key, new in untouched.items()}}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("dnsmos", type=Path)
    parser.add_argument("pairs", nargs="*")
    parser.add_argument("--apart", action="append", default=[], metavar="NAME")
    parser.add_argument("--tier", action="append", choices=list(TIERS), help="measure this one only; may be repeated")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    people = {folder.name: person(folder) for folder in sorted(given.speech.iterdir()) if folder.is_dir()}
    pairs = [tuple(pair.split("-")) for pair in given.pairs] or list(product(people, people))
    judge = Judge(given.dnsmos)
    scorer = Scorer(judge, people)
    result = start_result(given.json, judge, people, given.apart)
    for tier in given.tier or TIERS:
        for own, target in pairs:
            if scorer.try_voice(own, target, tier):
                new = row(scorer, own, target, tier)
                others = [each for each in result["rows"] if (each["pair"], each["tier"]) != (new["pair"], new["tier"])]
                result["rows"] = [*others, new]
                print(json.dumps(new), flush=True)
            if given.json:
                given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
