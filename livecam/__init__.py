"""A real-time virtual camera that shows a persona you have the right to use.

import livecam

with livecam.open(face="me.jpg", consent="own", camera="0", sink="auto") as session:
    for report in session.reports(every_s=1.0):
        print(report.new_fps, report.level, report.reason)

When the block is left, every file is closed and signed. A model or decoder that is still in a native call is named
in `session.left`; the interpreter waits up to ten seconds for it at its own end. A program that must not wait, or
has a model that never returns, ends with `livecam.core.supervisor.leave(exit_code)`.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livecam.app.session import Session

# ONNX Runtime reads this when it is first imported; its own call afterwards is too late (docs/trust.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = ["__version__", "open"]
__version__ = "0.2.0"


def open(**settings: Any) -> "Session":
    """Open a session; entering it starts it.

    Arguments are the fields of `livecam.config.settings.Settings`, checked alike.

    Raises:
        UsageError: An unknown or wrong setting.
        LivecamError: What opening the parts raises.
    """
    from livecam.app.session import open_session
    from livecam.config.settings import Settings
    from livecam.core.errors import UsageError

    unknown = settings.keys() - Settings.__dataclass_fields__.keys()
    if unknown:
        known = ", ".join(Settings.__dataclass_fields__)
        raise UsageError(f"unknown setting {', '.join(sorted(unknown))}", advice=f"settings are: {known}")
    return open_session(Settings(**settings))
