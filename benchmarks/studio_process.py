"""A studio in a process of its own, as the benchmarks start, ask and kill it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

MAIN = "import sys; from livecam.cli import main; sys.exit(main())"
HZ = os.sysconf("SC_CLK_TCK")


class Studio:
    """A studio of its own data folder."""

    def __init__(self, folder: Path | None = None, environment: dict[str, str] | None = None) -> None:
        self.folder, self.is_ours = folder or Path(tempfile.mkdtemp()), folder is None
        words = [sys.executable, "-c", MAIN, "studio", "--no-open", "--port", "0", "--data-folder", str(self.folder)]
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
        self.address = self.process.stdout.readline().strip()
        self.answered_s = time.perf_counter() - self.begun
        self.answered_cpu_s = cpu_s(self.process.pid)
        self.origin, _, self.token = self.address.partition("/#token=")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(f"{self.origin}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.loads(answer.read() or b"null")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        if self.is_ours:
            shutil.rmtree(self.folder, ignore_errors=True)


def children(pid: int, name: str = "") -> list[int]:
    """Return the processes that any thread of a process has started, with that in their command."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            started = task.read_text().split()
            found += [int(each) for each in started if name in Path(f"/proc/{each}/cmdline").read_text()]
        except OSError:  # it has ended since
            continue
    return found


def cpu_s(*pids: int) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / HZ


def low_cpu_s(pid: int) -> float:
    """Return the processor time of a process's threads of low priority; the preview's encoder is one."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        if int(fields[16]) >= 10:
            total += int(fields[11]) + int(fields[12])
    return total / HZ


def memory_mb(pid: int, line: str = "VmRSS") -> float:
    """Return what a process has of the memory now, or had at most ("VmHWM")."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(each for each in status.splitlines() if each.startswith(line)).split()[1]) * 1024 / 1e6
