"""Compose pictures for the detector: faces of all sizes in scenes without any."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from training.face.detector_faces import FacePhoto, Picture, Points

LARGE_FACES, SMALL_FACES = (0.45, 0.4, 0.15), (0.3, 0.2, 0.15, 0.15, 0.1, 0.1)
"""Chances of 0, 1, 2 ... faces above and below `SMALL_SHARE` of the picture."""
SMALLEST_PX, SMALL_SHARE, LARGEST_SHARE = 13.0, 0.2, 1.05
TILT_DEG, WIDEST_TILT_DEG, ANY_ROLL = 16.0, 35.0, 0.5
"""Lean of upright faces, and the share of faces with any roll."""
CUT, VISIBLE_OF_CUT, BARRED, WIDEST_BAR_PX = 0.3, (0.47, 0.9), 0.35, 31
"""Share of faces that an edge cuts, and how much of them remains.

Also the share of pictures that end in black, as a canvas does.
"""
LEAST_VISIBLE, LEAST_COVERED, MOST_COVERED = 0.45, 0.25, 0.6


@dataclass(slots=True)
class Scene:
    """A picture and what is to be found in it.

    Attributes:
        picture: (side, side, 3) uint8 BGR.
        boxes: (4,) left, top, right, bottom of every face.
        points: (5, 2) of every face.
        unclear: Boxes that are neither to be found nor to be left alone.
    """

    picture: Picture
    boxes: list[Points] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)
    unclear: list[Points] = field(default_factory=list)


def overlap_share(inner: Points, outer: Points) -> float:
    """Return the share of `inner` that is in `outer`."""
    low, high = np.maximum(inner[:2], outer[:2]), np.minimum(inner[2:], outer[2:])
    return float(np.prod(np.maximum(high - low, 0)) / max(np.prod(inner[2:] - inner[:2]), 1e-6))


def view(picture: Picture, side_px: int, rng: np.random.Generator) -> Picture:
    """Return a random part of a picture, mirrored or not, resized to a square."""
    height, width = picture.shape[:2]
    part = int(min(height, width) * rng.uniform(0.3, 1.0))
    x, y = rng.integers(0, width - part + 1), rng.integers(0, height - part + 1)
    out = cv2.resize(picture[y : y + part, x : x + part], (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    return cv2.flip(out, 1) if rng.random() < 0.5 else out


def shuffle_tiles(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return a picture cut into shuffled tiles: skin, eyes and hair, but no face."""
    tiles = int(rng.integers(7, 13))
    tile = picture.shape[0] // tiles
    out = picture.copy()
    for (x, y), (u, v) in zip(*(rng.integers(0, tiles, (2, tiles * tiles, 2)) * tile), strict=True):
        turned = np.rot90(picture[v : v + tile, u : u + tile], int(rng.integers(4)))
        out[y : y + tile, x : x + tile] = turned
    return out


def plain(side_px: int, rng: np.random.Generator) -> Picture:
    """Return a wall: a gradient between two colours, with grain."""
    slope = np.linspace(0, 1, side_px, dtype=np.float32)[:, None, None]
    near, far = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    wall = near + (far - near) * slope + rng.normal(0, rng.uniform(0, 8), (side_px, side_px, 1))
    wall = wall if rng.random() < 0.5 else wall.transpose(1, 0, 2)
    return np.ascontiguousarray(np.clip(wall, 0, 255).astype(np.uint8))


def placement(
    photo: FacePhoto, side_px: int, size_px: float, rng: np.random.Generator, upright: bool = False
) -> NDArray[np.float64]:
    """Return a (2, 3) matrix from the photo to a place in the picture.

    It rotates, squeezes and mirrors the photo, which may be partly outside. With `upright` the face is as people sit,
    and not cut on purpose.
    """
    tilt = lean_face(rng) if upright else tilt_face(rng)
    scale = size_px / photo.size_px * np.exp(rng.normal(0, 0.05, 2))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    linear = turn @ np.diag(scale * [rng.choice((-1, 1)), 1])
    centre = (photo.box_xyxy[:2] + photo.box_xyxy[2:]) / 2
    reach = max(side_px - size_px * 0.6, side_px * 0.4) / 2
    matrix = np.c_[linear, side_px / 2 + rng.uniform(-reach, reach, 2) - linear @ centre]
    return matrix if upright or rng.random() >= CUT else cut_off(photo, matrix, side_px, rng)


def tilt_face(rng: np.random.Generator) -> float:
    """Return a roll in radians: mostly as people sit, otherwise any."""
    if rng.random() < ANY_ROLL:
        return float(rng.uniform(-np.pi, np.pi))
    return lean_face(rng)


def lean_face(rng: np.random.Generator) -> float:
    """Return a roll in radians as people sit."""
    return float(np.radians(np.clip(rng.normal(0, TILT_DEG), -WIDEST_TILT_DEG, WIDEST_TILT_DEG)))


def cut_off(
    photo: FacePhoto, matrix: NDArray[np.float64], side_px: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the placement moved so that one edge of the picture cuts the face."""
    box = move_box(photo, matrix)
    axis, far = int(rng.integers(2)), bool(rng.integers(2))
    visible = rng.uniform(*VISIBLE_OF_CUT) * (box[axis + 2] - box[axis])
    moved = matrix.copy()
    moved[axis, 2] += side_px - visible - box[axis] if far else visible - box[axis + 2]
    return moved


def in_order(points: Points, matrix: NDArray[np.float64]) -> Points:
    """Return the transformed five points, in their order.

    The eye on the left of the upright face stays first at any roll.
    """
    moved = (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return moved[[1, 0, 2, 4, 3]] if np.linalg.det(matrix[:, :2]) < 0 else moved


def add_bars(scene: Scene, rng: np.random.Generator) -> None:
    """Blacken the picture below or at the right.

    Faces that are mostly in there become unclear.
    """
    side_px, bar_px = scene.picture.shape[0], int(rng.integers(1, WIDEST_BAR_PX + 1))
    below = rng.random() < 0.8
    if below:
        scene.picture[side_px - bar_px :] = 0
    else:
        scene.picture[:, side_px - bar_px :] = 0
    whole = np.float32([0, 0, side_px - (0 if below else bar_px), side_px - (bar_px if below else 0)])
    for i in reversed(range(len(scene.boxes))):
        if overlap_share(scene.boxes[i], whole) < LEAST_VISIBLE:
            scene.unclear.append(scene.boxes.pop(i))
            scene.points.pop(i)


def move_box(photo: FacePhoto, matrix: NDArray[np.float64]) -> Points:
    """Return the bounds of the photo's face oval after the transform.

    The box is treated as an ellipse, which a rotation widens little.
    """
    return oval_bounds(photo.box_xyxy, matrix)


def oval_bounds(box_xyxy: Points, matrix: NDArray[np.float64]) -> Points:
    """Return the bounds of the ellipse in a box after a transform."""
    low, high = box_xyxy[:2], box_xyxy[2:]
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    oval = (low + high) / 2 + (high - low) / 2 * np.stack([np.cos(angle), np.sin(angle)], 1)
    xy = oval @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate([xy.min(0), xy.max(0)]).astype(np.float32)


def mask_of(photo: FacePhoto, rng: np.random.Generator) -> tuple[Picture, float]:
    """Return the mask of the pasted part, and its pixels per photo pixel.

    The part is the whole photo, the person, or the head.
    """
    height, width = photo.levels[0].shape[:2]
    kind = rng.random()
    if kind < 0.45:
        return cv2.GaussianBlur(photo.outline, (0, 0), rng.uniform(0.5, 2)), 128 / max(height, width)
    to_mask = 0.25
    mask = np.zeros((int(height * to_mask), int(width * to_mask)), np.uint8)
    if kind < 0.85:
        mask[3:-3, 3:-3] = 255
    else:
        low, high = photo.box_xyxy.reshape(2, 2) * to_mask
        (x, y), (rx, ry) = (low + high) / 2, (high - low) / 2 * rng.uniform(1.1, 1.7)
        cv2.ellipse(mask, (int(x), int(y - ry * 0.1)), (int(rx), int(ry)), 0, 0, 360, 255, -1)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.7, 3)), to_mask


def reach(photo: FacePhoto, matrix: NDArray[np.float64], side_px: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the region the photo covers."""
    height, width = photo.levels[0].shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ matrix[:, :2].T + matrix[:, 2]
    low = np.clip(np.floor(corners.min(0)), 0, side_px - 1).astype(int)
    high = np.clip(np.ceil(corners.max(0)) + 1, low + 1, side_px).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def change_tone(picture: Picture, scene: Picture, rng: np.random.Generator) -> Picture:
    """Change exposure and tint, sometimes towards the brightness of the scene."""
    gain = np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.06, 3))
    if rng.random() < 0.4:
        gain *= (scene.mean() + 20) / (picture.mean() + 20)
    return cv2.convertScaleAbs(cv2.multiply(picture, (*np.clip(gain, 0.2, 2.5), 1.0)), alpha=1, beta=rng.uniform(0, 15))


def paste(scene: Scene, photo: FacePhoto, matrix: NDArray[np.float64], box: Points, rng: np.random.Generator) -> None:
    """Paste a face into the scene; a face that it hides is no longer a target."""
    left, top, right, bottom = reach(photo, matrix, scene.picture.shape[0])
    part, part_wh = scene.picture[top:bottom, left:right], (right - left, bottom - top)
    to_part = matrix - [[0, 0, left], [0, 0, top]]
    size_px = float(np.sqrt(np.prod(box[2:] - box[:2])))
    level = int(np.clip(np.log2(photo.size_px / size_px), 0, 3))
    source = change_tone(photo.levels[level], part, rng)
    from_level = to_part @ np.diag([2.0**level, 2.0**level, 1])
    face = cv2.warpAffine(source, from_level, part_wh, borderMode=cv2.BORDER_REPLICATE)
    mask, to_mask = mask_of(photo, rng)
    alpha = cv2.warpAffine(mask, to_part @ np.diag([1 / to_mask, 1 / to_mask, 1]), part_wh)
    weight = cv2.merge([alpha] * 3)
    part[:] = cv2.add(cv2.multiply(face, weight, scale=1 / 255), cv2.multiply(part, 255 - weight, scale=1 / 255))
    for i in reversed(range(len(scene.boxes))):
        x0, y0, x1, y1 = np.clip(scene.boxes[i], 0, scene.picture.shape[0]).astype(int)
        common = alpha[max(y0 - top, 0) : max(y1 - top, 0), max(x0 - left, 0) : max(x1 - left, 0)]
        covered = float(common.sum()) / 255 / max((x1 - x0) * (y1 - y0), 1)
        if covered > LEAST_COVERED:
            hidden = scene.boxes.pop(i)
            scene.points.pop(i)
            if covered < MOST_COVERED:
                scene.unclear.append(hidden)
    scene.boxes.append(box)
    scene.points.append(in_order(photo.points, matrix))


def cover(scene: Scene, other: Picture, rng: np.random.Generator) -> None:
    """Cover part of the newest face with a piece of another picture."""
    box = scene.boxes[-1]
    (w, h), centre = box[2:] - box[:2], (box[:2] + box[2:]) / 2
    away = rng.uniform(0, 2 * np.pi)
    middle = centre + np.array([np.cos(away) * w, np.sin(away) * h]) * rng.uniform(0.35, 0.55)
    mask = np.zeros(scene.picture.shape[:2], np.uint8)
    axes = tuple(int(max(1, a * rng.uniform(0.15, 0.42))) for a in (w, h))
    cv2.ellipse(mask, tuple(int(v) for v in middle), axes, rng.uniform(0, 180), 0, 360, 255, -1)
    cv2.copyTo(other, mask, scene.picture)


def add_weather(picture: Picture, rng: np.random.Generator) -> Picture:
    """Degrade as cameras do: low light, colour casts, blur, grain, compression."""
    curve = np.arange(256, dtype=np.float32) / 255
    if rng.random() < 0.2:
        curve = curve ** rng.uniform(0.6, 2.2)
    gain = np.exp(rng.uniform(-1.9, -0.6)) if rng.random() < 0.15 else np.exp(rng.normal(0, 0.18))
    curves = curve[:, None] * (255 * gain * np.exp(rng.normal(0, 0.06, 3))) + rng.normal(0, 8)
    out = cv2.LUT(picture, np.clip(curves, 0, 255).astype(np.uint8)[None])
    if rng.random() < 0.25:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 2.0))
    if rng.random() < 0.1:
        length = int(rng.integers(3, 9))
        out = cv2.blur(out, (length, 1) if rng.random() < 0.6 else (1, length))
    if rng.random() < 0.4:
        grain = np.empty(out.shape, np.int8)
        cv2.randn(grain, 0, rng.uniform(1, 9))
        out = cv2.add(out, grain, dtype=cv2.CV_8U)
    if rng.random() < 0.05:
        out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.25:
        packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])[1]
        out = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.asarray(out, np.uint8)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A view without faces in which the network found one, and where."""

    picture: Picture
    at_xy: tuple[float, float]

    def window(self, side_px: int, rng: np.random.Generator) -> Picture:
        """Return a square of the view with the mistake in it, or the whole view."""
        spare = self.picture.shape[0] - side_px
        if spare <= 0:
            return self.picture.copy()
        middle = np.array(self.at_xy) - side_px / 2 + rng.uniform(-0.3, 0.3, 2) * side_px
        x, y = np.clip(middle, 0, spare).astype(int)
        return self.picture[y : y + side_px, x : x + side_px].copy()


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes training pictures of one side length.

    It uses faces, empty scenes, labelled frames and mistakes.
    """

    faces: Sequence[FacePhoto]
    empty: Sequence[Picture]
    frames: Sequence[Scene]
    side_px: int
    mined: Sequence[Mistake] = ()

    def background(self, rng: np.random.Generator) -> Picture:
        """Return a scene without a face."""
        kind = rng.random()
        if kind < 0.08:
            return shuffle_tiles(view(self.faces[rng.integers(len(self.faces))].levels[0], self.side_px, rng), rng)
        if kind < 0.13:
            return plain(self.side_px, rng)
        if self.mined and kind < 0.55:
            return self.mined[rng.integers(len(self.mined))].window(self.side_px, rng)
        return view(self.empty[rng.integers(len(self.empty))], self.side_px, rng)

    def frame_scene(self, rng: np.random.Generator) -> Scene:
        """Return a labelled frame of a clip, moved, scaled and mirrored."""
        source = self.frames[rng.integers(len(self.frames))]
        height, width = source.picture.shape[:2]
        scale = self.side_px / height * np.exp(rng.uniform(np.log(0.6), np.log(2.5)))
        roll = rng.uniform(-np.pi, np.pi) if rng.random() < ANY_ROLL else 0.0
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        linear = turn @ np.diag([rng.choice((-1, 1)) * scale, scale])
        at = rng.uniform(0.2, 0.8, 2) * [width, height]
        matrix = np.c_[linear, self.side_px / 2 - linear @ at]
        side_wh = (self.side_px, self.side_px)
        scene = Scene(cv2.warpAffine(source.picture, matrix, side_wh, borderMode=cv2.BORDER_REFLECT_101))
        for box, points in zip(source.boxes, source.points, strict=True):
            self.admit(scene, oval_bounds(box, matrix), in_order(points, matrix))
        return scene

    def admit(self, scene: Scene, box: Points, points: Points) -> None:
        """Add a face as target, or as unclear if too little of it is visible."""
        inside = overlap_share(box, np.float32([0, 0, self.side_px, self.side_px]))
        if inside >= LEAST_VISIBLE and min(box[2:] - box[:2]) >= SMALLEST_PX * 0.8:
            scene.boxes.append(box)
            scene.points.append(points)
        elif inside > 0:
            scene.unclear.append(box)

    def compose_picture(self, rng: np.random.Generator) -> Scene:
        """Return faces of all sizes on an empty scene; none in about one of seven."""
        scene = Scene(self.background(rng))
        low, middle, high = np.log([SMALLEST_PX, SMALL_SHARE * self.side_px, LARGEST_SHARE * self.side_px])
        large = rng.uniform(middle, high, rng.choice(len(LARGE_FACES), p=LARGE_FACES))
        small = rng.uniform(low, middle, rng.choice(len(SMALL_FACES), p=SMALL_FACES))
        sizes = np.exp([*large, *small])
        whole = np.float32([0, 0, self.side_px, self.side_px])
        for size_px in sorted(sizes, reverse=True):
            photo = self.faces[rng.integers(len(self.faces))]
            for _ in range(6):
                matrix = placement(photo, self.side_px, size_px, rng)
                box = move_box(photo, matrix)
                free = all(max(overlap_share(box, b), overlap_share(b, box)) < 0.1 for b in scene.boxes)
                if free and overlap_share(box, whole) >= LEAST_VISIBLE:
                    paste(scene, photo, matrix, box, rng)
                    if rng.random() < 0.2:
                        cover(scene, self.background(rng), rng)
                    break
        return scene

    def scene(self, rng: np.random.Generator) -> Scene:
        """Return one training picture with its faces."""
        scene = self.frame_scene(rng) if self.frames and rng.random() < 0.12 else self.compose_picture(rng)
        scene.picture = add_weather(scene.picture, rng)
        if rng.random() < BARRED:
            add_bars(scene, rng)
        return scene
