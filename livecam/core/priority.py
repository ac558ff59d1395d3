"""Let a thread stand back behind the others."""

import os
import sys
import threading

_STEP = 10


def work_in_background() -> None:
    """Give this thread, and those it starts, less of a busy processor, where threads have such a rank (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STEP)
