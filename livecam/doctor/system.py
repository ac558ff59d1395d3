"""What the doctor says about Python packages and the processor."""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from livecam.core.finding import Finding, Health

_NEEDED = ("numpy", "opencv-python-headless", "onnxruntime", "av", "sounddevice", "cryptography")
_SIGNER = "c2pa-python"
_NEEDED_ELSEWHERE = ("pyvirtualcam",)
# Packages of one row install the same module over each other; the first is the one to keep.
_ONE_OF = (
    ("opencv-python-headless", "opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"),
    ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"),
)
_CHOSEN = ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")
_FAST = {"x86_64": ("avx2", "fma"), "amd64": ("avx2", "fma"), "aarch64": ("asimd",), "arm64": ()}
_FASTER = ("avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm", "sve")

Version = Callable[[str], str]


def _installed(names: tuple[str, ...], version_of: Version) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version_of(name)
        except PackageNotFoundError:
            continue
    return found


def check_packages(version_of: Version = version) -> Iterator[Finding]:
    """Check Python and the packages livecam needs.

    Another package of the same family will do.
    """
    yield Finding("python", Health.OK, f"{platform.python_version()} on {platform.system()} {platform.release()}")
    for needed in _NEEDED if sys.platform == "linux" else _NEEDED + _NEEDED_ELSEWHERE:
        family = next((row for row in _ONE_OF if needed in row), (needed,))
        found = _installed(family, version_of)
        if found:
            yield Finding(needed, Health.OK, ", ".join(f"{name} {number}" for name, number in found.items()))
        else:
            yield Finding(needed, Health.FAIL, "not installed", f"{_pip()} install {needed}")
    if signer := _installed((_SIGNER,), version_of):
        yield Finding(_SIGNER, Health.OK, f"{_SIGNER} {signer[_SIGNER]}")
    else:
        yield Finding(_SIGNER, Health.NOTE, "not installed; recordings are not signed", f"{_pip()} install {_SIGNER}")


def check_clashes(version_of: Version = version) -> Iterator[Finding]:
    """Find packages that overwrite each other's files."""
    for family in _ONE_OF:
        found = _installed(family, version_of)
        if len(found) > 1:
            # Of the runtimes the plain one comes along with other packages; the other was chosen.
            keep = next((name for name in found if name in _CHOSEN), family[0])
            fix = f"{_pip()} uninstall -y {' '.join(found)} && {_pip()} install {keep}"
            yield Finding("clash", Health.FAIL, " and ".join(found) + " overwrite each other", fix)


def _pip() -> str:
    return f"{sys.executable} -m pip"


def check_processor(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str = "") -> Iterator[Finding]:
    """Yield cores of this process, and the instruction sets that networks use."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if cores >= 2:
        yield Finding("cores", Health.OK, f"{cores}")
    else:
        yield Finding("cores", Health.NOTE, "1; livecam is made for two or more", "livecam run --size 640x360")
    if not cpuinfo.is_file():
        return
    machine = (machine or platform.machine()).lower()
    flags = _flags(cpuinfo.read_text(errors="replace"))
    wanted = _FAST.get(machine, ())
    missing = [name for name in wanted if name not in flags]
    found = " ".join(name for name in (*wanted, *_FASTER) if name in flags) or machine
    if missing:
        yield Finding("instructions", Health.NOTE, f"no {' '.join(missing)}: networks run slower", "livecam bench")
    else:
        yield Finding("instructions", Health.OK, found)


def _flags(cpuinfo: str) -> set[str]:
    lines = (line for line in cpuinfo.splitlines() if line.lower().startswith(("flags", "features")))
    return set(next(lines, "").partition(":")[2].split())
