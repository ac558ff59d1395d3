"""When the tracker detects, what it trusts, and when it lets go."""

from dataclasses import dataclass, field

from livecam.core.clock import NS_PER_MS
from livecam.video.tracking.plausibility import MeshLimits
from livecam.video.tracking.smoothing import SmoothingConfig


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """Limits of the tracker.

    Attributes:
        all_faces: Follow every face; otherwise one, and two are trouble.
        detect_every: Looks between two detections while a face is followed; the detector sees what the meshes miss.
        detect_after_ns: Time after which the next look is a detection, however few looks there were.
        rare_ns: Time since the last frame after which each look is a detection: what is sent stands until the next one.
        unsure_ns: Time for which every look is a detection after something came in at the picture's edge.
        sure_score: A detection this sure is a face even if its mesh is not believed, and small next to a tracked face.
        unclear_score: Any other detection from this score on is an untracked face.
        entering_score: What comes in at an edge and scores so much next to its mirror image is a part of a face.
        same_face: Overlap (intersection over union) from which two boxes are one face.
        agreement: Overlap of a followed face with its detection below which it is looked at there.
        patience: Looks in a row without a believable mesh after which a face is lost.
        unconfirmed: Detections in a row that do not see a followed face after which it is lost.
        carried_after: Looks that must have believed a face before it is drawn in a frame that gets a quick look alone.
        furthest_carried: Eye distances a face may have moved since it was seen to be drawn in such a frame.
        furthest_guess: Eye distances between a quick look's face and its prediction for the prediction to be drawn.
        calm: Looks in a row without trouble after which faces may be shown again.
        max_faces: Faces followed at once; more are trouble.
        limits: What a mesh must keep to.
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
