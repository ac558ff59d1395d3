"""Put a merged head on drawn shoulders before a plain background.

Hair that the source cut at its top is completed.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.personas.generator.head_frame import EYES_XY, FRAME_PX
from training.personas.merge import MergedHead, blur_picture, face_mask

Floats = NDArray[np.float32]
BACKDROP_TOP = np.array([212, 210, 207], np.float32)
BACKDROP_BOTTOM = np.array([192, 190, 188], np.float32)
NECK_ROWS, NECK_HALF_PX = (120.0, 160.0, 190.0), (190.0, 110.0, 97.0)
TOP_ROW, CLEAR_ROWS = 30, 8
JAW_ROW, BRIGHTER_THAN_HAIR = 110.0, 0.5
CAP_LIMIT_PX = 24.0
CROWN_RADIUS_PX = 150.0
SHOULDER_XY = ((0, 186), (92, 188), (112, 193), (136, 204), (165, 221), (205, 239), (250, 257), (290, 283), (320, 322))
NECKLINE_HALF_PX, NECKLINE_TOP, NECKLINE_DEPTH_PX = 92.0, 188.0, 46.0
RIB_PX = 13.0


def backdrop() -> Floats:
    """Return a plain wall, slightly darker below."""
    fall = np.linspace(0, 1, FRAME_PX, dtype=np.float32)[:, None, None]
    wall = BACKDROP_TOP * (1 - fall) + BACKDROP_BOTTOM * fall
    return np.broadcast_to(wall, (FRAME_PX, FRAME_PX, 3)).astype(np.float32)


def add_crown(head: MergedHead, top_row: int) -> MergedHead:
    """Complete hair that the source's upper edge cut, as a shallow cap.

    The cap has the hair's own mirrored texture.

    Args:
        head: The merged head.
        top_row: First row in which every source has a picture.
    """
    cut = np.flatnonzero(head.person[top_row] > 0.5)
    picture, person = head.picture.copy(), head.person.copy()
    person[:top_row] = 0
    if len(cut) > 1:
        middle, half = (cut[0] + cut[-1]) / 2, (cut[-1] - cut[0]) / 2
        columns = np.clip(np.abs(np.arange(FRAME_PX) - middle) / half, 0, 1)
        cap = min(half**2 / (2 * CROWN_RADIUS_PX), CAP_LIMIT_PX) * (1 - columns**2)
        above = np.arange(top_row, 0, -1, dtype=np.float32)[:, None]
        person[:top_row] = np.clip(cap - above + 0.5, 0, 1)
    clear = top_row + CLEAR_ROWS
    picture[:clear] = picture[clear : 2 * clear][::-1]
    return MergedHead(picture, blur_picture(person, 0.7), head.points)


def remove_clothes(head: MergedHead) -> MergedHead:
    """Remove what is next to the neck; only for hair that ends above it."""
    rows, columns = np.mgrid[:FRAME_PX, :FRAME_PX].astype(np.float32)
    limit = np.interp(rows[:, 0] - EYES_XY[1], NECK_ROWS, NECK_HALF_PX)[:, None]
    neck_sides = (np.abs(columns - EYES_XY[0]) > limit) & (rows - EYES_XY[1] > NECK_ROWS[0])
    clothes = blur_picture(neck_sides.astype(np.float32), 1.5) * (1 - face_mask(head.points, 6, 2))
    return MergedHead(head.picture, head.person * (1 - clothes), head.points)


def only_hair_below_jaw(head: MergedHead) -> MergedHead:
    """Remove clothes next to the neck of long hair.

    They are what is much brighter than the hair next to the face.
    """
    rows, columns = np.mgrid[:FRAME_PX, :FRAME_PX].astype(np.float32)
    luma = np.log(np.clip(blur_picture(head.picture, 2), 4, 255)).mean(2)
    around_face = (face_mask(head.points, 14, 1) < 0.01) & (head.person > 0.9)
    hair = np.median(luma[around_face & (rows - EYES_XY[1] < JAW_ROW)])
    low = blur_picture(
        ((rows - EYES_XY[1] > JAW_ROW) & (np.abs(columns - EYES_XY[0]) > NECK_HALF_PX[-1])).astype(np.float32), 3
    )
    cloth = np.clip((luma - hair - BRIGHTER_THAN_HAIR) / 0.3, 0, 1) * (1 - face_mask(head.points, 5, 2))
    return MergedHead(head.picture, head.person * (1 - low * blur_picture(cloth.astype(np.float32), 2)), head.points)


def largest_part(person: Floats) -> Floats:
    """Return the person without loose specks."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((person > 0.3).astype(np.uint8))
    main = int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) + 1
    return np.asarray(person * blur_picture((labels == main).astype(np.float32), 1.5), np.float32)


def _shoulder_row(columns: Floats) -> Floats:
    x, y = np.array(SHOULDER_XY, np.float32).T
    return np.asarray(np.interp(np.abs(columns), x, y), np.float32)


def garment(colour: tuple[int, int, int]) -> tuple[Floats, Floats]:
    """Return a plain knitted top: its picture (n, n, 3), and its mask (n, n) 0..1."""
    rows, columns = np.mgrid[:FRAME_PX, :FRAME_PX].astype(np.float32)
    x, y = columns - EYES_XY[0], rows - EYES_XY[1]
    within = np.sqrt(np.clip(1 - (x / NECKLINE_HALF_PX) ** 2, 0, 1))
    neckline = NECKLINE_TOP + NECKLINE_DEPTH_PX * within
    edge = np.where(np.abs(x) < NECKLINE_HALF_PX, neckline, _shoulder_row(x))
    cover = blur_picture((y > edge).astype(np.float32), 1.0)
    noise = np.random.default_rng(0).normal(0, 1, (FRAME_PX, FRAME_PX)).astype(np.float32)
    weave = blur_picture(noise, 0.8) * 0.05 + blur_picture(noise, 3) * 0.12
    round_off = 1 - 0.25 * (np.abs(x) / 320) ** 2 - 0.0009 * np.clip(y - 260, 0, 400)
    below = y - edge
    rib = (below < RIB_PX) & (np.abs(x) < NECKLINE_HALF_PX)
    seam = np.exp(-(((below - RIB_PX) / 1.6) ** 2)) * (np.abs(x) < NECKLINE_HALF_PX) * 0.16
    light = round_off * (1 + weave) - seam - 0.05 * rib
    picture = np.array(colour, np.float32) * light[..., None]
    return picture.astype(np.float32), cover


def bust(head: MergedHead, long_hair: bool, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the finished portrait (n, n, 3) uint8."""
    head = add_crown(only_hair_below_jaw(head) if long_hair else remove_clothes(head), TOP_ROW)
    head = MergedHead(head.picture, largest_part(head.person), head.points)
    person = head.person[..., None]
    whole = head.picture * person + backdrop() * (1 - person)
    cloth, cover = garment(colour)
    shade = blur_picture(np.roll(cover, -6, axis=0), 6) * (1 - cover) * head.person
    whole = whole * (1 - 0.3 * shade[..., None])
    whole = whole * (1 - cover[..., None]) + cloth * cover[..., None]
    return np.clip(np.rint(whole), 0, 255).astype(np.uint8)


def encode_picture(picture: NDArray[np.uint8], quality: int) -> bytes:
    """Encode as JPEG."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("the portrait could not be encoded")
    return bytes(data.tobytes())
