"""Make pairs of drawn heads, for what photos lack.

That is shut lids, wide mouths, turned heads and dark rooms.

    python -m training.refine.heads --data DIR --out WORK/pairs --seed 10 --count 250

Two people are drawn with the same expression, pose and light, so that both the live face and what the persona should
look like are known. The wanted picture is bent to the mesh that our renderer draws, and takes its mean colour.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.finder import OnnxFaceFinder, open_finder
from livecam.core.errors import LivecamError
from livecam.core.face import Points
from livecam.core.frame import Frame, Pixels
from livecam.core.refinement import REFINE_PX, RefinePlane
from livecam.core.texture import FaceTexture
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import Canvas
from training.refine.pairs import Drawing, Pair, draw_persona, make_pair, save_pairs
from training.refine.photos import LIVE_PX, PERSONA_PX, TRAINED, change_light, cut_target, texture_of
from training.synthetic import head_chance
from training.synthetic.figure import FigureStyle, hair_at, lit, mouth_lit, screen
from training.synthetic.head import load_head
from training.synthetic.landmarks import place_on_head, to_pixels
from training.synthetic.posing import Pose, carry_points, head_share
from training.synthetic.raster import PinholeCamera, rasterize
from training.synthetic.render_heads import CLOSED, closing
from training.synthetic.shadow import sky_share
from training.synthetic.skin import Unroller

Floats = NDArray[np.float32]
SAMPLES, SCENES_PER_COUPLE = 2, 8
DARKEST, DARKEST_PERSONA = 10, 40


@dataclass(frozen=True, slots=True)
class Person:
    """Identity (100,), look, and thickness of the hair in centimetres."""

    identity: Floats
    look: FigureStyle
    hair_cm: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment: expression, pose and light.

    Distance in centimetres, exposure, background, and the seed of the light.
    """

    expression: dict[str, float]
    pose: Pose
    distance_cm: float
    exposure: float
    behind: Floats
    light: int


class FoundSkins(head_chance.Skins):
    """Skin of nearly frontal generated photos, found while drawing."""

    def __init__(self, data: Path, unroller: Unroller, finder: OnnxFaceFinder, random: np.random.Generator) -> None:
        self._photos = [f for group in TRAINED[1:] for f in sorted((data / "train" / group).glob("*.jpg"))]
        self._unroller, self._finder, self._random = unroller, finder, random

    def _one(self) -> Floats:
        while True:
            photo = np.asarray(cv2.imread(str(self._photos[int(self._random.integers(len(self._photos)))])), np.uint8)
            frame = Frame(photo, 0, 0)
            boxes = self._finder.detect(frame)
            if len(boxes) != 1:
                continue
            points = self._finder.mesh(frame, boxes[0]).points
            width = np.linalg.norm(points[454, :2] - points[234, :2])
            if abs(points[1, 0] - (points[234, 0] + points[454, 0]) / 2) < 0.07 * width:
                return self._unroller.unroll(photo, points)


class Studio:
    """Draws people of random looks."""

    def __init__(self, data: Path, random: np.random.Generator) -> None:
        self._random, self._head = random, load_head(data / "head3d/ict_facekit_light.npz")
        head = self._head
        closed = head.vertices(np.zeros(100, np.float32), CLOSED)
        self._sky, self._closed_sky = (
            mouth_lit(head, sky_share(shape, head.faces, head.normals)) for shape in (head.neutral, closed)
        )
        self._hair, self._share = hair_at(head.neutral), head_share(head.neutral)
        self._rooms = sorted((data / "negatives").rglob("*.jpg"))
        self._skins = FoundSkins(data, Unroller(head, head_chance.SKIN_PX), open_finder(1, 1), random)

    def person(self) -> Person:
        """Return a person who does not exist."""
        thick = float(self._random.choice([0, self._random.uniform(0.2, 2.5)]))
        return Person(self._random.normal(0, 0.8, 100).astype(np.float32), self._skins(), thick)

    def scene(self, expression: dict[str, float], most_turn_deg: float) -> Scene:
        """Return a random scene with that expression."""
        random, most = self._random, most_turn_deg
        yaw, pitch, roll = np.radians(random.uniform((-most, -15, -12), (most, 15, 12)))
        pose = Pose(float(yaw), float(pitch), float(roll), 0.4 * float(yaw), 0.0, (0.0, 0.0, 0.0))
        behind = head_chance.background(random, self._rooms, PERSONA_PX[1])
        return Scene(
            expression, pose, random.uniform(40, 130), random.uniform(0.5, 1.2), behind, int(random.integers(1 << 30))
        )

    def draw(self, who: Person, scene: Scene, face_px: int, side_px: int) -> tuple[Pixels, Points]:
        """Return a picture with a face of that height, and its points (468, 3)."""
        head, side = self._head, side_px * SAMPLES
        shape = head.vertices(who.identity, scene.expression)
        shape = shape + (self._hair * who.hair_cm)[:, None] * head.normals(shape)
        posed = carry_points(shape.astype(np.float32), self._share, scene.pose)
        points = place_on_head(posed)
        posed = (posed - (points.max(0) + points.min(0)) / 2 - [0, 0, scene.distance_cm]).astype(np.float32)
        seen = place_on_head(posed)
        spread = seen[:, :2] / -seen[:, 2:]
        camera = PinholeCamera(side, side, SAMPLES * face_px / float((spread.max(0) - spread.min(0)).max()))
        hit = rasterize(posed[head.faces], camera)
        sky = closing(head, self._sky, self._closed_sky, {"eyeBlink_L": 0.0, "eyeBlink_R": 0.0} | scene.expression)
        lamps = head_chance.lighting(np.random.default_rng(scene.light), posed, head)
        picture = np.asarray(cv2.resize(scene.behind, (side, side)), np.float32).reshape(-1, 3)
        picture[hit.pixel] = screen(lit(head, posed, hit, who.look, sky, lamps) * scene.exposure)
        small = cv2.resize(picture.reshape(side, side, 3), (side_px, side_px), interpolation=cv2.INTER_AREA)
        found = to_pixels(posed, camera) / SAMPLES
        found[:, :2] -= (SAMPLES - 1) / (2 * SAMPLES)
        return np.asarray(small.clip(0, 255), np.uint8), np.asarray(found, np.float32)


def lively(random: np.random.Generator) -> dict[str, float]:
    """Return an expression; a third have lowered or shut lids, a third an open mouth."""
    weights, _ = head_chance.expression(random)
    if random.random() < 0.35:
        shut = float(random.choice([1.0, random.uniform(0.3, 0.95)]))
        weights |= {"eyeBlink_L": shut, "eyeBlink_R": shut}
    if random.random() < 0.3:
        weights["jawOpen"] = max(weights.get("jawOpen", 0.0), float(random.uniform(0.3, 0.9)))
    return {name: float(np.clip(weight, -1, 1)) for name, weight in weights.items()}


def calm(random: np.random.Generator) -> dict[str, float]:
    """Return the expression of a persona's photo."""
    smile = float(random.choice([0, random.uniform(0, 0.6)]))
    return {"mouthSmile_L": smile, "mouthSmile_R": smile, "eyeBlink_L": 0.08, "eyeBlink_R": 0.08}


def bend(picture: Pixels, points: Points, drawing: Drawing) -> Pixels:
    """Return a picture (128, 128, 3) of a face, bent to the drawn mesh.

    The face has these points (468, 3).
    """
    view, canvas = drawing.view, Canvas(REFINE_PX)
    flat = view.to_canvas(points)
    matrix, _ = cv2.estimateAffinePartial2D(flat[:, :2].copy(), drawing.mesh[:468, :2].copy(), method=cv2.LMEDS)
    to_canvas = np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(np.vstack([view.matrix_from(1), [0, 0, 1]]))
    canvas.crop[:] = cv2.warpAffine(picture, to_canvas[:2], (REFINE_PX, REFINE_PX), borderMode=cv2.BORDER_REPLICATE)
    placed = np.column_stack([flat[:, :2] @ matrix[:, :2].T + matrix[:, 2], drawing.mesh[:468, 2]]).astype(np.float32)
    ringed = mantle.add_rings(placed, np.empty((mantle.POINT_COUNT, 3), np.float32))
    canvas.warp(ringed, drawing.mesh.copy(), mantle.OUTLINE)
    return canvas.live


def blend_in(wanted: Pixels, drawing: Drawing) -> Pixels:
    """Return what was wanted in the drawing's mean colour.

    Elsewhere than on the persona it is the drawing itself.
    """
    planes = drawing.planes
    drawn = planes[: RefinePlane.LIGHT].transpose(1, 2, 0).astype(np.float32)
    inside = (planes[RefinePlane.DRAWN].astype(np.float32) * (planes[RefinePlane.OVAL] > 127))[..., None]
    means = [
        (each * inside).sum((0, 1)) / max(float(inside.sum()), 1.0) + 2 for each in (drawn, wanted.astype(np.float32))
    ]
    toned = np.clip(wanted * np.clip(means[0] / means[1], 0.3, 3), 0, 255)
    share = cv2.blur(np.maximum(planes[RefinePlane.DRAWN], planes[RefinePlane.OPENING]), (5, 5))[..., None] / 255
    return np.asarray(np.rint(toned * share + drawn * (1 - share)), np.uint8)


class HeadPairs:
    """Makes the pairs of couples."""

    def __init__(self, studio: Studio, random: np.random.Generator) -> None:
        self._studio, self._random = studio, random

    def of_a_couple(self) -> list[Pair]:
        """Return the pairs of two people in a few scenes, each as persona on each."""
        people = [self._studio.person() for _ in range(2)]
        textures = [[self._texture(who) for _ in range(2)] for who in people]
        pairs = []
        for number in range(SCENES_PER_COUPLE):
            shots = self._shots(people)
            for who in (0, 1):
                texture = textures[who][number % 2]
                if texture is not None:
                    pairs += [self._pair(texture, shots[live], shots[who]) for live in (0, 1)]
        return [pair for pair in pairs if pair is not None]

    def _texture(self, who: Person) -> FaceTexture | None:
        picture, points = self._studio.draw(who, self._studio.scene(calm(self._random), 32), *PERSONA_PX)
        if picture.mean() < DARKEST_PERSONA:
            return None
        try:
            return texture_of(change_light(picture, self._random), points)
        except LivecamError as error:
            print(f"left out: {error}")
            return None

    def _shots(self, people: list[Person]) -> list[tuple[Pixels, Points]]:
        """Return both people in one scene, seen by one camera."""
        scene, light = self._studio.scene(lively(self._random), 38), int(self._random.integers(1 << 30))
        drawn = [self._studio.draw(who, scene, *LIVE_PX) for who in people]
        return [(change_light(picture, np.random.default_rng(light)), points) for picture, points in drawn]

    def _pair(self, texture: FaceTexture, live: tuple[Pixels, Points], own: tuple[Pixels, Points]) -> Pair | None:
        drawing = draw_persona(*live, texture, self._random) if live[0].mean() >= DARKEST else None
        if drawing is None:
            return None
        if live is own:
            return make_pair(drawing, cut_target(live[0], drawing), crossed=False)
        return make_pair(drawing, blend_in(bend(*own, drawing), drawing), crossed=True)


def main() -> None:
    """Read the arguments, draw, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=250)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    random = np.random.default_rng(args.seed)
    maker, pairs = HeadPairs(Studio(args.data, random), random), []
    while len(pairs) < args.count:
        pairs += maker.of_a_couple()
    save_pairs(pairs, args.out / f"heads_{args.seed:05d}.npz")
    print(f"{len(pairs)} pairs", flush=True)


if __name__ == "__main__":
    main()
