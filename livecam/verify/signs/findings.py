"""What the signs say of a clip, with likelihood ratios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.verify.signs.calibration import LikelihoodRatio, SignCalibration, load_calibration
from livecam.verify.signs.catalogue import SIGNS
from livecam.verify.signs.outline import OUTLINE
from livecam.verify.signs.series import FaceWindow, Observation
from livecam.verify.signs.sign import Sign, SignValue

_TRACES: Final = 0.5
_LINE: Final = (0, 200, 255)


@dataclass(frozen=True, slots=True)
class WindowFinding:
    """A sign in one window.

    Attributes:
        begin_s: First second.
        end_s: Last second.
        value: None where it could not be measured.
        ratio: None where nothing was measured, or this sign was never calibrated.
        unusual: Whether hardly any untouched window has such a score, and altered ones have it more often.
    """

    begin_s: float
    end_s: float
    value: SignValue | None
    ratio: LikelihoodRatio | None
    unusual: bool


@dataclass(frozen=True, slots=True)
class SignFinding:
    """A sign in a clip.

    Attributes:
        sign: Its definition.
        windows: In order of time.
        typical: The window with the middle score; None where none was measured.
        why_not: Why it could not be measured; empty where it was.
        calibration: What was measured of it on clips of known origin.
    """

    sign: Sign
    windows: tuple[WindowFinding, ...]
    typical: WindowFinding | None
    why_not: str
    calibration: SignCalibration | None

    @property
    def is_unusual(self) -> bool:
        """Whether the typical window is unusual."""
        return self.typical is not None and self.typical.unusual


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the signs say of a clip.

    Attributes:
        signs: One per sign, in order.
        observation: What they were read off.
    """

    signs: tuple[SignFinding, ...]
    observation: Observation

    @property
    def measured(self) -> tuple[SignFinding, ...]:
        """The signs that could be measured."""
        return tuple(finding for finding in self.signs if finding.typical is not None)

    @property
    def unusual(self) -> tuple[SignFinding, ...]:
        """The measured signs that are unusual."""
        return tuple(finding for finding in self.measured if finding.is_unusual)

    def find_picture(self, finding: SignFinding) -> tuple[float, Pixels] | None:
        """Return second and pixels of the kept head nearest to where a sign shows best.

        For the outline, lines surround the places in which the network sees traces.
        """
        value = None if finding.typical is None else finding.typical.value
        kept = [look for look in self.observation.looks if look.crop is not None]
        if value is None or not kept:
            return None
        look = min(kept, key=lambda each: abs(each.at_ns / NS_PER_S - value.at_s))
        crop = np.array(look.crop, np.uint8)
        if look.seam is not None and finding.sign.name == OUTLINE:
            lines, _ = cv2.findContours(
                (look.seam > _TRACES).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
            )
            cv2.drawContours(crop, lines, -1, _LINE, 1, cv2.LINE_AA)
        return look.at_ns / NS_PER_S, crop


def find_signs(observation: Observation, calibration: Mapping[str, SignCalibration] | None = None) -> Findings:
    """Return what every sign says of a clip."""
    known = load_calibration() if calibration is None else calibration
    windows = list(observation.cut_windows())
    return Findings(tuple(_find(sign, windows, known.get(sign.name), observation) for sign in SIGNS), observation)


def _find(
    sign: Sign, windows: Sequence[FaceWindow], calibration: SignCalibration | None, observation: Observation
) -> SignFinding:
    read = [(window, sign.read(window)) for window in windows]
    findings = tuple(_judge(window, value, calibration) for window, value in read)
    measured = sorted((f for f in findings if f.value is not None), key=_score)
    typical = measured[(len(measured) - 1) // 2] if measured else None
    reasons = [value for _, value in read if isinstance(value, str)]
    why_not = "" if typical is not None else (reasons[0] if reasons else _explain_nothing(observation))
    return SignFinding(sign, findings, typical, why_not, calibration)


def _score(finding: WindowFinding) -> float:
    return 0.0 if finding.value is None else finding.value.score


def _judge(window: FaceWindow, read: SignValue | str, calibration: SignCalibration | None) -> WindowFinding:
    begin_s, end_s = window.begin_s, window.begin_s + window.length_s
    if isinstance(read, str) or not np.isfinite(read.score):
        return WindowFinding(begin_s, end_s, None, None, False)
    if calibration is None:
        return WindowFinding(begin_s, end_s, read, None, False)
    ratio = calibration.find_ratio(read.score)
    return WindowFinding(begin_s, end_s, read, ratio, calibration.is_unusual(read.score))


def _explain_nothing(observation: Observation) -> str:
    """Say why no window could be looked at."""
    if not observation.pictures:
        return "there is no picture"
    return "no face large enough was found"
