"""Make pairs backwards from photos.

A photo is drawn again from another view, then by our renderer on the photo itself.

    python -m training.refine.photos --data DIR --out WORK/pairs [--heldout] [--first 0 --count 240]

The photo is what the network should return. The persona is the photo turned by up to 40 degrees, some with lowered
lids or a dropped jaw, in other light, blurred or compressed. Half of the pairs are crossed: another person was drawn
on the photo before, so that the live face is not the persona's.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from engines.face.finder import OnnxFaceFinder, open_finder
from engines.swap.photo.engine import PhotoEngine
from livecam.consent.record import new_record
from livecam.core.clock import utc_now
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import Persona, PersonaKind
from livecam.core.pose import remove_pose
from livecam.core.refinement import REFINE_PX
from livecam.core.texture import FaceTexture
from livecam.video.render.canvas import Canvas
from livecam.video.render.renderer import FaceRenderer
from training.face.rerender import RenderView, render_view
from training.refine.pairs import LEAST_REPLACED, Drawing, Pair, draw_persona, make_pair, save_pairs

HELDOUT = ("stylegan2_realorfake",)
TRAINED = ("pd_congress", "stylegan_youthradio", "stylegan_basemax")
PERSONA_PX, LIVE_PX = (170, 320), (108, 200)
"""Height of the face and side of the picture."""
MOST_TURN_DEG = 40.0
PER_FILE = 60
REMEMBERED = 60
LEAST_SCORE = 0.8


def cut_square(picture: Pixels, points: Points, face_px: int, side_px: int) -> tuple[Pixels, Points]:
    """Return a square round a face of that height, and the points in it."""
    scale = face_px / float(np.ptp(points[:, :2], axis=0).max())
    moved = points * np.float32(scale)
    shift = side_px / 2 - moved[:, :2].mean(0)
    moved[:, :2] += shift
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    grown = 1.0 if scale < 1 else scale
    matrix = np.array([[grown, 0, shift[0]], [0, grown, shift[1]]])
    square = cv2.warpAffine(small, matrix, (side_px, side_px), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(square, np.uint8), np.asarray(moved, np.float32)


def change_light(picture: Pixels, random: np.random.Generator) -> Pixels:
    """Return the picture brighter or darker, tinted, some with noise.

    One in five is in a dark room.
    """
    gain = random.uniform(0.15, 0.5) if random.random() < 0.2 else random.uniform(0.5, 1.15)
    curve = np.power(np.arange(256) / 255, random.uniform(0.8, 1.3))[:, None]
    table = np.clip(255 * curve * gain * random.uniform(0.92, 1.08, 3), 0, 255)[None].astype(np.uint8)
    changed = cv2.LUT(picture, table)
    if random.random() < 0.5:
        changed = np.clip(changed + random.normal(0, random.uniform(1, 4), changed.shape), 0, 255)
    return np.asarray(changed, np.uint8)


def texture_of(picture: Pixels, points: Points) -> FaceTexture:
    """Return the texture of a persona with this photo."""
    photo = FaceTexture(picture, points[:, :2].astype(np.float32), shape=remove_pose(points))
    record = new_record(PersonaKind.SYNTHETIC, "", utc_now())
    return PhotoEngine().prepare(Persona("pair", PersonaKind.SYNTHETIC, photo, record))


def wear_down(picture: Pixels, random: np.random.Generator) -> Pixels:
    """Return a photo as people have them: some blurred, some compressed."""
    if random.random() < 0.5:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.2)), np.uint8)
    if random.random() < 0.3:
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 85))])[1]
        picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return picture


class PhotoPairs:
    """Makes the pairs of photos; remembers some faces to cross with."""

    def __init__(self, finder: OnnxFaceFinder, random: np.random.Generator) -> None:
        self._finder, self._random = finder, random
        self._others: list[FaceTexture] = []

    def of(self, photo: Pixels) -> list[Pair]:
        """Return up to four pairs of a photo; none where there is not one clear face."""
        frame = Frame(photo, 0, 0)
        boxes = self._finder.detect(frame)
        mesh = self._finder.mesh(frame, boxes[0]) if len(boxes) == 1 else None
        if mesh is None or mesh.score <= LEAST_SCORE:
            return []
        source, source_points = cut_square(photo, mesh.points, *PERSONA_PX)
        live, points = cut_square(photo, mesh.points, *LIVE_PX)
        textures = [self._persona(source, source_points) for _ in range(2)]
        pairs = [self._pair(live, points, texture, crossed) for texture in textures for crossed in (False, True)]
        self._others = [*self._others, textures[0]][-REMEMBERED:]
        return [pair for pair in pairs if pair is not None]

    def _persona(self, source: Pixels, points: Points) -> FaceTexture:
        random = self._random
        shut, jaw = (random.uniform(*span) * (random.random() < 0.3) for span in ((0.1, 0.7), (0.1, 0.5)))
        yaw, pitch = random.uniform(-MOST_TURN_DEG, MOST_TURN_DEG), random.normal(0, 7)
        drawn, moved = render_view(source, points, RenderView(yaw, pitch, shut, shut, jaw), random)
        return texture_of(change_light(wear_down(drawn, random), random), moved)

    def _pair(self, photo: Pixels, points: Points, texture: FaceTexture, crossed: bool) -> Pair | None:
        wanted = change_light(photo, self._random)
        live = self._cross(wanted, points) if crossed else wanted
        drawing = None if live is None else draw_persona(live, points, texture, self._random)
        return None if drawing is None else make_pair(drawing, cut_target(wanted, drawing), crossed)

    def _cross(self, photo: Pixels, points: Points) -> Pixels | None:
        """Return the photo with another person's face on it."""
        if len(self._others) < 4:
            return None
        other, out = self._others[int(self._random.integers(len(self._others)))], photo.copy()
        replaced = FaceRenderer().draw(Frame(photo, 0, 0), FaceMesh(points, 1.0, 0), other, out)
        return out if replaced >= LEAST_REPLACED else None


def cut_target(photo: Pixels, drawing: Drawing) -> Pixels:
    """Return the photo (128, 128, 3) where the drawing's canvas is."""
    canvas = Canvas(REFINE_PX)
    canvas.cut(photo, drawing.view)
    return canvas.crop


def main() -> None:
    """Read the arguments, make pairs, save them in parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--heldout", action="store_true")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=3000)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    random = np.random.default_rng(args.first + 1)
    groups = HELDOUT if args.heldout else TRAINED
    files = [file for group in groups for file in sorted((args.data / "train" / group).glob("*.jpg"))]
    order = np.random.default_rng(5).permutation(len(files))[args.first : args.first + args.count]
    maker = PhotoPairs(open_finder(1, 1), random)
    for start in range(0, len(order), PER_FILE):
        photos = (np.asarray(cv2.imread(str(files[k])), np.uint8) for k in order[start : start + PER_FILE])
        pairs = [pair for photo in photos for pair in maker.of(photo)]
        save_pairs(pairs, args.out / f"photos_{args.first + start:05d}.npz")
        print(f"{start + PER_FILE} photos", flush=True)


if __name__ == "__main__":
    main()
