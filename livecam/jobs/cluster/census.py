"""What every node of a cluster says of itself, and whether it is a named one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from livecam.config.machine_profile import usable
from livecam.config.paths import data_folder
from livecam.core.errors import LivecamError
from livecam.host.machine import describe_machine
from livecam.jobs.cluster.link import ClusterNode
from livecam.jobs.cluster.messages import versions
from livecam.jobs.cluster.nodes import read_node_key

SIZE: Final = "1280x720"
_ANSWER_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a node says of itself.

    Attributes:
        cpu: Its processor.
        versions: Of the packages that decide what a result looks like.
        public_key: For which orders are sealed; empty where it has none.
        frames_per_s: At 1280x720 on one core, by `livecam calibrate machine`; None where that was not run.
    """

    cpu: str
    versions: dict[str, str]
    public_key: str
    frames_per_s: float | None


def report() -> NodeReport:
    """Return what this machine is; Ray calls it on a node."""
    calibrated, _ = usable(data_folder())
    cost = None if calibrated is None else calibrated.sizes.get(SIZE)
    try:
        public_key = str(read_node_key(data_folder()).to_public())
    except LivecamError:
        public_key = ""
    rate = None if cost is None or not cost.render_ms else round(1000 / cost.render_ms, 1)
    return NodeReport(str(describe_machine()["cpu"]), versions(), public_key, rate)


def ask_nodes(ray: Any, nodes: Sequence[ClusterNode]) -> dict[str, NodeReport | None]:
    """Return the reports by the nodes' IDs.

    None for one that does not answer, or has no livecam.
    """
    strategies = ray.util.scheduling_strategies
    asked = {
        node.id: ray.remote(report)
        .options(
            num_cpus=0, max_retries=0, scheduling_strategy=strategies.NodeAffinitySchedulingStrategy(node.id, False)
        )
        .remote()
        for node in nodes
    }
    if asked:
        ray.wait(list(asked.values()), num_returns=len(asked), timeout=_ANSWER_S)
    return {node_id: _answer(ray, reference) for node_id, reference in asked.items()}


def _answer(ray: Any, reference: Any) -> NodeReport | None:
    try:
        answer = ray.get(reference, timeout=0.1)
    except ray.exceptions.RayError:
        return None
    return answer if isinstance(answer, NodeReport) else None
