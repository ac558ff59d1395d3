"""The phrase, said aloud: sound is heard while the mouth in the picture moves.

Its words are not checked.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.errors import ConsentError, VoiceError
from livecam.core.ports import FrameSource, VoiceMaker
from livecam.core.topology import MOUTH_OPENING, opening_ratio
from livecam.core.voice import VoiceStatistics
from livecam.enrollment.live_check import PassedCheck, Tell
from livecam.enrollment.voice_match import SAME_VOICE, measure_voice_distance

RATE_HZ: Final = 48_000
LONGEST_S: Final = 12.0
LEAST_MOUTH: Final = 0.05
"""How much the mouth opens and closes during speech, as height over width between the 10th and 90th percentile.
In three clips of people talking it is 0.09 to 0.6, in still moments 0.006 to 0.06, in a picture 0."""

Samples = NDArray[np.float32]
Hear = Callable[[int], Samples | None]
"""The next so many samples (n,) at 48 kHz, waiting for them; None at the end of a recording."""


def hear_phrase(source: FrameSource, passed: PassedCheck, hear: Hear, tell: Tell) -> Samples:
    """Ask for the phrase and listen, as long as the same face stays in the picture.

    Returns:
        What was heard, (n,) float32 at 48 kHz; it is not kept.

    Raises:
        ConsentError: The mouth did not move, or the face was lost.
        CameraError, SoundError: A device is gone.
    """
    tell(f'Say aloud, within {LONGEST_S:.0f} seconds: "{passed.challenge.phrase}"')
    heard: list[Samples] = []
    mouth: list[float] = []
    frames = count = 0
    begin_ns: int | None = None
    while (frame := source.read()) is not None:
        begin_ns = frame.captured_ns if begin_ns is None else begin_ns
        due = round((frame.captured_ns - begin_ns) * RATE_HZ / NS_PER_S)
        if due > LONGEST_S * RATE_HZ:
            break
        if due > count:
            block = hear(due - count)
            if block is None:
                break
            heard.append(block)
            count = due
        frames += 1
        points, faces = passed.follower.see(frame)
        if faces == 1 and points is not None:
            mouth.append(opening_ratio(points, MOUTH_OPENING))
    if len(mouth) < 0.8 * max(frames, 1):
        raise _failed("the face was lost while the phrase was said")
    if np.subtract(*np.percentile(mouth or [0.0], [90, 10])) < LEAST_MOUTH:
        raise _failed("the mouth in the picture did not move while the phrase was said")
    return np.concatenate(heard) if heard else np.zeros(0, np.float32)


def check_voice(heard: Samples, maker: VoiceMaker, enrolled: VoiceStatistics | None, phrase: str) -> str:
    """Return why the recording is not the enrolled voice speaking; "" when it is.

    Returns:
        The line for the record.

    Raises:
        ConsentError: Too little was heard, or another voice.
    """
    try:
        spoken = maker.learn(heard, RATE_HZ)
    except VoiceError as error:
        raise _failed(f"the phrase was not heard well enough: {error}") from error
    line = f'phrase said, words not checked: "{phrase}"'
    if enrolled is None:
        return f"{line}; no voice to compare it with"
    distance = measure_voice_distance(enrolled, spoken)
    if distance > SAME_VOICE:
        raise _failed(f"the phrase was said in another voice than the enrolled one (distance {distance:.2f})")
    return f"{line}; compared with the enrolled voice: distance {distance:.2f}"


def _failed(why: str) -> ConsentError:
    return ConsentError(
        f"the check in front of the camera was not passed: {why}",
        advice="run the same command again; it asks for another phrase",
    )
