"""Open a v4l2loopback device as its only producer, or say what prevents it."""

import errno
from pathlib import Path

from livecam.core.errors import OutputError, remedy
from livecam.devices.camera.open_errors import GROUP_COMMAND, find_holders
from livecam.devices.camera.v4l2 import query
from livecam.devices.virtual_camera.setup import setup_hint
from livecam.devices.virtual_camera.v4l2_output import (
    SizeHeld,
    V4l2Output,
    free_output,
    is_written,
    read_output_size_wh,
)

_OTHERS = "close that program, or choose another device: livecam devices"
_IN_USE = (errno.EBUSY, errno.EINVAL)
"""What 0.12 and what 0.13 and newer say while another producer is at work."""


def open_loopback(path: Path, size_wh: tuple[int, int], rate_hz: float) -> V4l2Output:
    """Become the producer of a device.

    Args:
        path: The device file.
        size_wh: Even width and height.
        rate_hz: The rate that readers see.

    Raises:
        OutputError: It is not there, closed to this user, in use by another producer, or held at another size by a
            reader; the hint says what to do.
    """
    try:
        if is_written(path):
            raise OutputError(f"{path} already gets pictures{_from(path)}", advice=_OTHERS)
        free_output(path)
        return V4l2Output(path, size_wh, rate_hz)
    except SizeHeld as held:
        raise _held_error(path, held.size_wh) from held
    except PermissionError as error:
        raise OutputError(f"{path} may not be opened by this user", **remedy(GROUP_COMMAND)) from error
    except OSError as error:
        raise _open_error(path, size_wh, error) from error


def _open_error(path: Path, size_wh: tuple[int, int], error: OSError) -> OutputError:
    """Return the error of a device that does not open for writing."""
    if not path.exists():
        return OutputError(f"there is no {path}", **remedy(setup_hint()))
    if error.errno not in _IN_USE:
        return OutputError(f"{path} does not open: {error.strerror}", **remedy(setup_hint()))
    kept_wh = _find_held_size(path)
    if kept_wh is not None and kept_wh != size_wh:
        return _held_error(path, kept_wh)
    return OutputError(f"{path} is in use{_from(path)}", advice=_OTHERS)


def _find_held_size(path: Path) -> tuple[int, int] | None:
    """Return the size a reader holds the device at.

    None where it is a producer that has it, and hides the output side.
    """
    try:
        return read_output_size_wh(path) if query(path).outputs else None
    except OSError:
        return None


def _held_error(path: Path, size_wh: tuple[int, int]) -> OutputError:
    """Return the error for a reader that holds another size.

    The reader would see nothing. Before a first picture a device has no size.
    """
    if not all(size_wh):
        return OutputError(f"{path} was being looked at{_from(path)}", advice="run the same command again")
    size = f"{size_wh[0]}x{size_wh[1]}"
    return OutputError(f"{path} is held at {size}{_from(path)}", advice=f"close that program, or add --size {size}")


def _from(path: Path) -> str:
    """Return who has it open, as far as this user may see."""
    holders = ", ".join(find_holders(path))
    return f" by {holders}" if holders else " by another program"
