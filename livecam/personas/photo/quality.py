"""Find what makes a face photo a poor persona.

It is measured on the upright face at one size.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.personas.photo.measures import Measures, measure_photo


class Severity(StrEnum):
    """Consequence of a finding."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PhotoFinding:
    """One fault of a photo.

    Attributes:
        code: Short key, for scripts.
        severity: Whether the photo is refused.
        says: One sentence.
        hint: What to do about it.
    """

    code: str
    severity: Severity
    says: str
    hint: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A measure with two limits.

    Beyond `refuse` no persona is made; beyond `warn` it will not be a good one.
    """

    code: str
    measure: str
    warn: float
    refuse: float
    below: bool
    says: str
    hint: str

    def judge(self, measures: Measures) -> PhotoFinding | None:
        """Return the finding, or None when this measure is good enough."""
        value = float(getattr(measures, self.measure))
        sign = -1.0 if self.below else 1.0
        if sign * value <= sign * self.warn:
            return None
        severity = Severity.REFUSED if sign * value > sign * self.refuse else Severity.WARNING
        return PhotoFinding(self.code, severity, self.says.format(value), self.hint)


NEVER: Final = float("inf")
RULES: Final = (
    Rule("small", "height_px", 200, 110, True, "the face is only {:.0f} pixels high",
         "use a photo in which the face is at least 200 pixels high"),
    Rule("cut", "outside", 0.0, 0.1, False, "{:.0%} of the face is outside the photo",
         "use a photo that shows the whole face"),
    Rule("covered", "plain", 0.03, 0.05, False, "a plain area covers {:.0%} of the face",
         "use a photo in which nothing is painted or laid over the face"),
    Rule("dark", "brightest", 90, 45, True, "the face is too dark, its brightest parts reach {:.0f} of 255",
         "take the photo facing a window"),
    Rule("burnt", "burnt", 0.06, 0.35, False, "{:.0%} of the face is burnt out to white",
         "take the photo in softer light, or expose it less"),
    Rule("blurred", "sharpness", 0.12, 0.045, True, "the face is blurred (sharpness {:.2f})",
         "use a photo that is in focus and not enlarged"),
    Rule("turned", "yaw_deg", 20, 35, False, "the face is turned {:.0f} degrees to the side",
         "use a photo that looks straight into the camera"),
    Rule("tilted", "pitch_deg", 18, 32, False, "the face is raised or lowered by {:.0f} degrees",
         "use a photo taken at eye level"),
    Rule("light", "side_light", 0.2, 0.5, False, "one side of the face is much darker ({:.2f})",
         "use a photo lit from the front, without sun or lamp from the side"),
    Rule("glasses", "bridge_edge", 0.075, 0.15, False, "there seem to be glasses on the nose (edge {:.2f})",
         "use a photo without glasses"),
    Rule("fringe", "fringe", 0.3, NEVER, False, "hair seems to cover {:.0%} of the lower forehead",
         "use a photo with the hair off the brows"),
    Rule("mouth", "mouth_open", 0.2, 0.55, False, "the mouth is open ({:.2f} of its width)",
         "use a photo with the mouth closed"),
    Rule("eyes", "eyes_open", 0.16, 0.08, True, "the eyes are nearly closed ({:.2f})",
         "use a photo with open eyes"),
)  # fmt: skip


def find_faults(pixels: Pixels, points: Points) -> tuple[PhotoFinding, ...]:
    """Return all faults of a photo (h, w, 3) uint8 BGR, refusals first.

    `points` (468, 3) are its mesh.
    """
    return judge_measures(measure_photo(pixels, points))


def judge_measures(measures: Measures) -> tuple[PhotoFinding, ...]:
    """Return all faults that the measures of a photo show, refusals first.

    A face that is too dark to judge shows no structure anywhere: it is called dark, not covered.
    """
    found = [finding for rule in RULES if (finding := rule.judge(measures)) is not None]
    if ("dark", Severity.REFUSED) in {(finding.code, finding.severity) for finding in found}:
        found = [finding for finding in found if finding.code != "covered"]
    return tuple(sorted(found, key=lambda finding: finding.severity))
