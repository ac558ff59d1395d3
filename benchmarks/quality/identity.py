"""Who is in the picture: personas drawn on other faces, distinguished by a face recogniser that nothing was trained on.

    python benchmarks/quality/identity.py --faces DIR --recogniser MobileFaceNet.onnx [--points faces.npz]

DIR holds pictures of one face each; the first eight become personas, the next twenty the live faces, and the first
forty are the gallery a result is looked up in. Points are our own network's, or those of a file with `files` and
`points`. The recogniser takes RGB 112x112, normalised as ImageNet's, eyes at the usual places. Prints one line of JSON.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from engines.face.finder import open_finder
from engines.face.recogniser import OnnxRecogniser, open_recogniser
from engines.swap.photo.engine import PhotoEngine
from livecam.core.clock import utc_now
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import ConsentRecord, Persona, PersonaKind
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.video.render.renderer import FaceRenderer, RenderSettings

PERSONAS, LIVE, GALLERY = 8, 20, 40
SIZE_PX = 512


def read_faces(folder: Path, points_file: Path | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pictures of SIZE_PX with their mesh points."""
    if points_file is not None:
        known = np.load(points_file)
        pairs = [(folder / str(name), points) for name, points in zip(known["files"], known["points"], strict=True)]
        return [resize_face(cv2.imread(str(file)), points) for file, points in pairs[:GALLERY]]
    finder, faces = open_finder(), []
    for file in sorted(folder.rglob("*.jpg")):
        picture, _ = resize_face(cv2.imread(str(file)), np.zeros((468, 3)))
        frame = Frame(picture, 0, 0)
        boxes = finder.detect(frame)
        if boxes:
            faces.append((picture, finder.mesh(frame, boxes[0]).points))
        if len(faces) == GALLERY:
            break
    return faces


def resize_face(picture: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = SIZE_PX / picture.shape[0]
    return cv2.resize(picture, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA), (points * scale).astype(np.float32)


def texture_of(picture: np.ndarray, points: np.ndarray) -> FaceTexture:
    now = utc_now()
    consent = ConsentRecord(PersonaKind.SYNTHETIC, "", "", now, now)
    photo = FaceTexture(picture, points[:, :2].copy(), shape=remove_pose(points))
    return PhotoEngine().prepare(Persona("measured", PersonaKind.SYNTHETIC, photo, consent))


def measure(
    faces: list[tuple[np.ndarray, np.ndarray]], recogniser: OnnxRecogniser, strength: float
) -> dict[str, float]:
    gallery = np.array([recogniser.embed(*face) for face in faces])
    persona, live, first = [], [], []
    for who in range(PERSONAS):
        texture = texture_of(*faces[who])
        for other in range(PERSONAS + 2, PERSONAS + 2 + LIVE):
            picture, points = faces[other]
            out = picture.copy()
            FaceRenderer(RenderSettings(strength)).draw(Frame(picture, 0, 0), FaceMesh(points, 1.0, 0), texture, out)
            likeness = gallery @ recogniser.embed(out, points)
            persona.append(likeness[who])
            live.append(likeness[other])
            first.append(likeness.argmax() == who)
    return {
        "pairs": len(first),
        "first_of_gallery": round(float(np.mean(first)), 4),
        "cosine_to_persona": round(float(np.mean(persona)), 4),
        "cosine_to_live": round(float(np.mean(live)), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--recogniser", type=Path, required=True)
    parser.add_argument("--points", type=Path)
    parser.add_argument("--strength", type=float, default=0.9)
    args = parser.parse_args()
    faces = read_faces(args.faces, args.points)
    print(json.dumps(measure(faces, open_recogniser(args.recogniser), args.strength)))


if __name__ == "__main__":
    main()
