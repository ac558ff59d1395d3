"""What is booted: a kernel and an initramfs with the modules, built once and kept."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.hardware.vm.debian import reported
from tests.hardware.vm.kernel import Kernel, fetch, module_files, uncompressed
from tests.hardware.vm.needs import check, program

_BASE = ("virtio_mmio", "virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay")
_VIVID = "n_devs=1 node_types=0x1 num_inputs=1 input_types=0 vid_cap_nr=20"
_INIT = Path(__file__).parent / "init"
_RECIPE = ("init", "image.py", "kernel.py")


@dataclass(frozen=True, slots=True)
class Image:
    """A folder with the kernel, vmlinux or linux, and initramfs.gz."""

    folder: Path
    kernel: str
    drivers: tuple[str, ...]


def cache_folder() -> Path:
    """Where images are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "livecam" / "hardware-vm"


def image(folder: Path) -> Image:
    """The image that QEMU boots, in `folder`; built if it is not there.

    Raises:
        VmError: The host lacks something, or a package cannot be fetched or built.
    """
    check()
    return kept(folder, _RECIPE) or build(folder, _RECIPE, fetch, _BASE, lambda kernel: _vmlinux(kernel, folder))


def _vmlinux(kernel: Kernel, folder: Path) -> None:
    (folder / "vmlinux").write_bytes(uncompressed(kernel.root / "boot" / f"vmlinuz-{kernel.release}"))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kept(folder: Path, recipe: Sequence[str]) -> Image | None:
    """The image in `folder`; None where there is none, or one of an older recipe."""
    stamp = folder / "stamp.json"
    if not stamp.exists():
        return None
    facts = json.loads(stamp.read_text())
    if facts.get("recipe") != _hash(recipe):
        return None
    return Image(folder, facts["kernel"], tuple(facts["drivers"]))


def _hash(recipe: Sequence[str]) -> str:
    """Changes with whatever decides what an image holds: files of this folder."""
    return sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in recipe)).hexdigest()


def build(
    folder: Path,
    recipe: Sequence[str],
    fetch: Callable[[Path], Kernel],
    base: tuple[str, ...],
    keep_kernel: Callable[[Kernel], None],
) -> Image:
    """Make an image in `folder`, one process at a time.

    Args:
        folder: Where it is kept.
        recipe: Files that decide what it holds.
        fetch: Makes the kernel in a folder that goes away.
        base: Modules to load before those of the cameras.
        keep_kernel: Puts what is booted into `folder`.

    Raises:
        VmError: What `fetch` raises.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        if (image := kept(folder, recipe)) is not None:
            return image
        (folder / "stamp.json").unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as name:
            kernel = fetch(Path(name))
            keep_kernel(kernel)
            _initramfs(kernel, base, Path(name) / "initramfs", folder / "initramfs.gz")
        facts = {"recipe": _hash(recipe), "kernel": kernel.release, "drivers": list(kernel.drivers)}
        (folder / "stamp.json").write_text(json.dumps(facts))
    return Image(folder, kernel.release, tuple(kernel.drivers))


def _initramfs(kernel: Kernel, base_modules: tuple[str, ...], tree: Path, packed: Path) -> None:
    for part in ("bin", "modules", "proc", "sys", "dev"):
        (tree / part).mkdir(parents=True)
    shutil.copy(program("busybox"), tree / "bin/busybox")
    shutil.copy(_INIT, tree / "init")
    (tree / "init").chmod(0o755)
    base = module_files(kernel, base_modules)
    # videodev comes with vivid and is all that v4l2loopback needs.
    video = [path for path in module_files(kernel, ("vivid",)) if path not in base]
    for path in (*base, *video):
        _stripped(path, tree / "modules" / path.name)
    for version, path in kernel.drivers.items():
        _stripped(path, tree / "modules" / f"v4l2loopback-{version}.ko")
    lines = [f"{path.name} {_VIVID if path.name == 'vivid.ko' else ''}" for path in (*base, *video)]
    (tree / "modules/order").write_text("\n".join(lines) + "\n")
    packing = "find . | cpio -o -H newc --quiet -R 0:0 | gzip -1"
    packed.write_bytes(subprocess.run(packing, shell=True, cwd=tree, stdout=subprocess.PIPE, check=True).stdout)


def _stripped(module: Path, copy: Path) -> None:
    shutil.copy(module, copy)
    reported([program("strip"), "--strip-debug", str(copy)])
