"""Measure a camera's latency by flashes and beeps that it sees and hears."""

from collections.abc import Callable
from threading import Event

from calibration.flashes import LEAST_PAIRS, BeepDetector, FlashDetector, Offset, compute_offset, pair_onsets_ns
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import DeviceError
from livecam.core.ports import FrameSource, SoundSource
from livecam.core.supervisor import Supervisor

_BLOCK = 480
_ENOUGH = LEAST_PAIRS + 4
_JOIN_S = 10.0


def record_sound(microphone: SoundSource, heard: BeepDetector, stopping: Event) -> None:
    """Record sound until asked to stop.

    Raises:
        SoundError: The device is gone.
    """
    while not stopping.is_set() and (block := microphone.read(_BLOCK)) is not None:
        heard.add(block)


def record_pictures(camera: FrameSource, seen: FlashDetector, go_on: Callable[[], bool]) -> None:
    """Record pictures while asked to go on, and to the end of a clip.

    Raises:
        CameraError: The device is gone.
    """
    while go_on() and (frame := camera.read()) is not None:
        seen.add(frame)


def measure(
    camera: FrameSource, microphone: SoundSource, most_s: float, clock: Clock, tell: Callable[[int], None]
) -> Offset:
    """Watch and listen until there are enough pairs.

    Args:
        camera: Sees the flashes.
        microphone: Hears the beeps.
        most_s: How long at most.
        clock: Says when that is.
        tell: Is called with the number of pairs so far.

    Raises:
        DeviceError: A device fails, or they do not see and hear the same.
    """
    seen, heard, workers = FlashDetector(), BeepDetector(), Supervisor()
    end_ns, frames = clock.now_ns() + round(most_s * NS_PER_S), 0

    def go_on() -> bool:
        nonlocal frames
        frames += 1
        if frames % 30 == 0:
            pairs = len(pair_onsets_ns(seen, heard))
            tell(pairs)
            if pairs >= _ENOUGH:
                return False
        return clock.now_ns() < end_ns and not workers.stopping.is_set()

    workers.start("listen", lambda stopping: record_sound(microphone, heard, stopping))
    try:
        record_pictures(camera, seen, go_on)
    finally:
        stuck = workers.join(_JOIN_S)
    if stuck:
        raise DeviceError(f"the microphone {microphone.name} says nothing", command="livecam devices")
    return compute_offset(seen, heard)
