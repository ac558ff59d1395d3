"""How many threads a model may take on the CPU."""

import os

_MOST_THREADS = 8


def choose_thread_count(most: int = _MOST_THREADS) -> int:
    """Return the threads for a model on the CPU: one core stays free for the picture."""
    return min(max((os.cpu_count() or 1) - 1, 1), most)
