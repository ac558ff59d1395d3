"""Nodes as tables."""

from pathlib import Path

from livecam.console.columns import columns
from livecam.console.options import CommandLine
from livecam.jobs.cluster.census import NodeReport, ask_nodes
from livecam.jobs.cluster.link import ClusterNode, connect, list_nodes
from livecam.jobs.cluster.messages import versions
from livecam.jobs.cluster.nodes import NamedNodes

_HEAD = ("name", "address", "cores", "memory", "GPUs", "720p/s", "use")


def folder_of(given: CommandLine) -> Path:
    """Return the data folder of a command."""
    return given.resolved().settings.folder


def named_table(folder: Path) -> str:
    """Return the named nodes, one line each."""
    keys = NamedNodes.read(folder).keys
    if not keys:
        return "no node is named; to name one: livecam nodes add NAME KEY"
    return columns([("name", "key"), *sorted(keys.items())])


def cluster_table(folder: Path, address: str) -> str:
    """Return the machines of a cluster, one line each.

    Raises:
        LivecamError: The cluster is not reached, or Ray is not installed.
    """
    named = NamedNodes.read(folder)
    ray = connect(address)
    try:
        found = list_nodes(ray)
        reports = ask_nodes(ray, found)
    finally:
        ray.shutdown()
    rows = [_row(node, reports[node.id], named) for node in sorted(found, key=lambda each: (each.name, each.address))]
    return columns([_HEAD, *rows])


def _row(node: ClusterNode, report: NodeReport | None, named: NamedNodes) -> tuple[str, ...]:
    rate = "-" if report is None or report.frames_per_s is None else f"{report.frames_per_s:g}"
    return (
        node.name or "-",
        node.address,
        str(node.cores),
        f"{node.memory_bytes / 2**30:.1f} GiB",
        f"{node.gpus:g}",
        rate,
        _use(node, report, named),
    )


def _use(node: ClusterNode, report: NodeReport | None, named: NamedNodes) -> str:
    """Return whether jobs go there, or why not."""
    if node.name not in named.keys:
        return "not named"
    if report is None:
        return "no livecam there"
    if report.public_key != named.keys[node.name]:
        return "another key" if report.public_key else "no key there"
    differing = [name for name, have in versions().items() if report.versions.get(name) != have]
    return f"other {', '.join(differing)}" if differing else "yes"
