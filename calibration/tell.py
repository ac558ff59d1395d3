"""A calibration in a person's words."""

from calibration.machine import Measured
from livecam.cli.columns import columns


def told(measured: Measured) -> str:
    """What was found, a line each."""
    found = measured.calibrated
    rows = [
        (size, f"{cost.render_ms:.1f} ms a frame", f"{cost.carry_ms:.1f} ms with the mesh guessed")
        for size, cost in found.sizes.items()
    ]
    rows += [
        (name, f"{cost.texture_ms:.1f} ms a texture", f"{cost.network_ms:.1f} ms the network, on {cost.provider}")
        for name, cost in found.engines.items()
    ]
    rows += [(name, "left out", why) for name, why in measured.left_out.items()]
    return f"{columns(rows)}\n--engine auto is {found.auto}"
