"""Start the workers of a session; the first exception stops all of them and is raised in the main thread."""

import threading
from collections.abc import Callable


class Supervisor:
    """Runs bodies in threads until they return, one fails, or `stop` is asked for."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._waited_for: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self, name: str, body: Callable[[threading.Event], None], waited_for: bool = True) -> None:
        """Run `body(stopping)` in a thread of that name; it returns soon after the event is set.

        `waited_for`: whether the work is over only when this one is.
        """

        def guarded() -> None:
            try:
                body(self.stopping)
            except BaseException as error:
                with self._lock:
                    self.error = self.error or error
                self.stopping.set()

        thread = threading.Thread(target=guarded, name=f"livecam-{name}", daemon=True)
        self._threads.append(thread)
        if waited_for:
            self._waited_for.append(thread)
        thread.start()

    @property
    def running(self) -> bool:
        """Whether any worker that is waited for is still at work."""
        return any(thread.is_alive() for thread in self._waited_for)

    def join(self, timeout_s: float) -> list[str]:
        """Stop and wait for all; the names of workers that did not end in time.

        Raises:
            BaseException: What a worker raised first.
        """
        self.stopping.set()
        for thread in self._threads:
            thread.join(timeout_s)
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if self.error is not None:
            raise self.error
        return stuck
