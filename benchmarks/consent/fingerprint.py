"""Fit and measure the fingerprint of photos (`livecam/consent/fingerprint.npz`) on a folder of portraits.

    python benchmarks/consent/fingerprint.py PORTRAITS --json fingerprint.json [--fit livecam/consent/fingerprint.npz]

Every portrait is compared with every other one (false matches), and changed copies of a part of them with their
originals (true matches). Every second portrait is fitted on, the others are measured on. Folders given by name
with `--measure-only` are never fitted on: real people. No picture is written.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.consent import fingerprint as photo_print
from livecam.consent.fingerprint import SAME_PHOTO_LIKENESS, extract_detail, unroll_face
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder
from livecam.plugins import open_face_finder

AXES, REGULAR, POWER = 160, 0.1, 0.25
Floats = NDArray[np.float32]


def bend_face(picture: Pixels, share: float, period: float) -> Pixels:
    """Waves of a share of the picture's size."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across = x + share * width * np.sin(2 * np.pi * y / (period * height))
    down = y + share * height * np.sin(2 * np.pi * x / (period * width) + 1)
    return np.asarray(cv2.remap(picture, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def turn_sideways(picture: Pixels, share: float) -> Pixels:
    """As photographed off a screen at an angle."""
    height, width = picture.shape[:2]
    plain = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = plain.copy()
    moved[1:3] += np.array([[-share * width / 3, share * height / 2], [-share * width / 3, -share * height / 2]])
    matrix = cv2.getPerspectiveTransform(plain, moved)
    return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def relight(picture: Pixels, share: float, axis: int) -> Pixels:
    """A ramp of light, from 1 - share to 1 + share."""
    ramp = np.linspace(1 - share, 1 + share, picture.shape[axis], dtype=np.float32)
    return np.clip(picture * (ramp[:, None, None] if axis == 0 else ramp[None, :, None]), 0, 255).astype(np.uint8)


def add_pattern(picture: Pixels, levels: float, chance: np.random.Generator) -> Pixels:
    """Slow noise of this standard deviation."""
    noise = cv2.GaussianBlur(chance.normal(0, 1, picture.shape[:2]).astype(np.float32), (0, 0), 6)
    return np.clip(np.rint(picture + levels * (noise / noise.std())[..., None]), 0, 255).astype(np.uint8)


def enhance_photo(picture: Pixels) -> Pixels:
    """Local contrast, as "auto enhance" does it."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), np.uint8)


def add_flash(picture: Pixels) -> Pixels:
    """A bright spot on the middle of the face."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    spot = np.exp(-(((x - width / 2) / (0.3 * width)) ** 2 + ((y - height * 0.45) / (0.3 * height)) ** 2))[..., None]
    return np.clip(picture * (1 + 0.5 * spot) + 25 * spot, 0, 255).astype(np.uint8)


def changes(picture: Pixels, chance: np.random.Generator) -> Iterator[tuple[str, Pixels]]:
    """Copies of a photo as they come back, by what was done to them."""
    height, width = picture.shape[:2]
    yield "15 % wider", np.asarray(cv2.resize(picture, (round(width * 1.15), height)), np.uint8)
    yield "15 % taller", np.asarray(cv2.resize(picture, (width, round(height * 1.15))), np.uint8)
    yield "at an angle, 18 %", turn_sideways(picture, 0.18)
    yield "bent by 1 %", bend_face(picture, 0.01, 0.5)
    yield "bent by 2 %", bend_face(picture, 0.02, 0.7)
    yield "light from above", relight(picture, 0.4, 0)
    yield "light from the side", relight(picture, 0.4, 1)
    yield "pattern of 4 levels", add_pattern(picture, 4, chance)
    yield "pattern of 8 levels", add_pattern(picture, 8, chance)
    yield "local contrast", enhance_photo(picture)
    yield "flash", add_flash(picture)
    coarse = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    yield "JPEG 40", np.asarray(cv2.imdecode(coarse, cv2.IMREAD_COLOR), np.uint8)
    yield "half the size", np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    yield "mirrored", np.ascontiguousarray(picture[:, ::-1])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -15, 1)
    turned = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    yield "turned by 15 degrees", np.asarray(turned, np.uint8)
    yield "gamma 0.6", (255 * (picture / 255.0) ** 0.6).astype(np.uint8)
    yield "noise of 10 levels", np.clip(picture + chance.normal(0, 10, picture.shape), 0, 255).astype(np.uint8)


def face_of(picture: Pixels, finder: FaceFinder) -> Floats | None:
    """The unrolled face, None where none is found."""
    frame = Frame(np.ascontiguousarray(picture), captured_ns=0, seq=0)
    boxes = finder.detect(frame)
    if not boxes:
        return None
    mesh = finder.mesh(frame, finder.mesh(frame, max(boxes, key=lambda box: box.area_px)))
    return unroll_face(picture, mesh.points) if mesh.score >= 0.5 else None


def fit(details: Floats, differences: Floats) -> dict[str, NDArray[np.float16]]:
    """The axes in which portraits differ most, against what changes of one photo do."""
    mean = details.mean(0)
    between, within = np.cov((details - mean).T), differences.T @ differences / len(differences)
    within = within + REGULAR * np.trace(within) / len(within) * np.eye(len(within))
    sizes, directions = np.linalg.eigh(within)
    whitening = directions / np.sqrt(sizes)
    shares, axes = np.linalg.eigh(whitening.T @ between @ whitening)
    best = np.argsort(-shares)[:AXES]
    axes = whitening @ axes[:, best] / shares[best] ** POWER
    spread = ((details - mean) @ axes).std(0)
    found = {"mean": mean, "axes": axes, "spread": spread}
    return {name: array.astype(np.float16) for name, array in found.items()}


def prints(faces: list[Floats]) -> Floats:
    """(n, axes) fingerprints of length one."""
    fine = np.array([photo_print.make_fine_print(face) for face in faces], np.float32)
    return fine / np.linalg.norm(fine, axis=1, keepdims=True)


def main() -> None:
    """Read portraits, fit if asked to, measure, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fit", type=Path)
    parser.add_argument("--measure-only", nargs="*", default=["pd_congress"])
    parser.add_argument("--changed", type=int, default=300)
    given = parser.parse_args()
    finder, chance = open_face_finder(), np.random.default_rng(5)
    found = [(file, cv2.imread(str(file))) for file in sorted(given.portraits.rglob("*.jpg"))]
    read = [(file, picture, face) for file, picture in found if (face := face_of(picture, finder)) is not None]
    is_fitted = np.array([n % 2 == 0 and f.parent.name not in given.measure_only for n, (f, *_) in enumerate(read)])
    changed: dict[str, list[tuple[int, Floats]]] = {}
    for number in np.random.default_rng(1).permutation(len(read))[: given.changed]:
        for what, picture in changes(read[number][1], chance):
            face = face_of(picture, finder)
            if face is not None:
                face = np.ascontiguousarray(face[:, ::-1]) if what == "mirrored" else face
                changed.setdefault(what, []).append((int(number), face))
    if given.fit is not None:
        details = np.array([extract_detail(face) for *_, face in read])
        pairs = [(n, face) for copies in changed.values() for n, face in copies if is_fitted[n]]
        differences = np.array([extract_detail(face) - details[n] for n, face in pairs])
        np.savez_compressed(given.fit, **fit(details[is_fitted], differences))
        photo_print._axes.cache_clear()
    originals = prints([face for *_, face in read])
    other = originals[~is_fitted]
    likeness = (other @ other.T)[np.triu_indices(len(other), 1)]
    table = {}
    for what, copies in changed.items():
        kept = [(n, face) for n, face in copies if not is_fitted[n]]
        alike = (prints([face for _, face in kept]) * originals[[n for n, _ in kept]]).sum(1)
        table[what] = round(float((alike >= SAME_PHOTO_LIKENESS).mean()), 4)
    figures = {
        "pairs": len(likeness),
        "false_matches": int((likeness >= SAME_PHOTO_LIKENESS).sum()),
        "highest": round(float(likeness.max()), 3),
        "known_again": table,
    }
    print(json.dumps(figures, indent=2))
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
