"""Nothing goes from camera or microphone to a sink without marks: the types say so, and every way we know is tried."""

import ast
import copy
import pickle
from pathlib import Path

import numpy as np
import pytest
from mypy import api

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.fakes import FakeSink
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.seal import seal_for_marking, seal_for_marking_sound
from livecam.disclosure.picture import Marker
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker

ROOT = Path(__file__).parents[2]
SIZE_WH = (200, 120)
RAW = np.full((120, 200, 3), 90, np.uint8)
SILENCE = AudioBlock(np.zeros((480, 1), np.float32), RATE_HZ, 0, 0)

SMUGGLERS = {
    "a camera's frame": "def smuggle(sink: FrameSink, frame: Frame) -> None:\n    sink.send(frame)",
    "bare pixels": "def smuggle(sink: FrameSink, frame: Frame) -> None:\n    sink.send(frame.pixels)",
    "a look-alike": (
        "class Alike:\n    pixels: Pixels\n    captured_ns = 0\n    seq = 0\n    size_wh = (1, 1)\n"
        "def smuggle(sink: FrameSink) -> None:\n    sink.send(Alike())"
    ),
    "a microphone's sound": "def smuggle(sink: SoundSink, block: AudioBlock) -> None:\n    sink.send(block)",
    "a sink of raw frames": (
        "class Raw:\n    name = 'raw'\n    size_wh = (1, 1)\n"
        "    def send(self, frame: Frame) -> None: ...\n    def close(self) -> None: ...\n"
        "def open_raw() -> FrameSink:\n    return Raw()"
    ),
    "a source as sink": "def smuggle(source: FrameSource) -> FrameSink:\n    return source",
}
IMPORTS = (
    "from livecam.core.audio import AudioBlock\n"
    "from livecam.core.frame import Frame, MarkedFrame, Pixels\n"
    "from livecam.core.ports import FrameSink, FrameSource, SoundSink\n"
)


@pytest.mark.slow
def test_the_types_refuse_everything_that_is_not_marked(tmp_path):
    files = []
    for number, code in enumerate(SMUGGLERS.values()):
        files.append(tmp_path / f"smuggler_{number}.py")
        files[-1].write_text(f"{IMPORTS}\n\n{code}\n")
    honest = tmp_path / "honest.py"
    honest.write_text(f"{IMPORTS}\n\ndef show(sink: FrameSink, frame: MarkedFrame) -> None:\n    sink.send(frame)\n")
    # The repository's own settings and cache: what scripts/check has read is not read again.
    where = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    said, _, _ = api.run([*map(str, files), str(honest), *where])
    refused = {Path(line.partition(":")[0]).name for line in said.splitlines() if ": error:" in line}
    assert refused == {file.name for file in files}, said


def marked() -> MarkedFrame:
    return Marker(SIZE_WH).mark(RAW.copy(), 0, 0)


def swap_pixels(frame: MarkedFrame) -> None:
    frame.pixels = RAW  # type: ignore[misc]


TRIES = {
    "make one": lambda: MarkedFrame(RAW, 0, 0),
    "subclass it": lambda: type("Loophole", (MarkedFrame,), {}),
    "copy one": lambda: copy.copy(marked()),
    "copy it deeply": lambda: copy.deepcopy(marked()),
    "pickle one": lambda: pickle.dumps(marked()),
    "put other pixels into one": lambda: swap_pixels(marked()),
    "paint over one": lambda: marked().pixels.__setitem__(slice(None), 0),
    "ask for the seal": seal_for_marking,
    "ask for the seal of sound": seal_for_marking_sound,
    "make a block": lambda: MarkedBlock(SILENCE),
    "copy a block": lambda: copy.copy(SoundMarker(1).mark(SILENCE)),
    "put other sound into one": lambda: setattr(SoundMarker(1).mark(SILENCE), "samples", SILENCE.samples),
    "record over one": lambda: SoundMarker(1).mark(SILENCE).samples.__setitem__(slice(None), 0),
    "send a frame": lambda: FakeSink(SIZE_WH).send(Frame(RAW, 0, 0)),
}


@pytest.mark.parametrize("how", list(TRIES))
def test_no_way_to_an_unmarked_picture_or_sound_is_open(how):
    with pytest.raises((TypeError, AttributeError, ValueError, PermissionError)):
        TRIES[how]()


OUTWARD = {
    "pyvirtualcam.Camera": {"livecam/devices/virtual_camera/native.py"},
    "cv2.VideoWriter": set(),
    "cv2.imshow": set(),
    "os.write": {
        "livecam/devices/virtual_camera/v4l2_output.py",
        "livecam/core/files/writing.py",
        "livecam/core/answer_line.py",
    },
    "add_stream": {"livecam/devices/recording/video_file.py"},
}
"""Ways out of the program for pictures, and the modules that may use each; encoders in memory (bench) go nowhere.

`core/files/writing.py` writes the bytes of reports, keys and stores, whole; `test_no_way_...` covers what it is given.
`core/answer_line.py` writes what a child process answers its parent: lines of JSON.
"""


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def modules() -> list[Path]:
    rooms = [ROOT / "livecam", ROOT / "engines", ROOT / "calibration"]
    found = [path for room in rooms for path in room.rglob("*.py") if "training" not in path.parts]
    return [path for path in found if "bench" not in path.relative_to(ROOT).parts]


@pytest.mark.parametrize("way", list(OUTWARD))
def test_pictures_leave_by_the_known_doors_only(way):
    used = {str(path.relative_to(ROOT)) for path in modules() if any(name.endswith(way) for name in calls(path))}
    assert used <= OUTWARD[way]


def taken_by_sends() -> dict[str, set[str]]:
    """By module: the types of what methods called `send` take."""
    taken: dict[str, set[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "send":
                kinds = {ast.unparse(argument.annotation) for argument in node.args.args if argument.annotation}
                taken.setdefault(str(path.relative_to(ROOT)), set()).update(kinds)
    return taken


BEHIND_A_SINK = {
    "livecam/devices/virtual_camera/native.py",
    "livecam/devices/virtual_camera/v4l2_output.py",
    "livecam/devices/virtual_camera/pipewire.py",
}
"""Drivers that take the bare array of a marked frame from `VirtualCameraSink`; import-linter keeps others away."""


TO_A_CHILD = {"livecam/box/channel.py", "engines/voice/neural/worker_link.py"}
"""Requests to the processes that decode files and run networks, and their answers; no sink takes them."""


def test_every_sink_takes_marked_things_only():
    taken = taken_by_sends()
    assert sum(bool(kinds & {"MarkedFrame", "MarkedBlock"}) for kinds in taken.values()) >= 10
    others = {place: kinds - {"MarkedFrame", "MarkedBlock", "str"} for place, kinds in taken.items()}
    assert {place for place, kinds in others.items() if kinds} <= BEHIND_A_SINK | TO_A_CHILD
