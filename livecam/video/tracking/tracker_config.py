"""Rules of the tracker: when to detect, what to trust, and when to drop a track."""

from dataclasses import dataclass, field

from livecam.core.clock import NS_PER_MS
from livecam.video.tracking.plausibility import MeshLimits
from livecam.video.tracking.smoothing import SmoothingConfig


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """Limits of the tracker.

    Attributes:
        all_faces: Follow every face; otherwise one, and two are trouble.
        detect_every: Frames between two detections while a face is followed; the detector finds what the meshes miss.
        detect_after_ns: Time after which the next frame gets a detection, however few frames there were.
        rare_ns: Time since the last frame after which each frame gets a detection, as a sent picture stays until the
            next one.
        unsure_ns: Time for which every frame gets a detection after something entered at the picture's edge.
        sure_score: A detection with this score is a face, even if its mesh is not plausible and it is small next to a
            tracked face.
        unclear_score: Any other detection from this score on is an untracked face.
        entering_score: What enters at an edge with this score next to its mirror image is a part of a face.
        same_face: Overlap (intersection over union) from which two boxes are one face.
        agreement: Overlap of a followed face with its detection below which it is searched there.
        patience: Frames in a row without a plausible mesh after which a face is lost.
        unconfirmed: Detections in a row without a followed face after which it is lost.
        carried_after: Frames that must have confirmed a face before it is drawn in a frame with a quick detection
            only.
        furthest_carried: Eye distances a face may have moved since it was seen to be drawn in such a frame.
        furthest_guess: Eye distances between a quick detection and its prediction for the prediction to be drawn.
        calm: Frames in a row without trouble after which faces may be shown again.
        max_faces: Faces followed at once; more are trouble.
        limits: Limits of a plausible mesh.
        smooth: How meshes are smoothed.
    """

    all_faces: bool = False
    detect_every: int = 10
    detect_after_ns: int = 400 * NS_PER_MS
    rare_ns: int = 80 * NS_PER_MS
    unsure_ns: int = 150 * NS_PER_MS
    sure_score: float = 0.8
    unclear_score: float = 0.65
    entering_score: float = 0.55
    same_face: float = 0.3
    agreement: float = 0.5
    patience: int = 4
    unconfirmed: int = 6
    carried_after: int = 3
    furthest_carried: float = 0.25
    furthest_guess: float = 0.15
    calm: int = 5
    max_faces: int = 6
    limits: MeshLimits = field(default_factory=MeshLimits)
    smooth: SmoothingConfig = field(default_factory=SmoothingConfig)

    def __post_init__(self) -> None:
        if min(self.detect_every, self.patience, self.unconfirmed, self.calm, self.max_faces) < 1:
            raise ValueError("detect_every, patience, unconfirmed, calm and max_faces count from 1")
