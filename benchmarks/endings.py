"""How runs end while other programs keep the machine busy: every ending must have its exit code, and none may abort.

    python benchmarks/endings.py                       60 endings of all kinds, eight busy programs
    python benchmarks/endings.py --endings 200 --busy 8 --only "slow engine" --json endings.json

The exit code is 1 when an ending had another code than it should, or took longer than it may.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from busy_processes import busy_processes

PROGRAM = [sys.executable, "-c", "import sys; from livecam.cli import main; sys.exit(main())"]
LONGEST_S = 180.0
LARGE_WH = (4608, 3456)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of ending. `interrupted_after_s`: when Ctrl-C comes; None: the run ends by itself."""

    words: Sequence[str]
    exit_codes: frozenset[int] = frozenset({0})
    interrupted_after_s: tuple[float, float] | None = None


def kinds(folder: Path) -> Mapping[str, Kind]:
    """Every kind by name; what they need is made in `folder`."""
    run = ["run", "--persona", "robin", "--sink", "null"]
    sample = [*run, "--camera", "sample"]
    # A run that is over before the first new picture says so with 4; that is its right code on a slow machine.
    shown_or_not = frozenset({0, 4})
    engine, pictures = f"onnx:{_model(folder / 'negative.dfm')}", str(_pictures(folder / "pictures"))
    return {
        "slow engine": Kind([*sample, "--engine", "slow:300ms", "--duration", "8"], shown_or_not),
        "slow engine, Ctrl-C": Kind([*sample, "--engine", "slow:300ms"], shown_or_not, (3.0, 9.0)),
        "network": Kind([*sample, "--engine", engine, "--duration", "8"], shown_or_not),
        "network, Ctrl-C": Kind([*sample, "--engine", engine], shown_or_not, (3.0, 9.0)),
        "large pictures": Kind([*run, "--camera", pictures, "--size", "640x480", "--duration", "8"], shown_or_not),
        "large pictures, Ctrl-C": Kind([*run, "--camera", pictures, "--size", "640x480"], shown_or_not, (3.0, 9.0)),
        "clip to its end, recorded": Kind([*sample, "--record", str(folder / "clip.mp4")], shown_or_not),
        "replay": Kind(["replay", "sample", "--persona", "robin", "--out", "null"], frozenset({0, 130}), (4.0, 12.0)),
    }


def _model(path: Path) -> Path:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.swap_models import dfm

    return dfm(path.with_suffix(".onnx"), side=256)


def _pictures(folder: Path) -> Path:
    """Two hundred large pictures of a synthetic person: one file and links to it."""
    from livecam.personas.built_in import open_builtin

    folder.mkdir()
    face = cv2.resize(open_builtin("robin").photo.pixels, LARGE_WH, interpolation=cv2.INTER_LINEAR)
    noise = np.random.default_rng(1).integers(0, 24, face.shape, np.uint8)
    cv2.imwrite(str(folder / "0000.jpg"), cv2.add(face, noise))
    for number in range(1, 200):
        (folder / f"{number:04d}.jpg").hardlink_to(folder / "0000.jpg")
    return folder


@dataclass(frozen=True, slots=True)
class Ending:
    """How one run ended. `exit_code` is negative for a signal, None where it had to be killed."""

    kind: str
    exit_code: int | None
    right: bool
    seconds: float
    last_words: str


def end_once(name: str, kind: Kind, folder: Path, rng: random.Random) -> Ending:
    """Run it to its end."""
    begin_s = time.monotonic()
    words = [*PROGRAM, *kind.words, "--data-folder", str(folder / "data")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
        output, code = "", None
        try:
            if kind.interrupted_after_s is not None:
                output = _read_until(program, rng.uniform(*kind.interrupted_after_s))
                program.send_signal(signal.SIGINT)
            output += program.communicate(timeout=LONGEST_S)[0]
            code = program.returncode
        except subprocess.TimeoutExpired:
            program.kill()
    seconds = time.monotonic() - begin_s
    return Ending(name, code, code in kind.exit_codes, round(seconds, 1), "\n".join(output.splitlines()[-6:]))


def _read_until(program: "subprocess.Popen[str]", after_s: float) -> str:
    """Wait until the run has begun, then `after_s` more. A replay says nothing before its end."""
    assert program.stdout is not None
    read = ""
    while "replay" not in program.args and "shown on" not in read and (line := program.stdout.readline()):
        read += line
    time.sleep(after_s)
    return read


def measure(endings: int, busy: int, only: str, seed: int, say: Callable[[str], None]) -> list[Ending]:
    """That many endings, the kinds in turn."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        chosen = {name: kind for name, kind in kinds(folder).items() if only in name}
        ended = []
        with busy_processes(busy):
            for number in range(endings):
                name = list(chosen)[number % len(chosen)]
                ending = end_once(name, chosen[name], folder, rng)
                ended.append(ending)
                say(f"{number + 1} of {endings}: {name}: {ending.exit_code} after {ending.seconds} s")
                if not ending.right:
                    say(ending.last_words)
    return ended


def main() -> int:
    """Measure as asked and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endings", type=int, default=60)
    parser.add_argument("--busy", type=int, default=8, help="busy programs next to it")
    parser.add_argument("--only", default="", help="kinds with these words in their names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    # A job in the background may ignore Ctrl-C, and would pass that on to the runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ended = measure(given.endings, given.busy, given.only, given.seed, lambda text: print(text, flush=True))
    codes = Counter((ending.kind, ending.exit_code) for ending in ended)
    wrong = sum(not ending.right for ending in ended)
    for (kind, code), count in sorted(codes.items(), key=str):
        print(f"{kind}: exit code {code}, {count} times")
    print(f"{len(ended)} endings under {given.busy} busy programs: {len(ended) - wrong} right, {wrong} wrong")
    if given.json is not None:
        rows = [
            {"kind": e.kind, "exit_code": e.exit_code, "right": e.right, "seconds": e.seconds, "words": e.last_words}
            for e in ended
        ]
        given.json.write_text(json.dumps({"busy": given.busy, "seed": given.seed, "endings": rows}, indent=2) + "\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
