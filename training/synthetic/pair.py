"""Render two people in the same performance, so that the true swap is known.

    python -m training.synthetic.pair --data DIR --out DIR --seconds 60

Writes `operator.mp4` and `persona.mp4`, picture by picture alike but for who is in them. Each skin is mixed of
generated faces; neither is a real person. Both have their own lamp.
"""

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Frame
from livecam.plugins import open_face_finder
from training.synthetic.figure import FigureStyle, Lamp, Lighting, hair_at, linear, lit, mouth_lit, screen
from training.synthetic.head import Head, load_head
from training.synthetic.head_chance import MOUTHS
from training.synthetic.posing import Pose, carry_points, head_share
from training.synthetic.raster import PinholeCamera, rasterize
from training.synthetic.shadow import sky_share
from training.synthetic.skin import Unroller

Floats = NDArray[np.float32]
SIDE_PX, FPS, FOCAL_PX, SKIN_PX = 320, 8, 800.0, 512
SAMPLES = 1.5
CRF = 14
ACT_S, BLINK_S, BLINK_HALF_S = 1.2, 2.3, 0.16
SHUT = {"eyeBlink_L": 1.0, "eyeBlink_R": 1.0}
LENDERS = {"operator": ("1078", "444"), "persona": ("900", "860")}
ACTS: list[dict[str, float]] = [
    *MOUTHS[1:],
    {"browInnerUp_L": 0.9, "browInnerUp_R": 0.9, "browOuterUp_L": 0.8, "browOuterUp_R": 0.8},
    {"browDown_L": 0.9, "browDown_R": 0.9},
    {"eyeSquint_L": 0.8, "eyeSquint_R": 0.8, "cheekSquint_L": 0.7, "cheekSquint_R": 0.7},
    {"eyeWide_L": 0.9, "eyeWide_R": 0.9},
    {"noseSneer_L": 0.8, "noseSneer_R": 0.8},
]


@dataclass(frozen=True, slots=True)
class Acting:
    """The movements of both over time; one seed gives one performance."""

    seed: int

    def at(self, t: float) -> tuple[dict[str, float], Pose]:
        """Return the expression by the kit's names, and the pose, at a time in seconds."""
        weights: dict[str, float] = {}
        for track in range(2):
            self._add_act(weights, t + 0.6 * track, track)
        gaze_x, gaze_y = self._gaze(t)
        weights |= {"eyeLookOut_L": gaze_x, "eyeLookIn_R": gaze_x, "eyeLookUp_L": gaze_y, "eyeLookUp_R": gaze_y}
        shut = self._blink(t)
        weights |= {"eyeBlink_L": shut, "eyeBlink_R": shut}
        waves = np.sin(2 * np.pi * t * np.array([0.11, 0.17, 0.07]) + self.seed)
        yaw, pitch, roll = np.radians(waves * np.array([14.0, 7.0, 6.0]))
        return weights, Pose(float(yaw), float(pitch), float(roll), 0.3 * float(yaw), 0.0, (0.0, -13.5, -62.0))

    def _add_act(self, weights: dict[str, float], t: float, track: int) -> None:
        number, part = divmod(t / ACT_S, 1.0)
        chance = np.random.default_rng((self.seed, track, int(number)))
        if chance.random() < 0.25:
            return
        strength = float(np.sin(np.pi * part) ** 2 * chance.uniform(0.5, 1.0))
        for name, weight in ACTS[int(chance.integers(len(ACTS)))].items():
            weights[name] = min(weights.get(name, 0.0) + weight * strength, 1.0)

    def _gaze(self, t: float) -> tuple[float, float]:
        number, part = divmod(t / 0.9, 1.0)
        ways = [np.random.default_rng((self.seed, 7, int(number) + step)).normal(0, (0.45, 0.3)) for step in (0, 1)]
        share = float(np.clip((part - 0.8) / 0.2, 0, 1))
        x, y = ways[0] + share * (ways[1] - ways[0])
        return float(x), float(y)

    def _blink(self, t: float) -> float:
        number = int(t / BLINK_S)
        middle = (number + 0.2 + 0.6 * float(np.random.default_rng((self.seed, 9, number)).random())) * BLINK_S
        return float(np.clip(1.3 * (1 - abs(t - middle) / BLINK_HALF_S), 0, 1)) * 0.9 + 0.08


class Player:
    """One of the two: a head with its own shape, skin, eyes and light."""

    def __init__(self, head: Head, skin: Floats, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self._head, self._identity = head, chance.normal(0, 0.7, 100).astype(np.float32)
        iris = np.array([(0.045, 0.085, 0.14), (0.22, 0.15, 0.08)][seed % 2], np.float32)
        hair, shirt = chance.uniform(0.02, 0.12, 3).astype(np.float32), chance.uniform(0.05, 0.5, 3).astype(np.float32)
        self._look = FigureStyle(skin, skin[int(0.6 * SKIN_PX), 24], iris, hair, shirt)
        self._share, self._hair = head_share(head.neutral), hair_at(head.neutral)
        rest, closed = (head.vertices(self._identity, weights) for weights in ({}, SHUT))
        self._open = mouth_lit(head, sky_share(rest, head.faces, head.normals))
        self._closed = mouth_lit(head, sky_share(closed, head.faces, head.normals))
        towards = np.array([(-0.6, 0.4, 0.7), (0.7, 0.35, 0.6)][seed % 2], np.float32)
        colour = np.array([(0.5, 0.62, 0.72), (0.66, 0.62, 0.58)][seed % 2], np.float32)
        fill = Lamp(np.array([0.0, 0.1, 0.995], np.float32), 0.25 * np.ones(3, np.float32))
        lamps = (Lamp(towards / np.linalg.norm(towards), colour), fill)
        self._light = Lighting(lamps, 0.5 * np.ones(3, np.float32), 0.3 * np.ones(3, np.float32))
        side = round(SAMPLES * SIDE_PX)
        self._camera = PinholeCamera(side, side, SAMPLES * FOCAL_PX)
        self._behind = np.full((side, side, 3), chance.uniform(70, 130, 3), np.float32)

    def draw(self, expression: dict[str, float], pose: Pose, chance: np.random.Generator) -> NDArray[np.uint8]:
        """Return a picture (320, 320, 3) of one moment, with a camera's noise."""
        head = self._head
        shape = head.vertices(self._identity, expression)
        shape = shape + (1.2 * self._hair)[:, None] * head.normals(shape)
        posed = carry_points(shape, self._share, pose)
        seen = rasterize(posed[head.faces], self._camera)
        shut = np.where(head.neutral[:, 0] > 0, expression["eyeBlink_L"], expression["eyeBlink_R"])
        sky = np.asarray(np.maximum(self._open, self._open + shut * (self._closed - self._open)), np.float32)
        picture = self._behind.copy().reshape(-1, 3)
        picture[seen.pixel] = screen(lit(head, posed, seen, self._look, sky, self._light))
        small = cv2.resize(picture.reshape(self._behind.shape), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        return np.asarray(np.clip(np.rint(small + chance.normal(0, 1.6, small.shape)), 0, 255), np.uint8)


def mix_skin(data: Path, names: Sequence[str], head: Head) -> Floats:
    """Return a linear BGR texture of generated faces in equal shares."""
    unroller, skins = Unroller(head, SKIN_PX), []
    with closing(open_face_finder()) as finder:
        for name in names:
            photo = np.asarray(cv2.imread(str(data / f"train/stylegan_youthradio/{name}.jpg")), np.uint8)
            frame = Frame(photo, 0, 0)
            mesh = finder.mesh(frame, finder.mesh(frame, finder.detect(frame)[0]))
            skins.append(linear(unroller.unroll(photo, mesh.points)))
    return np.asarray(np.mean(skins, axis=0), np.float32)


def record(player: Player, acting: Acting, count: int, file: Path) -> None:
    """Write one of the two clips."""
    with av.open(str(file), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": str(CRF), "preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = SIDE_PX, SIDE_PX, "yuv420p"
        for number in range(count):
            expression, pose = acting.at(number / FPS)
            picture = player.draw(expression, pose, np.random.default_rng((acting.seed, number)))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


def main() -> None:
    """Draw both clips."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=list(LENDERS), help="Draw one of the two, in a process of its own.")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    head, acting = load_head(options.data / "head3d/ict_facekit_light.npz"), Acting(4)
    for seed, (who, names) in enumerate(LENDERS.items(), 30):
        if options.only not in (None, who):
            continue
        player = Player(head, mix_skin(options.data, names, head), seed)
        record(player, acting, round(options.seconds * FPS), options.out / f"{who}.mp4")


if __name__ == "__main__":
    main()
