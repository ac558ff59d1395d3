"""Fetch Debian packages of any release with apt's own client, next to the host's own lists."""

import re
import subprocess
import tempfile
from pathlib import Path

from tests.hardware.vm.needs import NotFetched, VmError

MIRROR = "http://deb.debian.org/debian"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Release:
    """One Debian release, such as bookworm, with its own package lists in `folder`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
        (folder / "sources.list").write_text(f"deb {signed}{MIRROR} {name} main\n")
        self._apt("apt-get", "update")

    def _apt(self, program: str, *arguments: str, cwd: Path | None = None) -> str:
        options = {
            "Dir::Etc::sourcelist": self._folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": self._folder / "lists",
            "Dir::Cache": self._folder / "cache",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "Acquire::Retries": 3,
        }
        try:
            return reported([program, *(f"-o{key}={value}" for key, value in options.items()), *arguments], cwd=cwd)
        except VmError as error:
            raise NotFetched(f"Debian {self.name}: {error}") from error

    def depends(self, package: str, pattern: str) -> str:
        """The first dependency with a matching name."""
        found = re.search(rf"Depends: ({pattern})", self._apt("apt-cache", "depends", package))
        if found is None:
            raise NotFetched(f"{package} of Debian {self.name} depends on no {pattern}")
        return found[1]

    def unpack(self, packages: list[str], root: Path) -> None:
        """Download packages and unpack their files below `root`."""
        with tempfile.TemporaryDirectory(dir=self._folder) as debs:
            self._apt("apt-get", "download", *packages, cwd=Path(debs))
            for deb in Path(debs).glob("*.deb"):
                reported(["dpkg-deb", "-x", str(deb), str(root)])


def reported(command: list[str], cwd: Path | None = None) -> str:
    """Run a command and return what it says.

    Raises:
        VmError: It failed; with its last lines.
    """
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise VmError(
            f"{Path(command[0]).name} failed ({done.returncode}): {' | '.join(done.stdout.splitlines()[-3:])}"
        )
    return done.stdout
