"""Threads stand back behind others or come before them, where they have a rank; elsewhere nothing is asked."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from livecam.core.priority import (
    Rank,
    call_at_usual_priority,
    find_allowed_rank,
    leave_real_time,
    lower_priority,
    raise_priority,
    reset_priority,
)

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="threads have a rank of their own on Linux only")


class System:
    """What is asked of the system, which may forbid it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *forbidden: str, limit: int = -1) -> None:
        self.asked: dict[str, object] = {}
        self._forbidden = forbidden
        import resource

        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(os, "sched_setscheduler", lambda _, policy, param: self._ask("policy", policy))
        monkeypatch.setattr(os, "setpriority", lambda _which, _thread, nice: self._ask("nice", nice))
        monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
        monkeypatch.setattr(resource, "setrlimit", lambda _, limits: self._ask("limits", limits))

    def _ask(self, what: str, value: object) -> None:
        if what in self._forbidden:
            raise PermissionError
        self.asked[what] = value


@LINUX_ONLY
def test_a_background_thread_stands_back_and_the_others_do_not() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)

    def there() -> int:
        lower_priority()
        return os.getpriority(os.PRIO_PROCESS, 0)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(there).result() == 10
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@LINUX_ONLY
@pytest.mark.parametrize(("most", "limit"), [(-1, 2_000_000), (200_000, 200_000)])
def test_real_time_is_taken_where_it_is_allowed_and_ends_what_never_pauses(monkeypatch, most, limit) -> None:
    system = System(monkeypatch, limit=most)
    assert raise_priority() is Rank.REAL_TIME
    assert system.asked == {"policy": os.SCHED_RR, "limits": (limit, most)}


@LINUX_ONLY
def test_else_the_nice_value_of_sound_servers_is(monkeypatch) -> None:
    system = System(monkeypatch, "policy")
    assert raise_priority() is Rank.RAISED
    assert system.asked["nice"] <= -11


@LINUX_ONLY
def test_work_of_seconds_is_done_below_real_time(monkeypatch) -> None:
    system = System(monkeypatch)
    assert leave_real_time() is Rank.RAISED
    assert system.asked["policy"] == os.SCHED_OTHER and system.asked["nice"] <= -11


@LINUX_ONLY
def test_where_nothing_is_allowed_it_stays_as_it_was(monkeypatch) -> None:
    system = System(monkeypatch, "policy", "nice")
    assert raise_priority() is Rank.USUAL
    assert system.asked == {}


@LINUX_ONLY
def test_what_would_be_allowed_is_found_out_without_taking_it() -> None:
    before = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    assert find_allowed_rank() in Rank
    assert (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)) == before


@LINUX_ONLY
def test_what_is_done_as_usual_is_not_done_first() -> None:
    def inside() -> tuple[int, int]:
        reset_priority()
        return call_at_usual_priority(lambda: os.sched_getscheduler(0)), os.sched_getscheduler(0)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(inside).result() == (os.SCHED_OTHER, os.SCHED_OTHER)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    asked: list[object] = []
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("setpriority", "sched_setscheduler"):
        monkeypatch.setattr(os, name, lambda *given: asked.append(given), raising=False)
    lower_priority()
    reset_priority()
    assert leave_real_time() is Rank.USUAL
    assert raise_priority() is Rank.USUAL and asked == []


@LINUX_ONLY
def test_on_linux_this_thread_is_the_one_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(monkeypatch)
    lower_priority()
    assert system.asked == {"nice": 10}
