"""Watch and listen at the same time, until flashes and beeps tell how old this camera's pictures are."""

from collections.abc import Callable
from threading import Event

from calibration.flashes import LEAST_PAIRS, Heard, Offset, Seen, offset_of, pairs_ns
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import DeviceError
from livecam.core.ports import FrameSource, SoundSource
from livecam.core.supervisor import Supervisor

_BLOCK = 480
_ENOUGH = LEAST_PAIRS + 4
_JOIN_S = 10.0


def listen(microphone: SoundSource, heard: Heard, stopping: Event) -> None:
    """Take in what is heard until told to stop.

    Raises:
        SoundError: The device is gone.
    """
    while not stopping.is_set() and (block := microphone.read(_BLOCK)) is not None:
        heard.add(block)


def look(camera: FrameSource, seen: Seen, go_on: Callable[[], bool]) -> None:
    """Take in what is seen while told to go on, and to the end of a clip.

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
    seen, heard, workers = Seen(), Heard(), Supervisor()
    end_ns, frames = clock.now_ns() + round(most_s * NS_PER_S), 0

    def go_on() -> bool:
        nonlocal frames
        frames += 1
        if frames % 30 == 0:
            pairs = len(pairs_ns(seen, heard))
            tell(pairs)
            if pairs >= _ENOUGH:
                return False
        return clock.now_ns() < end_ns and not workers.stopping.is_set()

    workers.start("listen", lambda stopping: listen(microphone, heard, stopping))
    try:
        look(camera, seen, go_on)
    finally:
        stuck = workers.join(_JOIN_S)
    if stuck:
        raise DeviceError(f"the microphone {microphone.name} says nothing", command="livecam devices")
    return offset_of(seen, heard)
