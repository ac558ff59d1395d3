"""A network in the layout of MeanVC 2 as one stateful graph, with random weights.

Shapes are those of its published code: a streaming recogniser (WeNet's U2++: 11 frames of 80 bands, 6 layers of 256,
4 heads, 4 frames back, 8 back for the convolution), a converter of flow matching (4 layers of 512, 2 heads of 64,
chunks of 40 ms and 40 ms ahead, two steps, 32 timbre tokens), and Vocos. What the code does not say, the inner widths
of recogniser and Vocos, are the defaults of WeNet and Vocos. The enrolled speaker's embedding is a constant of the
graph: so the file's hash, which consent is given for, covers it. A pass is of 80 ms.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.voice.layers import FAR, Layers, Shapes

HOP, WINDOW, BANDS, FFT = 160, 400, 80, 512
FRAMES, AHEAD, CHUNK, STEPS, TOKENS = 8, 4, 4, 2, 32
BACK, KERNEL_BACK, HELD, OVERLAP = 4, 8, 12, 2
SAMPLES = FRAMES * HOP
DELAY = AHEAD * HOP + HOP
"""Frames ahead of the converter, and the fade of the vocoder."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths and depths; the defaults are the true ones."""

    content: int = 256
    inner: int = 2048
    heard: int = 6
    wide: int = 512
    turned: int = 4
    voiced: int = 8
    vocoder: int = 512


def write_meanvc(path: Path, sizes: Sizes | None = None) -> int:
    """Write it; the number of its weights."""
    made, sizes = Layers(), sizes or Sizes()
    heard = _recognise(made, _bands(made), sizes)
    line = made.join("content_buf", heard, axis=1)
    made.cut(line, -AHEAD, FAR, 1, name="content_buf_out")
    caches = {f"{kind}{n}_buf": f"{kind}{n}_buf" for n in range(sizes.turned) for kind in ("key", "value")}
    mels = [_convert(made, made.cut(line, at, at + CHUNK + AHEAD, 1), caches, sizes) for at in range(0, FRAMES, CHUNK)]
    for name, array in caches.items():
        made.add("Identity", array, name=f"{name}_out")
    _speak(made, made.join(*mels, axis=1), sizes)
    states: Shapes = {
        "bands_buf": (1, 3, BANDS),
        "last_content_buf": (1, 1, sizes.content),
        "content_buf": (1, AHEAD, sizes.content),
        "mel_buf": (1, OVERLAP, BANDS),
        "sound_buf": (1, 1, HOP),
    }
    for n in range(sizes.heard):
        states[f"attention{n}_buf"] = (2, 4, BACK, sizes.content // 4)
        states[f"kernel{n}_buf"] = (1, sizes.content, KERNEL_BACK)
    states |= dict.fromkeys(caches, (1, 2, HELD, 64))
    return made.save(path, (SAMPLES + WINDOW - HOP, SAMPLES), states, samplingRate=16_000, delay=DELAY)


def _bands(made: Layers) -> str:
    """Log energies (1, 11, 80) of the newest eight frames and three before."""
    made.scope("bands")
    turns = 2 * np.pi * np.outer(np.arange(FFT // 2 + 1), np.arange(WINDOW)) / FFT
    window = np.hanning(WINDOW) ** 0.85
    power = [
        made.add("Mul", part, part)
        for wave in (np.cos, np.sin)
        for part in [
            made.add("Conv", "x", made.keep((wave(turns) * window)[:, None].astype(np.float32)), strides=[HOP])
        ]
    ]
    bank = made.keep(np.abs(np.random.default_rng(0).standard_normal((FFT // 2 + 1, BANDS))).astype(np.float32) / FFT)
    energy = made.add("MatMul", made.turn(made.add("Add", *power)), bank)
    newest = made.add("Log", made.add("Add", energy, made.keep(np.float32([1e-6]))))
    line = made.join("bands_buf", newest, axis=1)
    made.cut(line, -3, FAR, 1, name="bands_buf_out")
    return line


def _recognise(made: Layers, bands: str, sizes: Sizes) -> str:
    """Content (1, 8, width) at 100 a second of 80 ms: two frames of 40 ms, drawn out."""
    wide = sizes.content
    made.scope("recogniser")
    x = made.add("Unsqueeze", bands, made.number(1))
    for given in (1, wide):
        x = made.add("Relu", made.add("Conv", x, made.random(wide, given, 3, 3), made.random(wide), strides=[2, 2]))
    x = made.add("Reshape", made.add("Transpose", x, perm=[0, 2, 1, 3]), made.number(1, -1, wide * 19))
    x = made.project(x, wide * 19, wide)
    for n in range(sizes.heard):
        x = _conformer(made, x, n, sizes)
    line = made.join("last_content_buf", x, axis=1)
    made.cut(line, -1, FAR, 1, name="last_content_buf_out")
    places = np.minimum(np.arange(1, FRAMES + 1) / AHEAD, 2)
    drawn = np.maximum(1 - np.abs(places[:, None] - np.arange(3)[None]), 0).astype(np.float32)
    return made.add("MatMul", made.keep(drawn), line)


def _conformer(made: Layers, x: str, n: int, sizes: Sizes) -> str:
    wide, each = sizes.content, sizes.content // 4

    def forward(x: str) -> str:
        inside = made.silu(made.project(made.normalise(x, wide), wide, sizes.inner))
        return made.add("Mul", made.project(inside, sizes.inner, wide), made.keep(np.float32([0.5])))

    x = made.add("Add", x, forward(x))
    near = made.normalise(x, wide)
    query, key, value = (made.split_heads(made.project(near, wide, wide), 4, each) for _ in range(3))
    lines = [made.join(made.cut(f"attention{n}_buf", k, k + 1, 0), new, axis=2) for k, new in enumerate((key, value))]
    made.join(*(made.cut(line, -BACK, FAR, 2) for line in lines), axis=0, name=f"attention{n}_buf_out")
    x = made.add("Add", x, made.project(made.attend(query, *lines, 4, each), wide, wide))
    gate = made.project(made.normalise(x, wide), wide, 2 * wide)
    mixed = made.add("Mul", made.cut(gate, 0, wide, 2), made.add("Sigmoid", made.cut(gate, wide, FAR, 2)))
    line = made.join(f"kernel{n}_buf", made.turn(mixed))
    made.cut(line, -KERNEL_BACK, FAR, 2, name=f"kernel{n}_buf_out")
    alone = made.turn(made.convolve(line, wide, 1, KERNEL_BACK + 1, group=wide))
    x = made.add("Add", x, made.project(made.silu(made.normalise(alone, wide)), wide, wide))
    return made.normalise(made.add("Add", x, forward(x)), wide)


def _convert(made: Layers, content: str, caches: dict[str, str], sizes: Sizes) -> str:
    """A chunk of mel bands (1, 4, 80); keys and values of what went before come and go by `caches`."""
    made.scope("timbre")
    wide = sizes.content
    voice = made.keep(np.random.default_rng(1).standard_normal((1, wide)).astype(np.float32))
    tokens = []
    for _ in range(2):
        inside = made.silu(made.project(voice, wide, wide))
        tokens.append(made.add("Reshape", made.project(inside, wide, TOKENS * wide), made.number(1, TOKENS, wide)))
    parts = [made.split_heads(made.project(x, wide, 128), 4, 32) for x in (content, *tokens)]
    timbre = made.normalise(made.project(made.attend(*parts, 4, 32), 128, wide), wide)
    same = made.add("Expand", made.add("Reshape", voice, made.number(1, 1, wide)), made.number(1, CHUNK + AHEAD, wide))
    x = made.keep(np.random.default_rng(2).standard_normal((1, CHUNK + AHEAD, BANDS)).astype(np.float32))
    for step in range(STEPS):
        slope = _flow(made, made.join(x, timbre, same), caches, step == STEPS - 1, sizes)
        x = made.add("Sub", x, made.add("Mul", slope, made.keep(np.float32([1 / STEPS]))))
    return made.cut(x, 0, CHUNK, 1)


def _flow(made: Layers, x: str, caches: dict[str, str], last: bool, sizes: Sizes) -> str:
    """One step of the flow; the last one of a chunk leaves its keys and values behind."""
    made.scope("flow")
    wide = sizes.wide
    time = made.silu(made.project(made.silu(made.project(made.random(1, 1, 256), 256, wide)), wide, wide))
    x = made.project(x, BANDS + 2 * sizes.content, wide)
    for n in range(sizes.turned):
        moved = made.project(time, wide, 6 * wide)
        shift, scale, gate, shift2, scale2, gate2 = (made.cut(moved, k * wide, (k + 1) * wide, 2) for k in range(6))
        near = made.add("Add", made.add("Mul", made.normalise(x, wide), scale), shift)
        query, key, value = (made.split_heads(made.project(near, wide, 128), 2, 64) for _ in range(3))
        lines = []
        for kind, new in (("key", key), ("value", value)):
            line = made.join(caches[f"{kind}{n}_buf"], new)
            kept = made.cut(line, CHUNK, CHUNK + HELD, 2)
            if last:
                caches[f"{kind}{n}_buf"] = kept
            lines.append(line)
        x = made.add("Add", x, made.add("Mul", gate, made.project(made.attend(query, *lines, 2, 64), 128, wide)))
        near = made.add("Add", made.add("Mul", made.normalise(x, wide), scale2), shift2)
        inside = made.silu(made.project(near, wide, 2 * wide), 1.702)
        x = made.add("Add", x, made.add("Mul", gate2, made.project(inside, 2 * wide, wide)))
    return made.project(made.normalise(x, wide), wide, BANDS)


def _speak(made: Layers, mel: str, sizes: Sizes) -> None:
    """Vocos: the newest frames and two before, as sound; the seam is faded."""
    made.scope("vocos")
    wide, bins, whole = sizes.vocoder, 2 * HOP + 1, 4 * HOP
    line = made.join("mel_buf", mel, axis=1)
    made.cut(line, -OVERLAP, FAR, 1, name="mel_buf_out")
    x = made.normalise(made.turn(made.convolve(made.turn(line), wide, BANDS, 7, pads=[3, 3])), wide)
    for _ in range(sizes.voiced):
        alone = made.normalise(made.turn(made.convolve(made.turn(x), wide, 1, 7, group=wide, pads=[3, 3])), wide)
        x = made.add("Add", x, made.project(made.silu(made.project(alone, wide, 3 * wide), 1.702), 3 * wide, wide))
    spoken = made.turn(made.project(made.normalise(x, wide), wide, 2 * bins))
    size, phase = made.add("Exp", made.cut(spoken, 0, bins, 1)), made.cut(spoken, bins, FAR, 1)
    parts = made.join(*(made.add("Mul", size, made.add(wave, phase)) for wave in ("Cos", "Sin")), axis=1)
    turns = 2 * np.pi * np.outer(np.arange(bins), np.arange(whole)) / whole
    basis = np.vstack([np.cos(turns), -np.sin(turns)]) * np.hanning(whole) / whole
    filters = made.keep(basis[:, None].astype(np.float32))
    sound = made.add("Tanh", made.add("ConvTranspose", parts, filters, strides=[HOP], pads=[whole // 2 - HOP // 2] * 2))
    out = made.cut(sound, HOP // 2, HOP // 2 + SAMPLES + HOP, 2)
    falling = np.linspace(1, 0, HOP, dtype=np.float32)[None, None]
    old = made.add("Mul", "sound_buf", made.keep(falling))
    seam = made.add("Add", old, made.add("Mul", made.cut(out, 0, HOP, 2), made.keep(1 - falling)))
    made.join(seam, made.cut(out, HOP, SAMPLES, 2), name="y")
    made.cut(out, SAMPLES, SAMPLES + HOP, 2, name="sound_buf_out")
