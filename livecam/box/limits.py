"""Remove from this process what decoding does not need.

That is unlimited memory, files, the network, and other programs.
"""

import sys
from typing import Final

MEMORY_BYTES: Final = 1536 << 20
_ADDRESSES_BYTES: Final = 6 << 30
_OPEN_FILES: Final = 32


def enter_sandbox() -> tuple[str, ...]:
    """Limit this process permanently.

    Returns:
        The names of the means that this system has: "limits", "landlock", "seccomp".
    """
    done = []
    if sys.platform != "win32":
        _limit()
        done.append("limits")
    if sys.platform == "linux":
        from livecam.box.linux import forbid_calls, forbid_files

        if forbid_files():
            done.append("landlock")
        if forbid_calls():
            done.append("seccomp")
    return tuple(done)


def _limit() -> None:
    import resource

    wanted = {
        "RLIMIT_DATA": MEMORY_BYTES,
        "RLIMIT_AS": _ADDRESSES_BYTES,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, highest = resource.getrlimit(kind)
        most = most if highest == resource.RLIM_INFINITY else min(most, highest)
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            # Some systems refuse to limit addresses; the other limits stand.
            continue
