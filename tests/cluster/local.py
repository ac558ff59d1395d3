"""A Ray cluster of several nodes on this machine alone, each with a data folder and a key of its own."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

from livecam.jobs.cluster.nodes import LABEL, NamedNodes, make_node_key

_TRIES = 3
_PORTS = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port", "runtime_env_agent_port")
LOOPBACK = "127.0.0.1"
MEMORY = Path("/dev/shm") / f"livecam-node-{os.getuid()}"


class LocalCluster:
    """A head without cores, and nodes of one core.

    Attributes:
        folder: Everything that it writes; short, because Ray makes sockets in it.
        owner: The XDG_DATA_HOME of the owner, who has named the nodes.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster

        self.folder, self.owner = folder, folder / "owner"
        self._cluster: Any = Cluster()
        self._start(
            num_cpus=0,
            include_dashboard=False,
            # Programs that nothing here asks: without them a busy machine starts the others in time.
            no_monitor=True,
            include_log_monitor=False,
            temp_dir=str(folder / "ray"),
            object_store_memory=300 * 2**20,
        )
        self.nodes = {name: self._add(name) for name in names}

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def home_of(self, name: str) -> Path:
        """The XDG_DATA_HOME of a node."""
        return self.folder / name

    def _add(self, name: str) -> Any:
        key = make_node_key(self.home_of(name) / "livecam")
        named = NamedNodes.read(self.owner / "livecam").add(name, str(key.to_public()))
        named.write(self.owner / "livecam")
        return self.join(name)

    def join(self, name: str) -> Any:
        """Start a node; it has its name in its label, which proves nothing."""
        return self._start(
            num_cpus=1,
            labels={LABEL: name},
            env_vars={"XDG_DATA_HOME": str(self.home_of(name))},
            memory=4 * 2**30,
        )

    def _start(self, **words: Any) -> Any:
        """Start a node; with ports of its own Ray does not wait for its agents, which a busy machine starts late."""
        for left in reversed(range(_TRIES)):
            ports = {name: free_port() for name in _PORTS}
            try:
                return self._cluster.add_node(node_ip_address=LOOPBACK, **words, **ports)
            except Exception:
                if left == 0:
                    raise
        raise AssertionError

    def kill(self, name: str) -> None:
        """End a node as a power cut does."""
        self._cluster.remove_node(self.nodes.pop(name), allow_graceful=False)

    def close(self) -> None:
        self._cluster.shutdown()


def free_port() -> int:
    """Return a port that no program listens on now."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])


@contextmanager
def local_cluster(names: Sequence[str]) -> Iterator[LocalCluster]:
    """Start a cluster, and end it with all that it wrote."""
    folder = Path(tempfile.mkdtemp(prefix="lc-", dir="/tmp"))
    cluster = LocalCluster(folder, names)
    try:
        yield cluster
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)


def livecam(owner: Path, *words: str, **more: Any) -> subprocess.Popen[str]:
    """Start a command as the owner."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from livecam.cli import main; sys.exit(main(sys.argv[1:]))", *words],
        # Else Ray takes 127.0.0.1 for this machine's address in its network.
        env={**os.environ, "XDG_DATA_HOME": str(owner), "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


def kill(process: subprocess.Popen[str]) -> None:
    """End a process as the system does when memory runs out."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def hash_packets(path: Path) -> str:
    """Return the hash of what a file shows and says, without its manifest: its packets and their times."""
    found = hashlib.sha256()
    with av.open(str(path)) as container:
        for packet in container.demux():
            found.update(f"{packet.stream.index} {packet.pts} {packet.dts} ".encode() + bytes(packet))
    return found.hexdigest()


def find_bytes(roots: Sequence[Path], needles: Sequence[bytes]) -> list[str]:
    """Return the files that hold one of these, also those that are mapped into memory."""
    found = []
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                found += [f"{path} holds needle {n}" for n, needle in enumerate(needles) if needle in data]
    return found
