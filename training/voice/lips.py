"""Teach the mouth estimator with synthetic speech.

Run: python training/voice/lips.py OUT.npz

eSpeak NG (1.51, as a library) speaks texts in the languages of the plate with several of its voices, and says when each
phoneme begins. A table says how open and how wide a mouth is in each. Half of the speech goes through the voice engine
to the built-in voices, because what is heard in a session has. Nothing of a person is in it. Needs the extra `train`.
"""

import ctypes
import sys
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from engines.voice.grain.engine import GrainMaker
from engines.voice.text_to_speech.samples import resample
from livecam.audio.lips.estimator import AFTER, CONTEXT
from livecam.audio.lips.features import BANDS, HOP, WINDOW, BandLoudness
from livecam.core.audio import AudioBlock
from livecam.personas.built_in_voices import builtin_voice_names, open_builtin_voice
from livecam.personas.reading_sentences import SENTENCES, sample_sentences

Floats = NDArray[np.float64]
LANGUAGES: Final = {"en-us": "en", "fr-fr": "fr", **{code: code for code in ("de", "es", "it", "nl", "pl", "pt")}}
VARIANTS: Final = ("", "+f2", "+m3", "+f4", "+m7")
HIDDEN, EPOCHS, SEED = 24, 60, 0
# ruff: noqa: RUF001 - the phonemes' own letters
SMOOTH_S: Final = 0.03
# Opening and width by the first letter of the phoneme that is listed; what is not listed is a tongue's consonant.
SHAPES: Final[dict[str, tuple[float, float]]] = {
    **dict.fromkeys("aɑæɐʌ", (1.0, 0.0)),
    **dict.fromkeys("ɛɜəœɶ", (0.6, 0.1)),
    **dict.fromkeys("eɪʏø", (0.45, 0.4)),
    **dict.fromkeys("iyɨ", (0.28, 0.8)),
    **dict.fromkeys("ɔɒ", (0.7, -0.5)),
    **dict.fromkeys("o", (0.5, -0.7)),
    **dict.fromkeys("uʊɯw", (0.22, -0.9)),
    **dict.fromkeys("mbp", (0.0, 0.0)),
    **dict.fromkeys("fvʋ", (0.06, 0.1)),
    **dict.fromkeys("ʃʒɹ", (0.2, -0.5)),
    **dict.fromkeys("sztdnlɾrθðcɲʎj", (0.2, 0.2)),
    **dict.fromkeys("kɡgŋxhçɣʁʀ", (0.3, 0.0)),
    **dict.fromkeys("", (0.0, 0.0)),
}
TONGUE: Final = (0.2, 0.0)
GLIDES: Final = "ʊɪə"


class Event(ctypes.Structure):
    """The library's `espeak_EVENT`."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("type",)),
        ("unique_identifier", ctypes.c_uint),
        *((name, ctypes.c_int) for name in ("text_position", "length", "audio_position", "sample")),
        ("user_data", ctypes.c_void_p),
        ("string", ctypes.c_char * 8),
    ]


class Speech:
    """The library, which returns sound and phonemes of a text."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate_hz = self._library.espeak_Initialize(2, 0, None, 3)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
        self._callback = kind(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._parts: list[Floats] = []
        self._phonemes: list[tuple[float, str]] = []

    def _take(self, wave: ctypes._Pointer, count: int, events: ctypes._Pointer) -> int:  # type: ignore[type-arg]
        if wave:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)) / 32768)
        number = 0
        while events[number].type:
            if events[number].type == 7:
                name = events[number].string.decode(errors="replace")
                self._phonemes.append((events[number].audio_position / 1000, name))
            number += 1
        return 0

    def speak(self, voice: str, text: str) -> tuple[Floats, list[tuple[float, str]]]:
        """Return sound (n,) at the library's rate, and phonemes with their start times."""
        self._parts, self._phonemes = [], []
        self._library.espeak_SetVoiceByName(voice.encode())
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, 1, None, None)
        self._library.espeak_Synchronize()
        return np.concatenate(self._parts), list(self._phonemes)


def shape_of(phoneme: str) -> tuple[float, float]:
    letter = phoneme.lstrip("ˈˌ(;,")[:1]
    return SHAPES.get(letter, TONGUE)


def curve(phonemes: Sequence[tuple[float, str]], frames: int) -> Floats:
    """Return (frames, 2) opening and width every 10 ms.

    A step a phoneme, smoothed as lips are.
    """
    at = np.arange(frames * 10 + 200) / 1000 - 0.1
    begins = np.array([begin for begin, _ in phonemes])
    shapes = np.array([shape_of(name) for _, name in phonemes])
    # A second vowel letter is a glide: half of it belongs to that.
    ends_as = [name[1:] if name[1:2] and name[1] in GLIDES else name for _, name in phonemes]
    glides = np.array(list(map(shape_of, ends_as)))
    number = np.clip(np.searchsorted(begins, at, side="right") - 1, 0, len(begins) - 1)
    ends = np.append(begins[1:], begins[-1])
    late = at > (begins[number] + ends[number]) / 2
    steps = np.where(late[:, None], glides[number], shapes[number])
    steps[at < begins[0]] = 0
    kernel = np.exp(-0.5 * (np.arange(-100, 101) / (1000 * SMOOTH_S)) ** 2)
    smooth = np.stack([np.convolve(column, kernel / kernel.sum(), "same") for column in steps.T], 1)
    return smooth[100 : 100 + frames * 10 : 10]


def features(sound: Floats) -> Floats:
    """Return features (n, 17) of sound at 16 kHz.

    The window of frame n ends at (n + 1) * 10 ms.
    """
    loudness = BandLoudness()
    padded = np.concatenate([np.zeros(WINDOW - HOP), sound])
    count = len(sound) // HOP
    return np.array([loudness.measure(padded[n * HOP : n * HOP + WINDOW]) for n in range(count)])


def pairs(sound: Floats, phonemes: Sequence[tuple[float, str]], late_s: float) -> tuple[Floats, Floats]:
    """Return contexts (n, 153) and shapes (n, 2) of sound that is `late_s` late."""
    slow = sound[: len(sound) // 480 * 480].reshape(-1, 3).mean(1)
    heard = features(slow)
    truth = curve([(begin + late_s, name) for begin, name in phonemes], len(heard) + 2)
    # The middle of the judged frame is AFTER hops and half a window before the newest sample.
    middle = np.arange(len(heard)) + 1 - AFTER - WINDOW / 2 / HOP
    shown = np.stack([np.interp(middle, np.arange(len(truth)), column) for column in truth.T], 1)
    lined = np.concatenate([np.zeros((CONTEXT - 1, BANDS + 1)), heard])
    contexts = np.stack([lined[n : n + CONTEXT].ravel() for n in range(len(heard))])
    return contexts, shown


def converted(engine: object, sound: NDArray[np.float32]) -> tuple[Floats, float]:
    """Return sound through an engine, and its delay in seconds."""
    engine.prepare(48_000, 480)  # type: ignore[attr-defined]
    whole = sound[: len(sound) // 480 * 480]
    blocks = [AudioBlock(whole[at : at + 480, None], 48_000, at, 0) for at in range(0, len(whole), 480)]
    out = [engine.process(block).samples[:, 0] for block in blocks]  # type: ignore[attr-defined]
    return np.concatenate(out).astype(np.float64), engine.latency_samples / 48_000  # type: ignore[attr-defined]


def material() -> tuple[Floats, Floats]:
    speech, maker = Speech(), GrainMaker()
    targets = cycle(open_builtin_voice(name) for name in builtin_voice_names())
    rng = np.random.default_rng(SEED)
    heard, shown = [], []
    for language, code in LANGUAGES.items():
        for variant in VARIANTS:
            texts = sample_sentences(code) if code != "en" else SENTENCES
            spoken = [speech.speak(language + variant, text) for text in texts]
            sounds = [resample(sound, speech.rate_hz) for sound, _ in spoken]
            speaker = maker.learn(np.concatenate(sounds), 48_000)
            for sound, (_, phonemes) in zip(sounds, spoken, strict=True):
                pause = np.zeros(48_000 // 2, np.float32)
                level = np.float32(0.06 / np.sqrt(np.mean(sound**2)) * np.exp(rng.uniform(-1, 1)))
                plain = np.concatenate([pause, sound * level, pause])
                noisy = plain + rng.normal(0, 10 ** rng.uniform(-5, -3), len(plain)).astype(np.float32)
                other, late_s = converted(maker.make_engine(speaker, next(targets)), noisy)
                moved = [(begin + 0.5, name) for begin, name in phonemes]
                for made, late in ((noisy.astype(np.float64), 0.0), (other, late_s)):
                    contexts, shapes = pairs(made, moved, late)
                    heard.append(contexts)
                    shown.append(shapes)
            print(language, variant, sum(map(len, heard)), flush=True)
    return np.concatenate(heard), np.concatenate(shown)


def train(heard: Floats, shown: Floats) -> dict[str, NDArray[np.float16]]:
    torch.manual_seed(SEED)
    x, y = torch.tensor(heard, dtype=torch.float32), torch.tensor(shown, dtype=torch.float32)
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 2))
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS)
    for epoch in range(EPOCHS):
        order, total = torch.randperm(len(x)), 0.0
        for chosen in order.split(1024):
            loss = ((net(x[chosen]) - y[chosen]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(chosen)
        plan.step()
        if epoch % 10 == 9:
            print(epoch + 1, total / len(x), flush=True)
    with torch.no_grad():
        judged = net(x).numpy()
    print("correlation", [float(np.corrcoef(judged[:, k], shown[:, k])[0, 1]) for k in (0, 1)])
    weights = [net[0].weight.T, net[0].bias, net[2].weight.T, net[2].bias]
    names = ("first", "first_bias", "second", "second_bias")
    return {name: each.detach().numpy().astype(np.float16) for name, each in zip(names, weights, strict=True)}


def main() -> None:
    heard, shown = material()
    np.savez_compressed(Path(sys.argv[1]), **train(heard, shown))


if __name__ == "__main__":
    main()
