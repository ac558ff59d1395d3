"""What a program asks of the kernel, by strace: sockets it opens and files it writes."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "socket,connect,sendto,sendmsg,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,"
    "symlinkat,mknod,mknodat,truncate"
)
_LINE = re.compile(r"\d+ +(?P<name>\w+)\((?P<rest>.*)")
_PATH = re.compile(r'(?:(?P<at>AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<path>(?:[^"\\]|\\.)*)"')
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE")


@dataclass(frozen=True, slots=True)
class Traced:
    """What a program and its children did.

    Attributes:
        code: Exit code of the program.
        output: What it printed.
        families: Address families of the sockets that were opened, such as AF_INET6.
        written: Absolute paths that were opened for writing, made, linked or renamed.
    """

    code: int
    output: str
    families: frozenset[str]
    written: frozenset[Path]


def why_not() -> str | None:
    """Why strace cannot be used here, or None."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "the package strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()[-120:]}"


def traced(command: Sequence[str], folder: Path, environ: Mapping[str, str], trace: Path) -> Traced:
    """Run a program in a folder under strace, with everything that it starts; `trace` is written."""
    words = ["strace", "-f", "-qq", "-y", "-s", "4096", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(trace)]
    done = subprocess.run(
        [*words, *command], cwd=folder, env=dict(environ), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    families, written = set(), set()
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if (call := _LINE.match(line)) is None or " = -1 " in line:
            continue
        if call["name"] in ("socket", "connect", "sendto", "sendmsg"):
            families.update(re.findall(r"\bAF_[A-Z0-9]+", call["rest"]))
        elif not call["name"].startswith("open") or _WRITES.search(call["rest"]):
            written.update(_paths(call["rest"], folder))
    return Traced(done.returncode, done.stdout + done.stderr, frozenset(families), frozenset(written))


def _paths(rest: str, folder: Path) -> list[Path]:
    found = []
    for place in _PATH.finditer(rest):
        path = Path(place["path"].encode().decode("unicode_escape"))
        found.append(Path(place["folder"] or folder) / path)
    return found
