"""Tasks for the other side of a live call, and what the mesh sees of them."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Final

import numpy as np

from livecam.core import topology
from livecam.core.pose import fit_pose
from livecam.verify.signs.light import read_lag
from livecam.verify.signs.lips import measure_mouth
from livecam.verify.signs.series import FaceWindow, Observation

PROPOSED: Final = 3
HELPER: Final = (
    "This is a helper for people. It is not an identity check, and a task that is done well proves nothing: "
    "programs that are made for one task pass it."
)
GOTCHA: Final = (
    "In the GOTCHA study (13 tasks, 47 people, three programs) viewers separated altered from unaltered clips with an "
    "AUC of 88.6 % and a machine with 80.1 %, after about 15 s. A program with its own segmentation passed several "
    "tasks."
)
_BY_EYE: Final = "the mesh cannot see this; look yourself"


@dataclass(frozen=True, slots=True)
class ChallengeTask:
    """One task.

    Attributes:
        name: As in JSON.
        ask: What to ask for.
        breaks: What breaks in altered pictures.
        see: Returns what the mesh saw in a window.
    """

    name: str
    ask: str
    breaks: str
    see: Callable[[FaceWindow], str]


def _turn(window: FaceWindow) -> str:
    return f"the head turned to {_range([abs(fit_pose(r.points).yaw_deg) for r in window.readings])[1]:.0f} degrees"


def _nod(window: FaceWindow) -> str:
    low, high = _range([fit_pose(reading.points).pitch_deg for reading in window.readings])
    return f"the head nodded over {high - low:.0f} degrees"


def _cover(window: FaceWindow) -> str:
    return f"up to {_range([reading.covered for reading in window.readings])[1]:.0%} of the face was covered"


def _near(window: FaceWindow) -> str:
    sizes = [float(np.linalg.norm(reading.points[33] - reading.points[263])) for reading in window.readings]
    low, high = _range(sizes)
    return f"the face grew by a factor of {high / max(low, 1e-6):.1f}"


def _mouth(window: FaceWindow) -> str:
    return f"the mouth opened to {float(np.max(measure_mouth(window))):.2f} eye distances"


def _wink(window: FaceWindow) -> str:
    sides = (topology.RIGHT_EYE_OPENING, topology.LEFT_EYE_OPENING)
    apart = [
        abs(topology.opening_ratio(r.points, sides[0]) - topology.opening_ratio(r.points, sides[1]))
        for r in window.readings
    ]
    return f"one eye was open {_range(apart)[1]:.0%} of its width more than the other"


def _lamp(window: FaceWindow) -> str:
    halves = np.log(np.stack([reading.colours[:2] for reading in window.readings]).astype(np.float64).mean(2) + 2)
    apart = halves[:, 0] - halves[:, 1]
    return f"the light from the sides changed by {float(np.expm1(np.ptp(apart))):.0%}"


def _flash(window: FaceWindow) -> str:
    value = read_lag(window)
    return value if isinstance(value, str) else "; ".join(f"{name} {text}" for name, text in value.figures.items())


def _by_eye(window: FaceWindow) -> str:
    return _BY_EYE


def _range(values: list[float]) -> tuple[float, float]:
    return float(np.percentile(values, 2)), float(np.percentile(values, 98))


TASKS: Final[tuple[ChallengeTask, ...]] = (
    ChallengeTask(
        "turn",
        "Turn the head slowly to the side until one ear faces the camera, and back.",
        "The far side smears, the face jumps back to the front or the outline shows two noses.",
        _turn,
    ),
    ChallengeTask(
        "hand",
        "Move one hand slowly over half of the face and take it away.",
        "The face is drawn over the fingers, flickers at their edges, or stands still.",
        _cover,
    ),
    ChallengeTask(
        "cheek",
        "Press a finger into the cheek and move it.",
        "The skin does not give way, and the finger tip sinks into the face.",
        _by_eye,
    ),
    ChallengeTask(
        "lamp",
        "Move a lamp or a phone's light from one side of the face to the other.",
        "The shadow of the nose stays, or the face brightens after the neck.",
        _lamp,
    ),
    ChallengeTask(
        "flash",
        "Let the screen show white, red and blue in turn, twice a second.",
        "The face changes colour later than neck and wall, or less.",
        _flash,
    ),
    ChallengeTask(
        "near",
        "Lean to the camera until the face fills the picture, and back.",
        "The face gets soft while hair and neck stay sharp, or it slips.",
        _near,
    ),
    ChallengeTask(
        "tongue",
        "Put the tongue out and move it from side to side.",
        "The tongue vanishes, is cut off at the lips or turns into teeth.",
        _mouth,
    ),
    ChallengeTask(
        "chin",
        "Lift the chin until the nostrils show, then look at the lap.",
        "The lower edge of the face slides over the neck, and the nostrils smear.",
        _nod,
    ),
    ChallengeTask(
        "wink",
        "Close one eye for two seconds, then the other.",
        "Both eyes close, or neither does in full.",
        _wink,
    ),
    ChallengeTask(
        "glass",
        "Drink from a glass or a cup.",
        "The rim is drawn over by lips, and the face shows through the glass where it should not.",
        _cover,
    ),
)


def propose_tasks(random: Random | None = None) -> tuple[ChallengeTask, ...]:
    """Return three different tasks by chance."""
    return tuple((random or SystemRandom()).sample(TASKS, PROPOSED))


def describe_task(task: ChallengeTask, observation: Observation) -> str:
    """Return what the mesh saw while a task was done."""
    windows = list(observation.cut_windows())
    if not windows:
        return "no face was seen" if observation.pictures else "there was no picture"
    share = len(observation.readings) / max(observation.pictures, 1)
    lost = f"; the face was followed in {share:.0%} of the pictures" if share < 0.98 else ""
    return f"{task.see(max(windows, key=lambda window: len(window.readings)))}{lost}"
