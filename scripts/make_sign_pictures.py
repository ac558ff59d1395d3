"""Make docs/pictures/signs.jpg: each sign, drawn too strongly, on the synthetic person of the sample clip.

python scripts/make_sign_pictures.py [--out docs/pictures]

No swap is drawn here: each picture has one change that shows what a sign is about.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from livecam.core.topology import INNER_LIPS, LEFT_EYE_OPENING, OVAL, RIGHT_EYE_OPENING, opening_ratio
from livecam.devices.media.sample import SAMPLE_CLIP, SAMPLE_TRUTH

SIDE_PX, GAP_PX, TEXT_PX = 230, 8, 24
INK, PAPER = (50, 40, 30), (255, 255, 255)
Picture = np.ndarray


class Subject:
    """Pictures of the sample with their mesh."""

    def __init__(self) -> None:
        reader, self.pictures = cv2.VideoCapture(str(SAMPLE_CLIP)), []
        while (read := reader.read())[0]:
            self.pictures.append(read[1])
        reader.release()
        with np.load(SAMPLE_TRUTH) as truth:
            self.points = truth["points"].astype(np.float32) / float(truth["subpixels"])

    def crop(self, picture: Picture, number: int) -> Picture:
        middle = self.points[number][OVAL, :2].mean(0).astype(int)
        left, top = np.maximum(middle - np.array([230, 210]), 0)
        return cv2.resize(picture[top : top + 460, left : left + 460], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)

    def mask(self, number: int, share: float = 0.95, soft: float = 6) -> Picture:
        oval = self.points[number][OVAL, :2]
        middle = oval.mean(0)
        mask = np.zeros(self.pictures[0].shape[:2], np.float32)
        cv2.fillPoly(mask, [np.round(middle + (oval - middle) * share).astype(np.int32)], 1)
        return cv2.GaussianBlur(mask, (0, 0), soft)[..., None]

    def find_half_blink(self) -> int:
        """Return the picture in which the eyes are half shut."""
        eyes = [np.array([opening_ratio(p, eye) for p in self.points]) for eye in (LEFT_EYE_OPENING, RIGHT_EYE_OPENING)]
        wide = np.mean(eyes, axis=0)[: len(self.pictures)]
        return int(np.argmin(np.abs(wide - 0.55 * np.median(wide))))

    def mixed(self, number: int, changed: Picture, **how: float) -> Picture:
        mask = self.mask(number, **how)
        return (changed * mask + self.pictures[number] * (1 - mask)).clip(0, 255).astype(np.uint8)


def altered(one: Subject) -> list[tuple[str, Picture]]:
    """Title and picture of every sign; the first is untouched."""
    first = one.pictures[5].astype(np.float32)
    rng = np.random.default_rng(4)
    soft = cv2.GaussianBlur(first, (0, 0), 3.5)
    grain = first + cv2.GaussianBlur(rng.normal(0, 22, first.shape), (0, 0), 0.7)
    tinted = first * np.float32([0.72, 0.97, 1.16])
    ramp = np.linspace(-1, 1, 300, dtype=np.float32)
    x0 = int(one.points[5][OVAL, 0].mean() - 150)
    side = np.ones(first.shape[:2], np.float32)
    side[:, x0 : x0 + 300] = 1 + 0.55 * ramp
    side[:, x0 + 300 :] = 1.55
    blocks = cv2.resize(
        cv2.resize(first, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA),
        (1280, 720),
        interpolation=cv2.INTER_NEAREST,
    )
    moved = np.roll(np.roll(first, 9, 1), 5, 0)
    late = one.mixed(45, np.roll(one.pictures[30].astype(np.float32), 0, 1), soft=4.0)
    lips = one.pictures[45].copy()
    ring = one.points[45][INNER_LIPS, :2]
    cv2.polylines(lips, [np.round(ring).astype(np.int32)], True, (40, 120, 220), 3, cv2.LINE_AA)
    flash = first * (1 + 0.6 * (1 - one.mask(5, share=1.0)))
    half = one.find_half_blink()
    return [
        ("untouched", one.crop(one.pictures[5], 5)),
        ("sharpness", one.crop(one.mixed(5, soft), 5)),
        ("grain", one.crop(one.mixed(5, grain), 5)),
        ("outline", one.crop(one.mixed(5, moved * 1.06, share=0.85, soft=0.8), 5)),
        ("direction of light", one.crop(one.mixed(5, first * side[..., None]), 5)),
        ("colour of light", one.crop(one.mixed(5, tinted), 5)),
        ("delay of light: a flash", one.crop(flash.clip(0, 255).astype(np.uint8), 5)),
        ("double compression", one.crop(one.mixed(5, 0.55 * blocks + 0.45 * first), 5)),
        ("repeated face", one.crop(late, 45)),
        ("lips and sound", one.crop(lips, 45)),
        ("jitter", one.crop(one.mixed(5, 0.5 * moved + 0.5 * first, share=0.9), 5)),
        ("blinks: never further", one.crop(one.pictures[half], half)),
    ]


def sheet(tiles: list[tuple[str, Picture]], across: int = 6) -> Picture:
    """All tiles with their titles."""
    down = -(-len(tiles) // across)
    whole = np.full((down * (SIDE_PX + TEXT_PX + GAP_PX), across * (SIDE_PX + GAP_PX), 3), PAPER, np.uint8)
    for number, (title, picture) in enumerate(tiles):
        top, left = number // across * (SIDE_PX + TEXT_PX + GAP_PX), number % across * (SIDE_PX + GAP_PX)
        whole[top + TEXT_PX : top + TEXT_PX + SIDE_PX, left : left + SIDE_PX] = picture
        cv2.putText(whole, title, (left + 2, top + 17), INK, cv2.FontFace("sans"), 15, 500)
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    given = parser.parse_args()
    cv2.imwrite(str(given.out / "signs.jpg"), sheet(altered(Subject())), [cv2.IMWRITE_JPEG_QUALITY, 84])


if __name__ == "__main__":
    main()
