"""Runs jobs on the nodes of a Ray cluster that the owner named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError, UsageError
from livecam.core.files.reading import hash_plain
from livecam.jobs.child import ChildExecutor, make_request
from livecam.jobs.cluster import node
from livecam.jobs.cluster.attempt import Accepting, ClusterAttempt, Stopped
from livecam.jobs.cluster.link import ClusterNode, connect, list_nodes
from livecam.jobs.cluster.messages import PIECE_BYTES, Order, TravellingFile, versions
from livecam.jobs.cluster.nodes import LABEL, NamedNodes
from livecam.jobs.cluster.parcel import pack_parcel
from livecam.jobs.cluster.sealing import new_identity, seal
from livecam.jobs.cluster.task import RayTask
from livecam.jobs.consent_watch import PERSONA, names_of
from livecam.jobs.job import Job
from livecam.jobs.kinds import kind_named
from livecam.jobs.port import Attempt
from livecam.personas.store import PersonaStore

_REST_NS: Final = 60 * NS_PER_S
_LOOK_NS: Final = 2 * NS_PER_S
_LOSSES_AT_MOST: Final = 5
"""Lost nodes from which a job counts as the cause."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a job asks of a node.

    Attributes:
        cores: Processor cores.
        memory_bytes: Resident memory.
        gpus: Share of a GPU.
    """

    cores: int = 1
    memory_bytes: int = 700 * 2**20
    gpus: float = 0.0


class RayExecutor:
    """Runs jobs on other machines; kinds that need this machine run here.

    Args:
        data_folder: The user's personas, voices and named nodes.
        address: "auto", or HOST:PORT of the cluster's head.
        clock: Decides how long a node that refused a job rests.
        shared: A folder that every node has at the same path; clips in it do not travel.

    Raises:
        OutputError: Ray is not installed, the cluster is not reached, or it has no named node.
        ConsentError: The list of named nodes is damaged.
    """

    def __init__(self, data_folder: Path, address: str, clock: Clock, shared: Path | None = None) -> None:
        self._data_folder, self._clock, self._shared = data_folder, clock, shared
        self._named = NamedNodes.read(data_folder)
        self._ray = connect(address)
        self._here = ChildExecutor(data_folder)
        self._losses: Counter[str] = Counter()
        self._resting_until_ns: dict[str, int] = {}
        self._lock = Lock()
        self._nodes: tuple[ClusterNode, ...] = ()
        self._look_ns = clock.now_ns()
        if not self._alive():
            raise OutputError(
                f"no node of the cluster at {address} is one that you named",
                command=f"livecam nodes list --ray {address}",
            )

    @property
    def slots(self) -> int:
        """How many jobs run at once: the cores of named nodes that do not rest."""
        return sum(each.cores for each in self._ready())

    def start(self, job: Job, folder: Path) -> Attempt:
        """Start as the port says."""
        if not kind_named(job.kind).travels:
            return self._here.start(job, folder)
        identity, parcel = new_identity(), self._parcel(job)
        request = make_request(job, folder, self._data_folder)

        def submit(stopping: Event) -> RayTask:
            files = [self._describe(Path(path)) for path in job.inputs]
            order = Order(job.id, job.attempts, job.kind, job.settings, tuple(files), parcel, str(identity.to_public()))
            pieces = [self._put(Path(path), file, stopping) for path, file in zip(job.inputs, files, strict=True)]
            return self._submit(job, order, pieces)

        return ClusterAttempt(submit, Accepting(request, folder, identity), self._rest)

    def close(self) -> None:
        """Leave the cluster; what still runs there ends."""
        self._ray.shutdown()

    def _parcel(self, job: Job) -> bytes:
        """Return the persona of a job, checked now; nothing for a built-in one.

        Raises:
            PersonaError: It may not be used.
            UsageError: The job needs a voice of the user, which does not travel.
        """
        own = names_of(job.settings)
        voices = sorted(name for kind, name in own if kind != PERSONA)
        if voices:
            raise UsageError(f"the voice {voices[0]} does not travel to other machines", command="livecam jobs run")
        name = next((name for kind, name in own if kind == PERSONA), None)
        return b"" if name is None else pack_parcel(name, PersonaStore(self._data_folder))

    def _describe(self, path: Path) -> TravellingFile:
        if str(path) == "sample":
            return TravellingFile("sample", 0, "", "sample")
        shared = None
        if self._shared is not None and path.resolve().is_relative_to(self._shared.resolve()):
            shared = str(path.resolve())
        return TravellingFile(path.name, path.stat().st_size, hash_plain(path), shared)

    def _put(self, path: Path, file: TravellingFile, stopping: Event) -> Sequence[Any]:
        """Return a file's sealed pieces in the object store."""
        if file.shared is not None:
            return ()
        keys, pieces = tuple(self._named.keys.values()), []
        with path.open("rb") as clip:
            while piece := clip.read(PIECE_BYTES):
                if stopping.is_set():
                    raise Stopped
                pieces.append(self._ray.put(seal(piece, keys)))
        return pieces

    def _submit(self, job: Job, order: Order, pieces: Sequence[Sequence[Any]]) -> RayTask:
        needs, names = self._needs(job), sorted({each.name for each in self._ready()} or set(self._named.keys))
        remote = self._ray.remote(node.work).options(
            num_returns="streaming",
            _generator_backpressure_num_objects=8,
            # Attempts are counted in the queue, which outlives this process.
            max_retries=0,
            num_cpus=needs.cores,
            memory=needs.memory_bytes,
            num_gpus=needs.gpus,
            label_selector={LABEL: f"in({','.join(names)})"},
            name=f"livecam-{job.id}",
        )
        sealed = seal(order.to_bytes(), tuple(self._named.keys.values()))
        return RayTask(self._ray, remote.remote(job.id, versions(), sealed, pieces), lambda: self._lose(job))

    def _needs(self, job: Job) -> Needs:
        """Return what a job asks for; of a GPU a quarter, for a swap model."""
        neural = str(job.settings.get("engine", "")).startswith("onnx:")
        return Needs(gpus=0.25) if neural and any(each.gpus for each in self._ready()) else Needs()

    def _lose(self, job: Job) -> bool:
        """Count a lost node against a job; return whether the job counts as the cause."""
        with self._lock:
            self._losses[job.id] += 1
            return self._losses[job.id] > _LOSSES_AT_MOST

    def _rest(self, reason: str, node_id: str) -> None:
        """Give no other job to a node that refused one, for a minute."""
        with self._lock:
            for each in self._nodes:
                if each.id == node_id:
                    self._resting_until_ns[each.name] = self._clock.now_ns() + _REST_NS

    def _ready(self) -> tuple[ClusterNode, ...]:
        now_ns = self._clock.now_ns()
        with self._lock:
            resting = {name for name, until_ns in self._resting_until_ns.items() if until_ns > now_ns}
        return tuple(each for each in self._alive() if each.name not in resting)

    def _alive(self) -> tuple[ClusterNode, ...]:
        """Return the named nodes of the cluster, looked up every two seconds."""
        if not self._nodes or self._clock.now_ns() >= self._look_ns:
            self._look_ns = self._clock.now_ns() + _LOOK_NS
            self._nodes = tuple(each for each in list_nodes(self._ray) if each.name in self._named.keys)
        return self._nodes
