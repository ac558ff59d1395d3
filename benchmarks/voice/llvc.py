"""A network of LLVC's size: the layers and widths of its published configuration, with random weights.

L 16, 512 and 256 channels, 8 encoder layers, 1 decoder layer of 13 frames, 12 convolutions before.
"""

from pathlib import Path

from benchmarks.voice.layers import FAR, Layers

WIDE, NARROW, LAYERS, HEADS, CHUNK, HOP, TAIL, BEFORE = 512, 256, 8, 8, 13, 16, 4, 12
CONTEXT = 2 * (2**LAYERS - 1)


def _encode(made: Layers, x: str) -> str:
    """Dilated convolutions one channel at a time, then across; what they look back at is a state."""
    states, begin = [], 0
    for layer in range(LAYERS):
        long = 2 * 2**layer
        seen = made.join(made.cut("enc_buf", begin, begin + long, 2), x)
        states.append(made.cut(seen, -long, FAR, 2))
        begin += long
        alone = made.convolve(seen, WIDE, 1, 3, group=WIDE, dilations=[2**layer])
        alone = made.turn(made.add("Relu", made.normalise(made.turn(alone), WIDE)))
        across = made.turn(made.convolve(alone, WIDE, WIDE, 1))
        x = made.add("Add", x, made.turn(made.add("Relu", made.normalise(across, WIDE))))
    made.join(*states, name="enc_buf_out")
    return x


def _decode(made: Layers, sounds: str, wanted: str) -> str:
    """One layer of attention over this chunk and the one before it, both (1, NARROW, CHUNK)."""
    kept = [made.cut("dec_buf", n * CHUNK, (n + 1) * CHUNK, 1) for n in range(2)]
    memory, both = (made.join(old, made.turn(new), axis=1) for old, new in zip(kept, (sounds, wanted), strict=True))
    made.join(*(made.cut(line, -CHUNK, FAR, 1) for line in (memory, both)), axis=1, name="dec_buf_out")
    x = made.cut(both, -CHUNK, FAR, 1)
    for seen in (both, memory):
        x = made.normalise(made.add("Add", x, _attend(made, x, seen)), NARROW)
    wide = made.add("Relu", made.project(x, NARROW, 2 * NARROW))
    return made.turn(made.normalise(made.add("Add", x, made.project(wide, 2 * NARROW, NARROW)), NARROW))


def _attend(made: Layers, query: str, memory: str) -> str:
    """Attention of (1, n, NARROW) to (1, m, NARROW)."""
    each = NARROW // HEADS
    parts = [made.split_heads(made.project(x, NARROW, NARROW), HEADS, each) for x in (query, memory, memory)]
    return made.project(made.attend(*parts, HEADS, each), NARROW, NARROW)


def write_llvc(path: Path) -> int:
    """Write a network of LLVC's size; its number of weights."""
    made, x, old = Layers(), "x", "pre_buf"
    states = []
    for layer in range(BEFORE):
        seen = made.join(made.cut(old, 2 * layer, 2 * layer + 2, 2), x)
        states.append(made.cut(seen, -2, FAR, 2))
        x = made.add("Add", x, made.add("Tanh", made.convolve(seen, 1, 1, 3)))
    made.join(*states, name="pre_buf_out")
    latent = made.add("Relu", made.convolve(x, WIDE, 1, 3 * HOP, bias=False, strides=[HOP]))
    sounds = _encode(made, latent)
    wanted = made.add("Mul", sounds, made.random(1, WIDE, 1))
    narrow = [made.add("Relu", made.convolve(s, NARROW, WIDE // NARROW, 1, group=NARROW)) for s in (sounds, wanted)]
    mask = made.add("Relu", made.convolve(_decode(made, *narrow), WIDE, 1, 1, group=NARROW))
    whole = made.join("out_buf", made.add("Mul", latent, made.add("Add", wanted, mask)))
    made.cut(whole, -TAIL, FAR, 2, name="out_buf_out")
    filters = made.random(WIDE, 1, (TAIL + 1) * HOP)
    sound = made.add("ConvTranspose", whole, filters, strides=[HOP], pads=[TAIL * HOP] * 2)
    made.add("Tanh", sound, name="y")
    shapes = {"pre_buf": (1, 1, 2 * BEFORE), "enc_buf": (1, WIDE, CONTEXT), "dec_buf": (1, 2 * CHUNK, NARROW),
              "out_buf": (1, WIDE, TAIL)}  # fmt: skip
    return made.save(path, ((CHUNK + 2) * HOP, CHUNK * HOP), shapes)
