"""Label the detector's photos and clips with the shipped networks.

It is for machines without the teachers of `label`.

    python -m training.face.detector_labels --data DIR --outlines outlines.npz --clips clips.npz

The mesh network was taught by them and is off by 1.4 % of the eye distance, which is little for a box. Photos without
exactly one believed face are left out; in clips an unsure face is unclear.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from engines.face.finder import OnnxFaceFinder, open_finder
from livecam.core.frame import Frame
from training.face.detector_clips import CLIPS, HELD_OUT, frames, save_scenes
from training.face.detector_data import Scene
from training.face.detector_faces import Picture, Points, five_points, outline_of

SURE, BELIEVED, EVERY = 0.8, 0.6, 6


def mesh_of(finder: OnnxFaceFinder, picture: Picture) -> Points | None:
    """Return the mesh (468, 3) of the only face of a photo."""
    frame = Frame(picture, 0, 0)
    boxes = finder.detect(frame)
    if not boxes or (len(boxes) > 1 and boxes[1].score > SURE):
        return None
    mesh = finder.mesh(frame, finder.mesh(frame, boxes[0]))
    return mesh.points if mesh.score >= 0.5 else None


def scene_of(finder: OnnxFaceFinder, picture: Picture) -> Scene:
    """Return a frame of a clip with its faces."""
    scene, frame = Scene(picture), Frame(picture, 0, 0)
    for box in finder.detect(frame):
        mesh = finder.mesh(frame, box)
        if box.score > SURE and mesh.score > BELIEVED:
            xy = mesh.points[:, :2]
            scene.boxes.append(np.concatenate([xy.min(0), xy.max(0)]))
            scene.points.append(five_points(mesh.points))
        else:
            scene.unclear.append(box.box_xyxy)
    return scene


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "outlines", "clips"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--held-out", action="store_true", help="Label the held-out clips instead.")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    finder = open_finder()
    names, points, masks = [], [], []
    for file in sorted((args.data / "train").rglob("*.jpg")):
        picture = np.asarray(cv2.imread(str(file)), np.uint8)
        mesh = mesh_of(finder, picture)
        if mesh is not None:
            names.append(str(file.relative_to(args.data)))
            points.append(mesh)
            masks.append(outline_of(picture, mesh))
    np.savez_compressed(args.outlines, files=np.array(names), points=np.array(points), masks=np.array(masks))
    clips = sorted(c for c in (args.data / CLIPS).glob("*.mkv") if (c.stem in HELD_OUT) == args.held_out)
    save_scenes([scene_of(finder, picture) for clip in clips for picture in frames(clip, EVERY)], args.clips)
    finder.close()


if __name__ == "__main__":
    main()
