"""Make training samples of labelled heads.

Other rooms, shoulders, things in front, light, blur and grain.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.segment.square import INPUT_PX, OUTPUT_PX, SQUARE_HEIGHTS
from livecam.core import topology
from training.face.occluders import Sprite, paste, sprites
from training.segment.backdrops import draw_shoulders, paint_backdrop, paint_cloth
from training.segment.recolour import recolour_hair, recolour_skin
from training.segment.rows import LABEL_HEIGHTS, LABEL_PX, TURNED_SOURCE

CLASSES = 6
BACKGROUND, HAIR, HEAD, SKIN, CLOTHES, FRONT = range(CLASSES)
REPLACED_SHARE, COVERED_SHARE, WORN_SHARE, FORGOTTEN_SHARE, WRONG_SHARE = 0.7, 0.25, 0.08, 0.4, 0.06
RECOLOURED_SHARE = 0.4
ROW_FILES = ("heads.npz", "turned.npz")
STOCK = 500
UNKNOWN_REACH = np.ones((41, 41), np.uint8)

Picture = NDArray[np.uint8]
Share = NDArray[np.float32]
Points = NDArray[np.float32]
Sample = tuple[Picture, Picture, Picture]


@dataclass(slots=True)
class Scene:
    """A picture (n, n, 3), its classes (n, n, 6), where they are known (n, n).

    And the mesh (468, 2).
    """

    pixels: Share
    classes: Share
    known: Share
    points: Points


def _read_rows(file: Path, heldout: frozenset[str]) -> tuple[NDArray[Any], ...]:
    """Return pixels, labels, known part, points and source of the rows not held out."""
    with np.load(file) as rows:
        kept = ~np.isin(rows["source"], sorted(heldout))
        return tuple(rows[name][kept] for name in ("pixels", "labels", "known", "points", "source"))


class SampleMaker:
    """Draws samples from WORK/heads.npz, and from WORK/turned.npz where it is.

    A sample is the network's input (5, 128, 128), its classes (6, 64, 64) and their weight (64, 64), all bytes.
    """

    def __init__(self, work: Path, seed: int, heldout: frozenset[str] = frozenset()) -> None:
        rows = [_read_rows(file, heldout) for name in ROW_FILES if (file := work / name).exists()]
        self.pixels, self.labels, self.known, self.points, self.source = (
            np.concatenate(part) for part in zip(*rows, strict=True)
        )
        self.photo = np.char.find(self.source, "_") >= 0
        self.turned = self.source == TURNED_SOURCE
        self.rng = np.random.default_rng(seed)
        walls = [paint_backdrop(self.rng, LABEL_PX) for _ in range(40)]
        self.stock: list[Sprite] = sprites(self.rng, walls, STOCK)
        clips = np.flatnonzero(~self.photo)
        self.odds = np.where(self.photo, 1.0, 0.35 * self.photo.sum() / max(len(clips), 1))
        self.odds /= self.odds.sum()

    def one(self) -> Sample:
        """Draw a sample."""
        scene = self._scene(int(self.rng.choice(len(self.pixels), p=self.odds)))
        if self.rng.random() < WORN_SHARE:
            self._wear_headphones(scene)
        if self.rng.random() < COVERED_SHARE:
            self._cover(scene)
        return self._shown(scene)

    def _scene(self, index: int) -> Scene:
        """Return a row in its own room or in a painted one."""
        rng, labels = self.rng, self.labels[index].astype(np.float32) / 255
        pixels, known = self.pixels[index].astype(np.float32), self.known[index].astype(np.float32) / 255
        edge = cv2.erode(self.known[index], np.ones((9, 9), np.uint8)) < 255
        cut = ((labels[..., HAIR] > 0.3) & edge).astype(np.uint8)
        unknown = cv2.dilate(cut, UNKNOWN_REACH) * (known < 0.5)
        classes = np.dstack([labels, np.zeros(labels.shape[:2], np.float32)])
        scene = Scene(pixels, classes, known, self.points[index].copy())
        if rng.random() < RECOLOURED_SHARE:
            scene.pixels = recolour_hair(scene.pixels, labels[..., HAIR], rng)
        if rng.random() < RECOLOURED_SHARE:
            scene.pixels = recolour_skin(scene.pixels, labels[..., HEAD] + labels[..., SKIN], rng)
        if self.turned[index] or rng.random() < REPLACED_SHARE:
            self._replace_room(scene, bool(self.photo[index]))
            scene.known = 1 - unknown.astype(np.float32)
        return scene

    def _replace_room(self, scene: Scene, portrait: bool) -> None:
        """Put the person of a scene into a painted room; a portrait on painted shoulders."""
        rng = self.rng
        room = paint_backdrop(rng, LABEL_PX).astype(np.float32)
        under = np.zeros_like(scene.classes)
        under[..., BACKGROUND] = 1
        if portrait:
            body, bare = draw_shoulders(rng, scene.points, LABEL_PX)
            cheek = scene.pixels[tuple(np.clip(scene.points[[50, 280]].mean(0), 0, LABEL_PX - 1).astype(int)[::-1])]
            cloth, skin = paint_cloth(rng, LABEL_PX).astype(np.float32), cheek * rng.uniform(0.55, 1.0)
            dressed = cloth * (1 - bare[..., None]) + skin.astype(np.float32) * bare[..., None]
            room += body[..., None] * (dressed - room)
            under[..., BACKGROUND], under[..., SKIN], under[..., CLOTHES] = 1 - body, bare, body - bare
        person = ((1 - scene.classes[..., BACKGROUND]) * scene.known)[..., None]
        scene.pixels = scene.pixels * person + room * (1 - person)
        own = scene.classes.copy()
        own[..., BACKGROUND] = 0
        own /= own.sum(2, keepdims=True) + 1e-6
        scene.classes = own * person + under * (1 - person)

    def _cover(self, scene: Scene) -> None:
        """Put one or two things in front."""
        for _ in range(int(self.rng.integers(1, 3))):
            points = scene.points + (self.rng.normal(0, 32, 2) if self.rng.random() < 0.6 else 0)
            cover = np.zeros(scene.pixels.shape[:2], np.float32)
            thing = self.stock[self.rng.integers(len(self.stock))]
            pixels, cover = paste(scene.pixels.clip(0, 255).astype(np.uint8), cover, thing, points, self.rng)
            self._set_front(scene, pixels.astype(np.float32), cover)

    def _wear_headphones(self, scene: Scene) -> None:
        """Draw a band over the head and a cup over each ear."""
        p, rng = scene.points, self.rng
        left, right = p[127], p[356]
        middle, across = (left + right) / 2, right - left
        up = np.array([across[1], -across[0]])
        angle = np.linspace(0, np.pi, 20)[:, None]
        arc = middle + across / 2 * 1.18 * np.cos(angle) + up * rng.uniform(0.75, 1.0) * np.sin(angle)
        cover = np.zeros(scene.pixels.shape[:2], np.uint8)
        cv2.polylines(cover, [np.round(arc * 8).astype(np.int32)], False, 255, int(rng.integers(3, 11)), cv2.LINE_AA, 3)
        size = float(np.linalg.norm(across)) * rng.uniform(0.14, 0.24)
        for end in (arc[0], arc[-1]):
            turn = float(np.degrees(np.arctan2(across[1], across[0])))
            axes = (int(size * rng.uniform(0.5, 0.9)), int(size * rng.uniform(1.0, 1.4)))
            cv2.ellipse(cover, (int(end[0]), int(end[1] + size * 0.4)), axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
        share = cover.astype(np.float32) / 255
        colour = rng.uniform(0, 255) * rng.uniform(0.6, 1.4, 3) * (0.3 if rng.random() < 0.6 else 1)
        shade = colour * (1 + 0.3 * np.linspace(-1, 1, LABEL_PX)[:, None, None])
        pixels = scene.pixels * (1 - share[..., None]) + shade.astype(np.float32) * share[..., None]
        self._set_front(scene, pixels, share)

    @staticmethod
    def _set_front(scene: Scene, pixels: Share, cover: Share) -> None:
        scene.pixels = pixels
        scene.classes *= (1 - cover)[..., None]
        scene.classes[..., FRONT] += cover
        scene.known = np.maximum(scene.known, cover)

    def _shown(self, scene: Scene) -> Sample:
        """Return a scene as a camera would show it, turned, scaled and shifted a little."""
        rng = self.rng
        scale = rng.uniform(0.85, 1.2) * INPUT_PX / LABEL_PX * LABEL_HEIGHTS / SQUARE_HEIGHTS
        middle = LABEL_PX / 2
        matrix = cv2.getRotationMatrix2D(
            (middle + rng.normal(0, 5), middle + rng.normal(0, 5)), rng.normal(0, 9), scale
        )
        matrix[:, 2] += INPUT_PX / 2 - middle
        if rng.random() < 0.5:
            matrix[0] *= -1
            matrix[0, 2] += INPUT_PX - 1
        size = (INPUT_PX, INPUT_PX)
        pixels = cv2.warpAffine(scene.pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        known = cv2.warpAffine(scene.known, matrix, size)
        classes = cv2.warpAffine(scene.classes[..., :4], matrix, size, borderMode=cv2.BORDER_REPLICATE)
        rest = cv2.warpAffine(scene.classes[..., 4:], matrix, size, borderMode=cv2.BORDER_REPLICATE)
        classes = np.dstack([classes, rest])
        points = scene.points @ matrix[:, :2].T + matrix[:, 2]
        blob = np.dstack([self._filmed(pixels), self._last_mask(classes), self._oval(points)])
        small = cv2.resize(classes[..., :4], (OUTPUT_PX, OUTPUT_PX), interpolation=cv2.INTER_AREA)
        more = cv2.resize(classes[..., 4:], (OUTPUT_PX, OUTPUT_PX), interpolation=cv2.INTER_AREA)
        weight = cv2.resize(known, (OUTPUT_PX, OUTPUT_PX), interpolation=cv2.INTER_AREA)
        target = np.dstack([small, more]).transpose(2, 0, 1)
        return blob.transpose(2, 0, 1), np.asarray(target * 255, np.uint8), np.asarray(weight * 255, np.uint8)

    def _filmed(self, pixels: Share) -> Picture:
        rng = self.rng
        pixels = pixels * rng.uniform(0.25, 1.25) * rng.uniform(0.85, 1.15, 3) + rng.uniform(-18, 18)
        pixels = 255 * np.clip(pixels / 255, 0, 1) ** rng.uniform(0.7, 1.4)
        if rng.random() < 0.45:
            pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.4, 1.8)))
        pixels = pixels + rng.normal(0, rng.uniform(0, 9), pixels.shape)
        shown = np.asarray(np.clip(pixels, 0, 255), np.uint8)
        if rng.random() < 0.3:
            packed = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 90))])[1]
            shown = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        return shown

    def _last_mask(self, classes: Share) -> Picture:
        """Return the head of the frame before, shaken a little.

        Half of the time nothing, now and then a wrong one.
        """
        rng, shape = self.rng, classes.shape[:2]
        kind = rng.random()
        if kind < FORGOTTEN_SHARE:
            return np.zeros(shape, np.uint8)
        if kind < FORGOTTEN_SHARE + WRONG_SHARE:
            coarse = rng.uniform(0, 255, (5, 5)).astype(np.float32)
            return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)
        matrix = cv2.getRotationMatrix2D((INPUT_PX / 2, INPUT_PX / 2), rng.normal(0, 3), rng.normal(1, 0.02))
        matrix[:, 2] += rng.normal(0, 2.5, 2)
        head = classes[..., HAIR] + classes[..., HEAD]
        moved = cv2.warpAffine(head, matrix, shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(np.clip(cv2.blur(moved, (5, 5)) * 255, 0, 255), np.uint8)

    def _oval(self, points: NDArray[np.floating]) -> Picture:
        mask = np.zeros((INPUT_PX, INPUT_PX), np.uint8)
        shaken = points[topology.OVAL] + self.rng.normal(0, 0.8, 2)
        cv2.fillPoly(mask, [np.round(shaken * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return mask
