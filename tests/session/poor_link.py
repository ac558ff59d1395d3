"""A network link that is as bad as said: packets between two TUN devices are delayed, lost by lot, or all dropped.

The packets are the kernel's own, so TCP sees real loss and does what it does about it; of modules it needs `tun` alone.
"""

import fcntl
import heapq
import os
import random
import select
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MTU = 1500
_IDLE_S = 0.02


@dataclass
class PoorLink:
    """What is done to packets; may be changed while it runs.

    Attributes:
        name: Of the namespace at the far end.
        address: Of the far end.
        delay_ms: Each way.
        loss: Share of packets that are dropped, each way.
        is_cut: Whether all are.
        carried, lost: How many packets went over and did not.
    """

    name: str
    address: str
    delay_ms: float = 0.0
    loss: float = 0.0
    is_cut: bool = False
    carried: int = 0
    lost: int = 0
    _lot: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def run(self, near: int, far: int, over: threading.Event) -> None:
        """Carry packets between two devices until it is over."""
        clock, waiting, number = SystemClock(), list[tuple[int, int, int, bytes]](), 0
        while not over.is_set():
            due_s = (waiting[0][0] - clock.now_ns()) / NS_PER_S if waiting else _IDLE_S
            for device in select.select([near, far], [], [], min(max(due_s, 0.0), _IDLE_S))[0]:
                packet = os.read(device, _MTU + 64)
                if self.is_cut or self._lot.random() < self.loss:
                    self.lost += 1
                    continue
                number += 1
                at_ns = clock.now_ns() + int(self.delay_ms * NS_PER_MS)
                heapq.heappush(waiting, (at_ns, number, far if device == near else near, packet))
            while waiting and waiting[0][0] <= clock.now_ns():
                _, _, device, packet = heapq.heappop(waiting)
                os.write(device, packet)
                self.carried += 1


@contextmanager
def poor_link() -> Iterator[PoorLink]:
    """A namespace at the far end of such a link; skips by name where none can be made."""
    if os.geteuid() or shutil.which("ip") is None or not Path("/dev/net/tun").exists():
        pytest.skip("a link of packets needs root, the program ip and /dev/net/tun")
    number = os.getpid() % 250
    link = PoorLink(f"livecampoor{number}", f"10.214.{number}.2")
    here = f"10.214.{number}.1"
    with ExitStack() as opened:
        try:
            _ip("netns", "add", link.name)
            opened.callback(subprocess.run, ["ip", "netns", "del", link.name], check=False, capture_output=True)
            near, far = _tun(f"lcn{number}"), _tun(f"lcf{number}")
            opened.callback(os.close, near)
            opened.callback(os.close, far)
            _ip("addr", "add", here, "peer", link.address, "dev", f"lcn{number}")
            _ip("link", "set", f"lcn{number}", "up")
            _ip("link", "set", f"lcf{number}", "netns", link.name)
            _ip("-n", link.name, "addr", "add", link.address, "peer", here, "dev", f"lcf{number}")
            _ip("-n", link.name, "link", "set", f"lcf{number}", "up")
            _ip("-n", link.name, "link", "set", "lo", "up")
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no link of packets can be made here: {error}")
        over = threading.Event()
        carrier = threading.Thread(target=link.run, args=(near, far, over), daemon=True)
        carrier.start()
        opened.callback(carrier.join, 60)
        opened.callback(over.set)
        yield link


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=60)
