"""Clips as pictures in the atlas, what models draw of them, and what the mesh reads off what is drawn."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.swap.trained.model import TrainedModel
from livecam.app.clip_faces import SeenCount, read_frames
from livecam.core.clock import NS_PER_S, SystemClock, process_cpu_ns
from livecam.core.expression import KINDS, MEAN_AMOUNTS, MEAN_SHAPE, READER, measure_unrest
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.frame import Frame
from livecam.core.texture import FaceTexture
from livecam.core.topology import LEFT_EYE_OPENING, MOUTH_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.plugins import open_face_finder
from livecam.video.atlas.detail import GAIN, read_detail
from livecam.video.atlas.openings import close_openings, measure_open
from livecam.video.atlas.unroll import atlas_of
from livecam.video.render.renderer import FaceRenderer
from trainer.basis import Calm
from trainer.crops import cut_crop
from trainer.material import Material, material_from_bytes, material_to_bytes
from trainer.session import Ended, Learner, Session

Floats = NDArray[np.float32]
_GAP_NS = NS_PER_S // 2


class ProcessorClock(SystemClock):
    """Counts this process's own time on a processor: other programs do not count."""

    def now_ns(self) -> int:
        return process_cpu_ns()


def train_within(
    learner: Learner, folder: Path, key: str, minutes: float, stop_s: float = np.inf
) -> tuple[Session, Ended]:
    """Train within minutes of processor time, from where it was stopped.

    The learner is in its best state afterwards.
    """
    clock = ProcessorClock()
    session = Session(folder, key, learner, clock, lambda line: print(line, file=sys.stderr, flush=True))
    session.resume()
    ended = session.run(int(minutes * 60 * NS_PER_S), lambda: clock.now_ns() > stop_s * NS_PER_S)
    session.restore_best()
    return session, ended


def read_material(clip: Path) -> Material:
    """Return every picture of a clip in the atlas, none left out."""
    count, points, detail, at_ns, tones, crops = SeenCount(), [], [], [], [], []
    with closing(open_face_finder()) as finder:
        hint: FaceBox | FaceMesh | None = None
        for frame in read_frames(clip, 30.0, 3600.0, count):
            # There is one face, drawn: no tracker has to tell it from others.
            hint = finder.mesh(frame, hint or finder.detect(frame)[0])
            mesh = finder.mesh(frame, hint)
            seen = read_detail(frame.pixels, mesh.points)
            points.append(mesh.points)
            detail.append(seen.detail)
            tones.append(seen.tone)
            at_ns.append(frame.captured_ns)
            crops.append(cut_crop(frame.pixels, mesh.points))
    tone = np.median(tones, axis=0).astype(np.float32)
    times = np.array(at_ns, np.int64)
    return Material(np.array(points, np.float32), np.array(detail), times, tone, np.array(crops))


def read_once(clip: Path, folder: Path | None = None) -> Material:
    """Return the pictures of a clip, kept next to it or in a folder from the first time on."""
    kept = (clip if folder is None else folder / clip.name).with_suffix(".npz")
    if not kept.exists():
        kept.write_bytes(material_to_bytes(read_material(clip)))
    return material_from_bytes(kept.read_bytes(), clip.name)


def draw_by(model: TrainedModel, driver: Material) -> list[Floats]:
    """Return what a model makes of the driver's pictures (n, n, 3), as a session draws it: shut openings closed."""
    calm, drawn = model.contract.calm_atlas.transpose(1, 2, 0), []
    for index, shape in enumerate(driver.shapes):
        picture, known = driver.settled(index)
        seen = calm + known[..., None] * (picture / np.float32(GAIN) - calm)
        made = model.infer(np.ascontiguousarray(seen.transpose(2, 0, 1)), shape)[:3].transpose(1, 2, 0)
        coded = np.clip(np.rint(made * GAIN), 0, 255).astype(np.uint8)
        closed = close_openings(coded, driver.points[index]) if model.contract.is_own else coded
        drawn.append(np.where(closed == coded, made, closed / np.float32(GAIN)))
    return drawn


def with_live_openings(made: Sequence[Floats], driver: Material) -> list[Floats]:
    """Return textures with the driver's own eyes and inner mouth, as the renderer leaves them for the photo."""
    openings = atlas_of(driver.side_px).openings
    drawn = []
    for index, picture in enumerate(made):
        live = driver.detail[index].astype(np.float32) / GAIN
        mixed = picture.copy()
        for number, share in enumerate(measure_open(driver.points[index]), 1):
            inside = openings == number
            mixed[inside] += np.float32(share) * (live[inside] - picture[inside])
        drawn.append(mixed)
    return drawn


def choose_photo(learned: Material, calm: Calm) -> Floats:
    """Return the one calmest, straightest picture (n, n, 3); what it does not show is the calm face's."""
    unrest = [measure_unrest(shape) for shape in learned.shapes]
    best = int(np.argmin(np.array(unrest) + np.abs(learned.yaw_deg) / 60))
    picture, known = learned.settled(best)
    return np.asarray(calm.detail + known[..., None] * (picture / np.float32(GAIN) - calm.detail), np.float32)


def time_texture_ms(clip: Path, model: TrainedModel, driver: Material) -> dict[str, float]:
    """Return processor time of a texture from a live picture, and of the network in it, on one thread: medians."""
    frames = {frame.captured_ns: frame for frame in read_frames(clip, 30.0, 3600.0, SeenCount())}
    clock, whole, network = ProcessorClock(), [], []
    for at_ns, points, shape in zip(driver.at_ns, driver.points, driver.shapes, strict=True):
        begin_ns = clock.now_ns()
        model.draw(frames[int(at_ns)].pixels, points)
        drawn_ns = clock.now_ns()
        model.infer(model.contract.calm_atlas, shape)
        whole.append(drawn_ns - begin_ns)
        network.append(clock.now_ns() - drawn_ns)
    names = ("texture", "network")
    return {name: round(float(np.median(one)) / 1e6, 2) for name, one in zip(names, (whole, network), strict=True)}


def as_textures(made: Sequence[Floats], driver: Material, model: TrainedModel) -> list[FaceTexture]:
    """Return textures (n, n, 3) for the renderer, as a session has them."""
    opaque = np.ones((driver.side_px, driver.side_px, 1), np.float32)
    return [
        model.as_texture(np.concatenate([picture, opaque], 2).transpose(2, 0, 1), points)
        for picture, points in zip(made, driver.points, strict=True)
    ]


def frames_at(clip: Path, at_ns: NDArray[np.int64]) -> list[Frame]:
    """Return the clip's pictures of these times."""
    times = {int(time_ns) for time_ns in at_ns}
    return [frame for frame in read_frames(clip, 30.0, 3600.0, SeenCount()) if frame.captured_ns in times]


def draw_pictures(clip: Path, drawn: Sequence[FaceTexture], driver: Material) -> list[Frame]:
    """Return a clip's pictures with textures drawn on them by one renderer, which forgets after a gap."""
    renderer, before_ns, made = FaceRenderer(), -_GAP_NS, []
    for number, frame in enumerate(frames_at(clip, driver.at_ns)):
        if frame.captured_ns - before_ns > _GAP_NS:
            renderer.reset()
        out = frame.pixels.copy()
        renderer.draw(frame, FaceMesh(driver.points[number], 1.0, frame.captured_ns), drawn[number], out)
        before_ns = frame.captured_ns
        made.append(Frame(out, frame.captured_ns, frame.seq))
    return made


def read_pictures(made: Sequence[Frame], driver: Material) -> Material:
    """Return what the finder reads of pictures, each begun from the driver's mesh."""
    points, detail = [], []
    with closing(open_face_finder()) as finder:
        for number, frame in enumerate(made):
            seen = finder.mesh(frame, FaceMesh(driver.points[number], 1.0, frame.captured_ns)).points
            points.append(seen)
            detail.append(read_detail(frame.pixels, seen).detail)
    return Material(np.array(points, np.float32), np.array(detail), driver.at_ns, driver.tone)


def draw_on_clip(clip: Path, drawn: Sequence[FaceTexture], driver: Material) -> Material:
    """Return what the finder reads of a clip's pictures with textures drawn on them by the renderer."""
    return read_pictures(draw_pictures(clip, drawn, driver), driver)


def measure_lids(points: Floats) -> Floats:
    """Return how far the wider eye of meshes (k, 468, 3) is open, over its usual opening."""
    ratios = np.array([[opening_ratio(one, four) for four in (RIGHT_EYE_OPENING, LEFT_EYE_OPENING)] for one in points])
    return np.asarray((ratios / np.percentile(ratios, 80, axis=0)).max(1), np.float32)


def measure_traits(material: Material) -> Mapping[str, Floats]:
    """Return what faces do, (k,) each: brows, lids, gaze across, and the mouth."""
    # Not clipped to 0..1: the persona's calm face may be at an end already, and its changes would not count.
    amounts = np.tensordot(material.shapes - MEAN_SHAPE, READER, 2) + MEAN_AMOUNTS
    of = {kind: amounts[:, number] for number, kind in enumerate(KINDS)}
    return {
        "brows": of["brows_up"] - of["frown"],
        "lids": measure_lids(material.points),
        "gaze": np.array([_read_gaze(picture) for picture in material.detail], np.float32),
        "mouth": np.array([opening_ratio(points, MOUTH_OPENING) for points in material.points], np.float32),
        "smile": of["smile"],
    }


def _read_gaze(detail: NDArray[np.uint8]) -> float:
    """Return how far the dark of both eyes is from their middle, in widths of an eye."""
    openings, places = atlas_of(detail.shape[0]).openings, []
    for number in (2, 3):
        inside = openings == number
        columns = np.nonzero(inside)[1]
        dark = np.maximum(np.float32(np.median(detail[inside])) - detail[inside].mean(1), 0)
        middle = float((dark * columns).sum() / max(float(dark.sum()), 1e-6))
        places.append((middle - columns.mean()) / np.ptp(columns))
    return float(np.mean(places))


def compare_traits(wanted: Material, found: Material) -> dict[str, dict[str, float]]:
    """Return for each trait its correlation, and its error over its spread, each over its own mean.

    Gaze counts only where the eyes are open: a shut eye looks nowhere.
    """
    rows, others = {}, measure_traits(found)
    is_open = np.array([min(measure_open(points)[1:]) >= 1 for points in wanted.points])
    for name, one in measure_traits(wanted).items():
        counted = is_open if name == "gaze" and is_open.any() else np.ones(len(is_open), np.bool_)
        a, b = one[counted] - one[counted].mean(), others[name][counted] - others[name][counted].mean()
        correlation = float((a * b).sum() / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))
        error = float(np.abs(a - b).mean() / max(float(np.abs(a).mean()), 1e-9))
        rows[name] = {"correlation": round(correlation, 3), "error": round(error, 3)}
    return rows
