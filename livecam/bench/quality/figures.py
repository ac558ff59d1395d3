"""Compute the figures of the table from the records of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from livecam.bench.quality import metrics
from livecam.bench.quality.follow import FollowedFace, Truth
from livecam.bench.quality.watch import Looks, Watched
from livecam.core.report import HeadStats

_LEAST_UNREST = 0.1


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an outside recogniser sees.

    Attributes:
        to_persona: Mean cosine of the output to the persona's photo.
        to_live: Mean cosine of the output to the live person.
        first: Share of outputs nearest to the persona's photo in the gallery.
        gallery: Number of photos.
        strangers: Mean cosine of the output to the others of the gallery.
        face_to_persona, face_to_live, face_first, face_strangers: The same with everything outside the oval grey.
        model: Name of the recogniser's file.
    """

    to_persona: float
    to_live: float
    first: float
    gallery: int
    strangers: float = float("nan")
    face_to_persona: float = float("nan")
    face_to_live: float = float("nan")
    face_first: float = float("nan")
    face_strangers: float = float("nan")
    model: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """One persona on one clip; docs/metrics.md defines each figure.

    NaN where nothing could be measured.
    """

    persona: str
    frames: int
    held: int
    face_lost: int
    unswapped_shown: int
    flicker_ratio: float
    flicker_added: float
    outline_error: float
    sharpness_ratio: float
    pose_error_deg: float
    expression_error: float
    kept_share: float
    identity: Identity | None
    more_identities: tuple[Identity, ...] = ()
    unrest: float = float("nan")
    head_left_mean: float = float("nan")
    head_left_worst: float = float("nan")

    def to_dict(self) -> dict[str, object]:
        """Return the figures as plain types for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tracking:
    """The mesh against the ground truth, in percent of eye distance and frames."""

    error: float
    jitter: float
    lag_frames: float


def compute_quality(
    persona: str,
    w: Watched,
    counts: Mapping[str, int],
    identities: Sequence[Identity] = (),
    head: HeadStats | None = None,
) -> Quality:
    """Return the figures of one run.

    `counts` holds frames, held, face_lost and unswapped_shown; `head` is what the report says of mode head.
    """
    runs = [np.stack(run) for run in w.skin if len(run) >= 3]
    before, after = (_flicker([run[:, side] for run in runs]) for side in (0, 1))
    sharp = np.array(w.sharp).reshape(-1, 2)
    return Quality(
        persona=persona,
        frames=counts["frames"],
        held=counts["held"],
        face_lost=counts["face_lost"],
        unswapped_shown=counts["unswapped_shown"],
        flicker_ratio=_rounded(after / before if before else float("nan")),
        flicker_added=_rounded(after - before),
        outline_error=_median(w.outline),
        sharpness_ratio=_median(list(sharp[:, 1] / np.maximum(sharp[:, 0], 1e-6))),
        pose_error_deg=_median(w.pose),
        expression_error=_rounded(metrics.expression_error(np.array(w.seen), np.array(w.drawn)) if w.seen else np.nan),
        kept_share=_median(w.kept),
        identity=next(iter(identities), None),
        more_identities=tuple(identities[1:]),
        unrest=_unrest(w),
        head_left_mean=float("nan") if head is None else head.left_mean,
        head_left_worst=float("nan") if head is None else head.left_worst,
    )


def compute_identity(
    looks: Looks, gallery: NDArray[np.float32], who: int, faces: NDArray[np.float32] | None = None, model: str = ""
) -> Identity:
    """Return how outputs rank in a gallery (n, k) of unit embeddings of photos.

    The persona's is number `who`. `faces` is the gallery with everything outside the oval grey.
    """
    whole = _rank(looks.whole, looks.live, gallery, who)
    face = _rank(looks.face, looks.live_face, gallery if faces is None else faces, who)
    return Identity(*whole[:3], len(gallery), whole[3], *face, model)


def _rank(
    looks: Sequence[NDArray[np.float32]], live: Sequence[NDArray[np.float32]], gallery: NDArray[np.float32], who: int
) -> tuple[float, float, float, float]:
    """Return the cosines to persona and live person.

    Then the share of first places, and the cosine to strangers.
    """
    seen = np.array(looks)
    likeness = seen @ gallery.T
    strangers = np.delete(likeness, who, axis=1)
    return (
        _rounded(float(likeness[:, who].mean())), _rounded(float((seen * np.array(live)).sum(1).mean())),
        _rounded(float((likeness.argmax(1) == who).mean())),
        _rounded(float(strangers.mean())) if strangers.size else float("nan"),
    )  # fmt: skip


def _unrest(w: Watched) -> float:
    """Return the unrest round the skull, output over input."""
    if not w.unrest:
        return float("nan")
    before, after = np.sqrt(np.array(w.unrest).mean(0))
    return _rounded(after / max(before, _LEAST_UNREST))


def compute_tracking(faces: Mapping[int, FollowedFace], truth: Truth, still: range, moving: range) -> Tracking:
    """Return the error over all frames, jitter at rest, and lag in motion."""
    common = [n for n in faces if truth.visible[n] and not truth.hidden[n].any()]
    eyes = {n: float(np.linalg.norm(truth.points[n, 33, :2] - truth.points[n, 263, :2])) for n in common}
    error = [_away(faces[n].mesh.points, truth.points[n]) / eyes[n] for n in common]
    calm = [n for n in still if n in eyes]
    offsets = np.stack([(faces[n].mesh.points - truth.points[n])[:, :2] / eyes[n] for n in calm])
    jitter = np.sqrt((np.diff(offsets, axis=0) ** 2).sum(2).mean()) if len(calm) > 1 else np.nan
    turning = [n for n in moving if n in eyes]
    found, true = (np.stack([mesh[:, :2].mean(0) for mesh in meshes]) for meshes in (
        [faces[n].mesh.points for n in turning], [truth.points[n] for n in turning],
    ))  # fmt: skip
    lag = metrics.lag_frames(found, true)
    return Tracking(_rounded(100 * float(np.mean(error))), _rounded(100 * float(jitter)), lag)


def _away(found: NDArray[np.float32], true: NDArray[np.float32]) -> float:
    return float(np.linalg.norm((found - true)[:, :2], axis=1).mean())


def _flicker(runs: Sequence[NDArray[np.float32]]) -> float:
    """Return the flicker over runs (frames, places), weighted by their lengths."""
    weights = [len(run) - 2 for run in runs]
    return float(np.sqrt(np.average([metrics.flicker(run) ** 2 for run in runs], weights=weights))) if runs else np.nan


def _median(values: Sequence[float]) -> float:
    return _rounded(float(np.nanmedian(values))) if len(values) else float("nan")


def _rounded(value: float) -> float:
    return round(float(value), 4)
