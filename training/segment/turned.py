"""Turn labelled heads to the side with the renderer's own shell.

    python -m training.segment.turned --work WORK [--count 1500]

It reads WORK/heads.npz and writes WORK/turned.npz. The photos of label.py look at the camera; live heads do not. A
turned row has the layout of a labelled one, no body, and the source `turned_photo`: the samples give it a room and
shoulders.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import Pose
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts
from livecam.core.texture import FaceTexture
from livecam.video.head.cutout import HeadCutout, cut_out_head
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import HeadGrid
from livecam.video.head.layer import Layer, LayerDrawer
from livecam.video.head.shell import Shell
from livecam.video.tracking.smoothing import to_rotation
from training.segment.rows import LABEL_PX, TURNED_SOURCE

MOST_YAW, MOST_PITCH, MOST_ROLL = 48.0, 18.0, 9.0
MOST_CUT = 0.12
"""Width of cut-off hair in face heights up to which a photo is turned."""
_SOLID = 0.02

Picture = NDArray[np.uint8]
Row = tuple[Picture, Picture, NDArray[np.float32]]


class LabelledSegmenter:
    """Answers with the labels of one row (n, n, 5) instead of a network."""

    def __init__(self, labels: Picture) -> None:
        shares = np.zeros((CLASS_COUNT, LABEL_PX, LABEL_PX), np.float32)
        shares[:-1] = labels.transpose(2, 0, 1).astype(np.float32) / 255
        self._parts = HeadParts(shares, np.eye(2, 3, dtype=np.float32))

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return the labels."""
        return self._parts

    def close(self) -> None:
        """Do nothing."""


def draw_turned(cutout: HeadCutout, rotation: NDArray[np.float32], scale: float) -> Row | None:
    """Return pixels, labels (n, n, 5) and points (468, 2) of a head at another pose.

    None where it does not fit.
    """
    shell = Shell(cutout)
    middle = np.array([LABEL_PX / 2, LABEL_PX / 2, 0], np.float32)
    pose = Pose(scale, rotation, middle)
    drawn = pose.apply(cutout.shape)
    placed = shell.place(drawn, pose)
    empty = np.zeros((LABEL_PX, LABEL_PX, 3), np.uint8)
    grid = HeadGrid(0, 0, 1, empty)
    hair3 = np.asarray(cv2.merge([cutout.hair] * 3), np.uint8)
    colours, hair = (_read(shell, placed, cutout, what, grid) for what in (cutout.colours, hair3))
    if colours is None or hair is None:
        return None
    alpha = _whole(colours.alpha, colours)
    share = np.maximum(alpha.astype(np.float32) / 255, _SOLID)[..., None]
    pixels = np.clip(_whole(colours.colours, colours) / share, 0, 255).astype(np.uint8)
    is_hair = np.clip(_whole(hair.colours, hair)[..., 0].astype(np.float32), 0, alpha)
    labels = np.zeros((LABEL_PX, LABEL_PX, CLASS_COUNT - 1), np.uint8)
    labels[..., HeadClass.BACKGROUND] = 255 - alpha
    labels[..., HeadClass.HAIR] = is_hair
    labels[..., HeadClass.HEAD] = alpha - is_hair.astype(np.uint8)
    return pixels, labels, drawn[:, :2]


def _read(shell: Shell, placed: Points, cutout: HeadCutout, what: Picture, grid: HeadGrid) -> Layer | None:
    alpha3 = cv2.merge([cutout.alpha] * 3)
    picture = cv2.merge([*cv2.split(cv2.multiply(what, alpha3, scale=1 / 255)), cutout.alpha])
    plain = np.zeros((468, 3), np.float32)
    return LayerDrawer(shell).draw(placed, np.asarray(picture, np.uint8), plain, grid, (LABEL_PX, LABEL_PX))


def _whole(part: Picture, layer: Layer) -> Picture:
    """Return a part of the square over all of it, black outside."""
    whole = np.zeros((LABEL_PX, LABEL_PX, *part.shape[2:]), np.uint8)
    whole[layer.box] = part
    return whole


def turn_all(work: Path, count: int, random: np.random.Generator) -> list[Row]:
    """Return turned heads of chance photos."""
    with np.load(work / "heads.npz") as rows:
        photos = np.flatnonzero(np.char.startswith(rows["source"], "stylegan"))
        pixels, labels, points = rows["pixels"], rows["labels"], rows["points"]
    found: list[Row] = []
    for index in random.permutation(photos):
        texture = FaceTexture(pixels[index], points[index].astype(np.float32))
        cutout = cut_out_head(texture, LabelledSegmenter(labels[index]))
        if cutout.cut > MOST_CUT:
            continue
        height = HeadGeometry.of(points[index]).height
        for yaw in (random.uniform(12, MOST_YAW), -random.uniform(12, MOST_YAW)):
            pitch, roll = random.normal(0, MOST_PITCH / 2), random.normal(0, MOST_ROLL / 2)
            turn = to_rotation(np.radians([pitch, yaw, roll]).astype(np.float32))
            row = draw_turned(cutout, turn, cutout.pose.scale * float(LABEL_PX / 3.2 / height))
            if row is not None:
                found.append(row)
        if len(found) >= count:
            break
    return found


def main() -> None:
    """Read the arguments, turn, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1500)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    pixels, labels, points = zip(*turn_all(args.work, args.count, np.random.default_rng(0)), strict=True)
    known = np.full((len(pixels), LABEL_PX, LABEL_PX), 255, np.uint8)
    np.savez(
        args.work / "turned.npz", pixels=pixels, labels=labels, known=known, points=points,
        source=[TURNED_SOURCE] * len(pixels),
    )  # fmt: skip
    print(f"{len(pixels)} heads turned")


if __name__ == "__main__":
    main()
