"""Make the stages of a Dockerfile as bare roots: python3 -m scripts.dockerfile FILE TARGET FOLDER, as root."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_KNOWN = ("RUN", "COPY", "ENV", "WORKDIR", "USER", "VOLUME", "ENTRYPOINT", "CMD")
_PASSED = re.compile(r"(PIP_(INDEX_URL|CERT|DEFAULT_TIMEOUT)|SSL_CERT_FILE|[a-zA-Z]+_(proxy|PROXY))")


@dataclass
class Stage:
    """One FROM and what follows."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class State:
    """What a stage hands on to the next."""

    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    entry: list[str] = field(default_factory=list)


def read_stages(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile.

    Raises:
        ValueError: A step is of a kind that is not known here.
    """
    stages: list[Stage] = []
    for word, rest in _steps(text):
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip()))
        elif word in _KNOWN:
            stages[-1].steps.append((word, rest))
        else:
            raise ValueError(f"{word} is not known here")
    return stages


def _steps(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        yield word.upper(), rest.strip()


class Builder:
    """Makes stages in folders."""

    def __init__(self, stages: list[Stage], folder: Path) -> None:
        self._stages, self._folder = {stage.name: stage for stage in stages}, folder
        self._made: dict[str, State] = {}

    def root(self, name: str) -> Path:
        return self._folder / name

    def make(self, name: str) -> State:
        """Make a stage and what it is made from."""
        if name in self._made:
            return self._made[name]
        if name not in self._stages:
            self._bootstrap(name)
            return State()
        stage = self._stages[name]
        begin = self.make(stage.base)
        shutil.rmtree(self.root(name), ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", self._base(stage.base), self.root(name)], check=True)
        state = State(dict(begin.env), begin.folder, begin.user, list(begin.entry))
        for word, rest in stage.steps:
            print(f"{name}: {word} {rest[:90]}", flush=True)
            self._step(self.root(name), state, word, rest)
        self._made[name] = state
        return state

    def _base(self, base: str) -> Path:
        return self.root(base) if base in self._stages else self._folder / base.replace(":", "-").replace("/", "-")

    def _bootstrap(self, image: str) -> None:
        """Make what debian:SUITE-slim is, from the mirror that apt uses here."""
        match = re.fullmatch(r"debian:([a-z]+)-slim", image)
        if match is None:
            raise ValueError(f"{image} is no image that can be made here")
        root = self._base(image)
        if (root / "usr/bin/apt-get").exists():
            return
        root.parent.mkdir(parents=True, exist_ok=True)
        listed = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Identifier: Packages"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        mirror = next(line for line in listed.splitlines() if line.rstrip("/").endswith("/debian"))
        rules = Path("/usr/share/debootstrap/scripts") / match[1]
        rules = rules if rules.exists() else rules.with_name("sid")
        subprocess.run(["debootstrap", "--variant=minbase", match[1], root, mirror, rules], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    def _step(self, root: Path, state: State, word: str, rest: str) -> None:
        if word == "RUN":
            run_in(root, state, ["/bin/sh", "-c", rest])
        elif word == "ENV":
            state.env.update(dict(part.split("=", 1) for part in shlex.split(rest)))
        elif word == "WORKDIR":
            state.folder = rest
            (root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            state.user = rest
        elif word == "COPY":
            self._copy(root, state, rest)
        elif word in ("ENTRYPOINT", "CMD"):
            state.entry += json.loads(rest)

    def _copy(self, root: Path, state: State, rest: str) -> None:
        words = shlex.split(rest)
        target = root / str(Path(state.folder) / words[-1]).lstrip("/")
        if words[0].startswith("--from="):
            stage = words.pop(0).partition("=")[2]
            self.make(stage)
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", self.root(stage) / words[0].lstrip("/"), target], check=True)
            return
        for path in context(Path("deploy/Dockerfile.dockerignore")):
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


def context(ignore: Path) -> Iterator[Path]:
    """Yield the files that the build is given: those of Git under what the ignore file lets through."""
    wanted = [line[1:] for line in ignore.read_text().splitlines() if line.startswith("!")]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *wanted],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if Path(name).is_file():
            yield Path(name)


def run_in(root: Path, state: State, words: list[str]) -> None:
    """Run a command in a root, with its user, folder and environment."""
    for name in ("/etc/resolv.conf", "/etc/pip.conf"):
        if Path(name).exists():
            (root / name.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, root / name.lstrip("/"))
    certificates = root / "etc/ssl/certs/ca-certificates.crt"
    certificates.parent.mkdir(parents=True, exist_ok=True)
    if Path("/etc/ssl/certs/ca-certificates.crt").exists():
        shutil.copyfile("/etc/ssl/certs/ca-certificates.crt", certificates)
    passed = {name: value for name, value in os.environ.items() if _PASSED.fullmatch(name)}
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", **passed, **state.env}
    folder = shlex.quote(state.folder)
    inside = ["/bin/sh", "-c", f'cd {folder} && exec "$@"', "sh", *words]
    prepared = ["sh", "-c", 'mount -t proc proc "$0/proc"; mount -t tmpfs shm "$0/dev/shm"; exec "$@"', str(root)]
    # The image's PATH is for what is inside.
    chroot = [shutil.which("chroot") or "/usr/sbin/chroot", f"--userspec={state.user}", str(root), *inside]
    subprocess.run(["unshare", "--mount", "--", *prepared, *chroot], check=True, env=env)


def main(file: str, target: str, folder: str) -> int:
    builder = Builder(read_stages(Path(file).read_text()), Path(folder))
    state = builder.make(target)
    root = builder.root(target)
    size = subprocess.run(["du", "-sxm", root], check=True, capture_output=True, text=True).stdout.split()[0]
    print(f"{target}: {size} MB, user {state.user}, runs {' '.join(state.entry)}", flush=True)
    run_in(root, state, [*state.entry[:1], "--version"])
    run_in(root, state, [*state.entry[:1], "replay", "sample", "--persona", "robin", "--out", "sample.mp4"])
    run_in(root, state, [*state.entry[:1], "verify", "sample.mp4"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
