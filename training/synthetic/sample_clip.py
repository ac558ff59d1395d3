"""Make the sample camera's clip of ten seconds, with its ground truth.

It shows a synthetic person before a webcam, with the true mesh of every frame.

`--frames` keeps the drawn frames, lossless: a run that was stopped goes on where it was.
"""

import argparse
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic import performance
from training.synthetic.actor import PROP, Actor
from training.synthetic.clip_files import encode, write_truth
from training.synthetic.figure import FigureStyle, Lamp, Lighting, linear, screen
from training.synthetic.head import load_head
from training.synthetic.landmarks import place_on_head, to_pixels
from training.synthetic.mug import make_mug_in_hand
from training.synthetic.pose import rotation
from training.synthetic.raster import PinholeCamera
from training.synthetic.room import paint_room
from training.synthetic.scene import Drawing, draw
from training.synthetic.skin import Unroller
from training.synthetic.torso import torso

Floats = NDArray[np.float32]
WIDTH, HEIGHT, FPS = 1280, 720, 30
SAMPLES = 1.5
FOCAL_PX = 1000.0
SKIN_PX = 1024
LENDERS = {"1078": 0.34, "444": 0.26, "900": 0.22, "860": 0.18}
"""Generated faces (train/stylegan_youthradio) and their shares in the skin.

The mixture is no real person.
"""
COUNT = round(performance.SECONDS * FPS)
UPPER_LIP, LOWER_LIP = 13, 14
WARM, COOL, DAY = (np.array(c, np.float32) for c in ((0.55, 0.78, 1.0), (1.0, 0.94, 0.86), (0.95, 0.95, 0.95)))


def mix_skin(data: Path, labels: Path, unroller: Unroller) -> Floats:
    """Return a linear BGR texture mixed of the sources, with left and right balanced."""
    with np.load(labels, allow_pickle=False) as known:
        files, points = [str(f) for f in known["files"]], known["points"]
    skin = np.zeros((SKIN_PX, SKIN_PX, 3), np.float32)
    for name, share in LENDERS.items():
        file = f"train/stylegan_youthradio/{name}.jpg"
        photo = np.asarray(cv2.imread(str(data / file)), np.uint8)
        skin += share * linear(unroller.unroll(photo, points[files.index(file)]))
    soft = cv2.GaussianBlur(skin, (0, 0), SKIN_PX / 40)
    even = (soft + soft[:, ::-1]) / 2
    pores = 1 + cv2.GaussianBlur(np.random.default_rng(2).normal(0, 0.09, skin.shape[:2]), (0, 0), 0.8)
    return np.asarray(skin * even / np.maximum(soft, 1e-3) * pores[..., None], np.float32)


def cast(data: Path, labels: Path) -> Actor:
    """Return the person of the clip."""
    random = np.random.default_rng(21)
    head = load_head(data / "head3d/ict_facekit_light.npz")
    skin = mix_skin(data, labels, Unroller(head, SKIN_PX))
    tone = skin[int(0.6 * SKIN_PX), 24]
    shirt, glaze = np.array([0.16, 0.085, 0.05], np.float32), np.array([0.10, 0.33, 0.62], np.float32)
    hair, iris = np.array([0.032, 0.052, 0.088], np.float32), np.array([0.045, 0.085, 0.14], np.float32)
    look = FigureStyle(skin, tone, iris, hair, shirt, hair_share=0.92, inset_cm=0.35)
    identity = random.normal(0, 0.45, 100).astype(np.float32)
    return Actor(head, identity, look, torso(shirt, random), make_mug_in_hand(tone, shirt, glaze, random), random)


def lighting(strength: dict[str, float]) -> Lighting:
    """Return the lamp at the left, the window at the right, the screen, and the room."""
    turn = rotation(np.radians(-strength["window_angle"]), 0, 0)
    window = turn @ np.array([0.80, 0.30, 0.52], np.float32)
    lamps = (
        Lamp(_unit(np.array([-0.62, 0.50, 0.60], np.float32)), 0.62 * strength["lamp"] * WARM),
        Lamp(_unit(window), 0.50 * strength["window"] * COOL),
        Lamp(_unit(np.array([0.0, -0.15, 1.0], np.float32)), 0.05 * np.array([1.0, 0.95, 0.88], np.float32)),
    )
    return Lighting(lamps, 0.40 * strength["diffuse"] * DAY, 0.20 * strength["diffuse"] * DAY)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def compose_picture(drawing: Drawing, camera: PinholeCamera, behind: Floats) -> Floats:
    """Composite the drawing of a finer camera over a linear picture (h, w, 3)."""
    height, width = behind.shape[:2]
    fine = np.zeros((camera.height * camera.width, 4), np.float32)
    fine[drawing.pixel, :3] = drawing.light
    fine[drawing.pixel, 3] = 1
    fine = fine.reshape(camera.height, camera.width, 4)
    small = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small[..., :3] + behind * (1 - small[..., 3:]), np.float32)


def photograph_scene(light: Floats, random: np.random.Generator) -> NDArray[np.uint8]:
    """Imitate a small webcam: soft lens, vignetting, shot and read noise."""
    height, width = light.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-0.56, 0.56, height))
    light = cv2.GaussianBlur(light, (0, 0), 0.55) * (1 - 0.18 * (x * x + y * y))[..., None].astype(np.float32)
    grain = cv2.GaussianBlur(random.normal(0, 1, light.shape).astype(np.float32), (0, 0), 0.6) * 1.9
    noisy = light + grain * np.sqrt(1.2e-5 + 1.0e-4 * np.maximum(light, 0))
    return np.asarray(np.round(screen(np.maximum(noisy, 0))), np.uint8)


class Shoot:
    """Renders the clip's frames and their ground truth."""

    def __init__(self, data: Path, labels: Path) -> None:
        self._actor = cast(data, labels)
        self._room = paint_room(WIDTH, HEIGHT, seed=4, blur_px=5.0)
        self._camera = PinholeCamera(WIDTH, HEIGHT, FOCAL_PX)
        self._fine = PinholeCamera(round(WIDTH * SAMPLES), round(HEIGHT * SAMPLES), FOCAL_PX * SAMPLES)

    def frame(self, number: int) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.generic]]]:
        """Return picture (720, 1280, 3) and ground truth of one frame."""
        moment = performance.perform_at(number / FPS)
        now = self._actor.take_pose(moment.expression, moment.pose, None)
        points = to_pixels(now.head, self._camera)
        if moment.mug_cm is not None:
            mouth = place_on_head(now.head)[[UPPER_LIP, LOWER_LIP]].mean(0)
            tip = rotation(0, -moment.mug_tip, 0)
            place = np.asarray(mouth + np.array(moment.mug_cm, np.float32), np.float32)
            now = self._actor.take_pose(moment.expression, moment.pose, (tip, place))
        drawing = draw(self._actor.layers(now, lighting(moment.light)), self._fine)
        strength = moment.light
        behind = self._room.lit(0.42 * strength["diffuse"], 0.55 * strength["lamp"], 0.5 * strength["window"])
        picture = photograph_scene(compose_picture(drawing, self._fine, behind), np.random.default_rng(1000 + number))
        hidden = self._hidden(points, drawing)
        pose = np.degrees([moment.pose.yaw, moment.pose.pitch, moment.pose.roll])
        return picture, {"points": points, "hidden": hidden, "pose_degrees": pose}

    def _hidden(self, points: Floats, drawing: Drawing) -> NDArray[np.bool_]:
        """Return which of the points (468,) are behind the mug and its hand."""
        camera = self._fine
        layer = np.full(camera.height * camera.width, -1, np.int32)
        layer[drawing.pixel] = drawing.layer
        x, y = np.round((points[:, :2] + 0.5) * SAMPLES - 0.5).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < camera.width) & (y < camera.height)
        place = y.clip(0, camera.height - 1) * camera.width + x.clip(0, camera.width - 1)
        return np.asarray(inside & (layer[place] == PROP))


def draw_frames(stage: Shoot, numbers: Sequence[int], folder: Path) -> None:
    """Draw frames with their ground truth into a folder; keep those that are there."""
    for number in numbers:
        if not (folder / f"{number:03d}.npz").exists():
            picture, facts = stage.frame(number)
            cv2.imwrite(str(folder / f"{number:03d}.png"), picture)
            np.savez(folder / f"{number:03d}.npz", **facts)


def shoot(stage: Shoot, frames: Path, workers: int) -> None:
    """Draw all frames in several processes."""
    frames.mkdir(parents=True, exist_ok=True)
    processes = [
        get_context("fork").Process(target=draw_frames, args=(stage, range(k, COUNT, workers), frames))
        for k in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            raise SystemExit(f"a drawing process ended with {process.exitcode}")


def main() -> None:
    """Draw the missing frames, then write the clip and its ground truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "labels", "frames", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    shoot(Shoot(options.data, options.labels), options.frames, options.workers)
    options.out.mkdir(parents=True, exist_ok=True)
    encode(options.frames, options.out / "sample.mp4", range(COUNT), FPS)
    write_truth(options.frames, options.out / "sample.npz", range(COUNT), FPS)


if __name__ == "__main__":
    main()
