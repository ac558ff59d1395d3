"""Make `livecam/personas/generator/heads.npz`, the synthetic heads.

Built-in and seeded personas are made from them.

Labels come from `training.face.label`. Every head is merged from four or five generated portraits (`casts`):
faces meet in mesh coordinates, hair follows the first one's outline, each fine band keeps the energy of its sources,
clothes and background are drawn. Only merged pictures are stored.
"""

import argparse
from pathlib import Path

import numpy as np

from training.personas.bust import bust, encode_picture
from training.personas.casts import CASTS, Cast
from training.personas.merge import MergedHead, face_mask, merge
from training.personas.sources import Album

JPEG_QUALITY = 84
POINT_STEPS = 32
GARMENTS = ((84, 74, 70), (92, 86, 78), (70, 78, 92), (96, 84, 66), (74, 70, 88), (104, 100, 98), (66, 66, 70))


def merge_heads(album: Album, cast: Cast) -> MergedHead:
    """Return the head of a cast without clothes; every source has the same share."""
    portraits = [album.portrait(f) for f in cast.files]
    return merge(portraits, np.full(len(portraits), 1 / len(portraits), np.float32))


def tone_of(head: MergedHead) -> float:
    """Return the logarithm of the skin's brightness."""
    inside = face_mask(head.points, -40, 1) > 0.5
    return float(np.median(np.log(np.clip(head.picture[inside], 4, 255)).mean(1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    album = Album(args.data, args.labels)
    files, points, tones = [], [], []
    for number, cast in enumerate(CASTS):
        head = merge_heads(album, cast)
        files.append(encode_picture(bust(head, cast.long_hair, GARMENTS[number % len(GARMENTS)]), JPEG_QUALITY))
        points.append(np.rint(head.points * POINT_STEPS).astype(np.int16))
        tones.append(tone_of(head))
        print(cast.name, len(files[-1]), flush=True)
    np.savez(
        args.out,
        pictures=np.frombuffer(b"".join(files), np.uint8),
        ends=np.cumsum([len(f) for f in files]).astype(np.int32),
        points=np.array(points),
        tones=np.array(tones, np.float32),
        women=np.array([c.woman for c in CASTS]),
        beards=np.array([c.beard for c in CASTS]),
        years=np.array([c.years for c in CASTS], np.uint8),
        names=np.array([c.name for c in CASTS]),
    )


if __name__ == "__main__":
    main()
