"""A background thread stands behind the others, where threads have a rank; nowhere else is anything asked of them."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from livecam.core.priority import work_in_background


def _asked(monkeypatch: pytest.MonkeyPatch, platform: str) -> list[tuple[int, int]]:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "setpriority", lambda _which, thread, nice: asked.append((thread, nice)), raising=False)
    work_in_background()
    return asked


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a rank of their own on Linux only")
def test_a_background_thread_stands_back_and_the_others_do_not() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)

    def there() -> int:
        work_in_background()
        return os.getpriority(os.PRIO_PROCESS, 0)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(there).result() == 10
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    assert _asked(monkeypatch, platform) == []


def test_on_linux_this_thread_is_the_one_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ((_, nice),) = _asked(monkeypatch, "linux")
    assert nice == 10
