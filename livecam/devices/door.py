"""What every sink checks before it takes a picture."""

from livecam.core.frame import MarkedFrame


def checked(frame: MarkedFrame, size_wh: tuple[int, int]) -> MarkedFrame:
    """The frame itself, if it is marked and has the sink's size.

    Raises:
        TypeError: Anything but a MarkedFrame.
        ValueError: Another size.
    """
    if not isinstance(frame, MarkedFrame):
        raise TypeError(f"sinks take MarkedFrame only, got {type(frame).__name__}")
    if frame.size_wh != size_wh:
        raise ValueError(f"size must be {size_wh}, got {frame.size_wh}")
    return frame
