"""Measure known faults of a drawn face in mode head (or swap) on the sample clip: lids, far side, eyes, smiles.

    python benchmarks/quality/face_faults.py [--mode head] [--personas robin toni] [--keep FOLDER] [--json FILE]

One line a persona. "lid" is how much darker (CIE L*) and less coloured (CIE chroma) a shut lid is than the cheek under
it, "live" the same in the camera's picture. "eyes" is the brightness of the open eyes over that of the cheek in a dark
room, over the same in the photo: 1 is right. "dip" is the darkest line along the far edge of the face beyond 30
degrees of turn, in levels below both its sides. "smile" is the share of a photo's smile that is left in lips at rest:
the photo is the persona's own, moved to a smile by `puppet`, so its face at rest is known.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.bench.pictures import preload
from livecam.config.settings import Settings
from livecam.core import topology
from livecam.core.clock import ManualClock
from livecam.core.expression import EFFECT, KINDS, MEAN_SHAPE, read_expression
from livecam.core.face import FaceMesh, Points
from livecam.core.fakes import FakeSource
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import PersonaKind
from livecam.core.ports import FaceFinder
from livecam.core.pose import find_pose
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import open_builtin
from livecam.plugins import open_face_finder
from livecam.video.render.eyelids import EYES, Eyelids
from livecam.video.render.puppet import Puppet

SIZE_WH: Final = (1280, 720)
STILL: Final = range(15)
BEGIN: Final = range(117)
"""Up to the end of the scene with turns; a cut in it would be held."""
DARK: Final = range(258, 292)
REST_DRAWS: Final = 12
SMILE: Final = 0.9
CHEEKS: Final = ([117, 118, 119, 120], [346, 347, 348, 349])
SHUT: Final = 0.9
FAR_DEG: Final = 30.0
Moment = tuple[int, Pixels, Pixels]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Faults:
    """One persona; NaN where no picture shows it."""

    persona: str
    mode: str
    lid_darker: float
    lid_paler: float
    live_lid_darker: float
    live_lid_paler: float
    eyes_in_the_dark: float
    eyes_in_the_light: float
    far_dip: float
    smile_left: float

    def __str__(self) -> str:
        """As it stands in the table."""
        return (
            f"{self.persona:<7} {self.mode}: lid {self.lid_darker:+.1f} L, {self.lid_paler:+.1f} chroma (live "
            f"{self.live_lid_darker:+.1f}, {self.live_lid_paler:+.1f}); eyes dark {self.eyes_in_the_dark:.2f}, light "
            f"{self.eyes_in_the_light:.2f}; far dip {self.far_dip:.1f}; smile left {self.smile_left:.0%}"
        )


def play(settings: Settings, pictures: dict[int, Pixels]) -> Iterator[Moment]:
    """Yield number, live and sent picture of those that show a new frame."""
    clock = ManualClock()
    parts = open_parts(settings, clock, paced=False)
    parts.source.close()
    parts = replace(parts, source=FakeSource(pictures.values(), 30.0, clock))
    numbers, last = list(pictures), -1
    try:
        for _, sent in Replay(settings, parts).run():
            # A doubtful picture is sent two frames later.
            if sent.seq > last:
                last = sent.seq
                yield numbers[last], pictures[numbers[last]], sent.pixels.copy()
    finally:
        parts.close()


class Look:
    """A face in a picture."""

    def __init__(self, finder: FaceFinder, pixels: Pixels) -> None:
        self.pixels, frame = pixels, Frame(pixels, 0, 0)
        boxes = finder.detect(frame)
        self.mesh: FaceMesh | None = finder.mesh(frame, boxes[0]) if boxes else None

    def lid_differences(self) -> Floats:
        """(2,) lightness and chroma of both lids less those of the cheeks under them."""
        lab = cv2.cvtColor(np.float32(self.pixels) / 255, cv2.COLOR_BGR2LAB)
        rows = []
        for eye, cheek in zip(EYES, CHEEKS, strict=True):
            points = self._points
            lid = np.concatenate([points[eye.fold, :2], points[eye.upper, :2][::-1]])
            rows.append(_lightness_and_chroma(lab, lid) - _lightness_and_chroma(lab, _patch(points, cheek)))
        return np.mean(rows, axis=0)

    def eye_brightness(self) -> float:
        """Both eyes over the cheeks under them."""
        grey = self.pixels.mean(2)
        ratios = []
        for ring, cheek in zip((topology.RIGHT_EYE, topology.LEFT_EYE), CHEEKS, strict=True):
            eye, skin = _inside(self._points[ring, :2], grey.shape), _inside(_patch(self._points, cheek), grey.shape)
            ratios.append(grey[eye].mean() / max(grey[skin].mean(), 1.0))
        return float(np.mean(ratios))

    def smile(self) -> float:
        """Amount of the smile in the mesh."""
        mesh = self.mesh
        assert mesh is not None
        return read_expression(find_pose(mesh).undo(mesh.points)).amounts["smile"]

    @property
    def _points(self) -> Points:
        assert self.mesh is not None
        return self.mesh.points


def _patch(points: Points, row: Sequence[int]) -> Points:
    """A thin polygon along a row of the cheek."""
    line = points[row, :2]
    down = (points[152, :2] - points[10, :2]) * np.float32(0.03)
    return np.concatenate([line, line[::-1] + down])


def _inside(polygon: Points, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 1, shift=4)
    return np.asarray(mask > 0)


def _lightness_and_chroma(lab: NDArray[np.float32], polygon: Points) -> Floats:
    lightness, *colour = lab[_inside(polygon, lab.shape)].mean(0)
    return np.array([lightness, np.hypot(*colour)])


def far_dip(pixels: Pixels, mesh: FaceMesh) -> float:
    """Levels by which a line along the far edge of the face is darker than both its sides."""
    points = mesh.points[:, :2]
    oval = points[topology.OVAL]
    middle = points[[1, 4, 5, 6]].mean(0)
    width = float(np.ptp(points[:, 0]))
    far = oval[np.abs(oval[:, 1] - middle[1]) < 0.25 * width]
    edge = far[(far[:, 0] - middle[0]) * _far_sign(mesh) > 0]
    if len(edge) < 2:
        return float("nan")
    grey = cv2.GaussianBlur(pixels.mean(2).astype(np.float32), (0, 0), 1.0)
    inwards = -_far_sign(mesh)
    steps = np.arange(-0.03, 0.10, 0.004) * width
    dips = []
    for x, y in np.column_stack(
        [np.interp(np.linspace(0, len(edge) - 1, 24), np.arange(len(edge)), edge[:, k]) for k in (0, 1)]
    ):
        line = cv2.remap(
            grey, np.float32([x + inwards * steps]), np.float32([np.full_like(steps, y)]), cv2.INTER_LINEAR
        )[0]
        before, after = np.maximum.accumulate(line), np.maximum.accumulate(line[::-1])[::-1]
        dips.append(float((np.minimum(before, after) - line).max()))
    return float(np.mean(dips))


def _far_sign(mesh: FaceMesh) -> float:
    """1 where the far side is right in the picture, else -1."""
    points = mesh.points
    return 1.0 if points[356, 2] > points[127, 2] else -1.0


def make_smiling(photo: FaceTexture) -> Pixels:
    """The photo with a smile, as `puppet` draws it."""
    out = np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    puppet, middle = Puppet(photo, SIZE_WH), np.float32([SIZE_WH[0] / 2, SIZE_WH[1] / 2, 0])
    for share in (*[0.0] * REST_DRAWS, SMILE):
        shape = MEAN_SHAPE + np.float32(share) * EFFECT[KINDS.index("smile")]
        puppet.draw(FaceMesh((shape * np.float32(120) + middle).astype(np.float32), 1.0, 0), out)
    return out


def measure(name: str, mode: str, pictures: dict[int, Pixels], finder: FaceFinder, keep: Path | None) -> Faults:
    """Draw the chosen pictures and measure."""
    settings = Settings(camera="sample", persona=name, mode=mode, sink="null")  # type: ignore[arg-type]
    photo = open_builtin(name).photo
    own = Look(finder, photo.pixels).eye_brightness()
    lids, (dark, light), dips, rest = ([], []), ([], []), [], []
    eyelids = Eyelids()
    for number, live, sent in play(settings, pictures):
        before = Look(finder, live)
        if before.mesh is None:
            continue
        eyelids.update(before.mesh.points)
        shut, yaw = eyelids.shut, abs(find_pose(before.mesh).yaw_deg)
        after = Look(finder, sent)
        if after.mesh is None:
            continue
        if keep is not None and (number % 6 == 0 or shut.min() > 0.3 or yaw > FAR_DEG):
            cv2.imwrite(str(keep / f"{name}_{mode}_{number:03d}.jpg"), np.hstack([live, sent]))
        if shut.min() > SHUT:
            lids[0].append(after.lid_differences())
            lids[1].append(before.lid_differences())
        elif shut.max() < 0.1 and yaw < FAR_DEG:
            (dark if number in DARK else light).append(after.eye_brightness() / own)
        if yaw > FAR_DEG:
            dips.append(far_dip(sent, after.mesh))
        if number in STILL and number > STILL[-1] - 6:
            rest.append(after.smile())
    left = _smile_left(settings, pictures, photo, float(np.mean(rest)), finder, keep)
    drawn, real = (np.mean(rows, axis=0) if rows else np.full(2, np.nan) for rows in lids)
    dim, bright = (float(np.mean(rows)) if rows else float("nan") for rows in (dark, light))
    return Faults(
        name,
        mode,
        *map(float, drawn),
        *map(float, real),
        dim,
        bright,
        float(np.nanmean(dips)) if dips else float("nan"),
        left,
    )


def _smile_left(
    settings: Settings,
    pictures: dict[int, Pixels],
    photo: FaceTexture,
    rest: float,
    finder: FaceFinder,
    keep: Path | None,
) -> float:
    """Share of a photo's smile that is left in lips at rest."""
    assert photo.shape is not None
    other = make_smiling(photo)
    still = {number: pictures[number] for number in STILL}
    amounts = []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "smiling.png"
        cv2.imwrite(str(file), other)
        smiler = replace(settings, persona=None, face=file, consent=PersonaKind.SYNTHETIC, data_folder=Path(folder))
        for number, _, sent in play(smiler, still):
            if number > STILL[-1] - 6:
                amounts.append(Look(finder, sent).smile())
                if keep is not None:
                    cv2.imwrite(str(keep / f"{settings.persona}_{settings.mode}_smile.jpg"), np.hstack([other, sent]))
    given = Look(finder, other).smile() - read_expression(photo.shape).amounts["smile"]
    print(f"  smile of the photo {given:+.2f}, at rest {rest:.2f}, left {np.mean(amounts) - rest:+.2f}")
    return float((np.mean(amounts) - rest) / given)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, print the table, write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", default="head", choices=("head", "swap"))
    parser.add_argument("--personas", nargs="+", default=["robin", "toni"])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args(argv)
    if args.keep is not None:
        args.keep.mkdir(parents=True, exist_ok=True)
    clip = preload("sample", SIZE_WH, DARK[-1] + 1)
    pictures = {number: clip[number] for number in (*BEGIN, *DARK)}
    finder, rows = open_face_finder(), []
    for name in args.personas:
        rows.append(measure(name, args.mode, pictures, finder, args.keep))
        print(rows[-1], flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
