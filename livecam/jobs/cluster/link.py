"""A connection to a Ray cluster."""

import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Any, Final

from livecam.core.digits import read_count
from livecam.core.errors import OutputError, UsageError
from livecam.core.install import install_command
from livecam.jobs.cluster.nodes import LABEL

AUTO: Final = "auto"
_NAMESPACE: Final = "livecam"
_ANSWER_S: Final = 3.0
_MOST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """A machine of the cluster.

    Attributes:
        id: Ray's own, in hexadecimal.
        name: By its label; empty where it has none.
        address: Its address in the cluster.
        cores: Of its tasks.
        memory_bytes: Of its tasks.
        gpus: Of its tasks.
    """

    id: str
    name: str
    address: str
    cores: int
    memory_bytes: int
    gpus: float


def import_ray() -> Any:
    """Return the module `ray`.

    Raises:
        OutputError: It is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise OutputError("jobs on a cluster need ray, which is not here", command=install_command("[ray]")) from error
    return ray


def connect(address: str) -> Any:
    """Join a cluster, and return the module `ray`.

    Args:
        address: "auto", or HOST:PORT of its head.

    Raises:
        UsageError: The address is none.
        OutputError: Ray is not installed, or the cluster is not reached.
    """
    head = None if address == AUTO else _split_address(address)
    ray = import_ray()
    try:
        if head is not None:
            # Ray itself waits for minutes before it says that no machine answers.
            socket.create_connection(head, timeout=_ANSWER_S).close()
        _init(ray, address)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise OutputError(
            f"no Ray cluster is reached at {address}: {_first_line(error)}",
            advice="join it on this machine first: ray start --address=HEAD:6379 --num-cpus=0",
        ) from error
    return ray


def _split_address(address: str) -> tuple[str, int]:
    """Return host and port; raise UsageError if the text is not HOST:PORT."""
    host, _, port = address.rpartition(":")
    number = read_count(port)
    if not host or "/" in host or number is None or not 0 < number <= _MOST_PORT:
        raise UsageError(f"{address} is no address of a cluster", advice="give --ray auto, or --ray HOST:PORT")
    return host.strip("[]"), number


def _init(ray: Any, address: str) -> None:
    """Join, and put back the handlers of signals that Ray takes over."""
    numbers = (signal.SIGINT, signal.SIGTERM) if current_thread() is main_thread() else ()
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        ray.init(address=address, namespace=_NAMESPACE, log_to_driver=False, logging_level="critical",
                 include_dashboard=False, ignore_reinit_error=True)  # fmt: skip
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def list_nodes(ray: Any) -> tuple[ClusterNode, ...]:
    """Return the machines that are alive."""
    return tuple(_node(each) for each in ray.nodes() if each["Alive"])


def _node(each: Mapping[str, Any]) -> ClusterNode:
    resources: Mapping[str, float] = each["Resources"]
    return ClusterNode(
        each["NodeID"],
        str((each.get("Labels") or {}).get(LABEL, "")),
        each["NodeManagerAddress"],
        int(resources.get("CPU", 0)),
        int(resources.get("memory", 0)),
        resources.get("GPU", 0.0),
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:160]
