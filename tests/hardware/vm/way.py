"""A way to run a guest, and what it may take."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What a guest may take.

    Attributes:
        silence_s: Between two signs of life, which it gives every 5 seconds; counted while this process runs.
    """

    memory_mb: int = 3072
    cores: int = min(4, os.cpu_count() or 1)
    boot_s: float = 150
    command_s: float = 600
    silence_s: float = 120


@dataclass(frozen=True, slots=True)
class Way:
    """How a guest is run.

    Attributes:
        name: "kvm", "tcg" (emulated) or "uml" (a kernel that is an ordinary process); the guest reads it as LIVECAM_VM.
        command: Starts it, given the limits, a folder with a folder `control` in it, and the descriptor to which the
            guest hands its command's words. Its console is what it writes to standard output.
    """

    name: str
    command: Callable[[Limits, Path, int], list[str]]
