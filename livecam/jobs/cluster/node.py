"""Do one job on a node: open, work, return the results sealed, erase.

Ray calls `work`. The job itself runs in a child process, as it does on the owner's machine.
"""

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any, Final

import pyrage

from livecam.config.paths import data_folder
from livecam.core.clock import utc_now
from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.files.reading import hash_plain
from livecam.jobs.child import ChildAttempt
from livecam.jobs.cluster.messages import (
    PIECE_BYTES,
    Order,
    TravellingFile,
    advanced,
    begun,
    crashed,
    refused,
    versions,
)
from livecam.jobs.cluster.nodes import read_node_key
from livecam.jobs.cluster.parcel import unpack_parcel
from livecam.jobs.cluster.sealing import seal, unseal
from livecam.jobs.cluster.workspace import Workspace
from livecam.jobs.job import Failure, Progress
from livecam.jobs.port import Outcome

_LOOK_S: Final = 0.1
_SPARE_BYTES: Final = 64 * 2**20
"""Free space below which a job that failed to write is returned to the queue."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Refused(Exception):
    """A node cannot do the job; another may."""


def work(job: str, expected: Mapping[str, str], sealed: bytes, pieces: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """Do a job, and yield messages and results.

    Args:
        job: Its ID.
        expected: Versions of packages, as the owner's machine has them.
        sealed: The order.
        pieces: For each input its sealed pieces in the object store.

    Yields:
        Messages as `messages` makes them, then the sealed pieces of the results as bytes.
    """
    yield begun(_node_id())
    try:
        yield from _work(job, expected, sealed, pieces)
    except Refused as why:
        yield refused(str(why))
    except OSError as error:
        yield refused(f"no room: {error.strerror}") if error.errno in _FULL else _failed(system_error(error))
    except LivecamError as error:
        yield _failed(error)


def _work(job: str, expected: Mapping[str, str], sealed: bytes, pieces: Sequence[Sequence[Any]]) -> Iterator[Any]:
    differing = [f"{name} {have}, not {expected[name]}" for name, have in versions().items() if have != expected[name]]
    if differing:
        raise Refused(f"it has {', '.join(differing)}")
    folder = data_folder()
    try:
        key = read_node_key(folder)
        order = Order.from_bytes(unseal(sealed, key))
    except (LivecamError, ValueError) as error:
        raise Refused(f"it cannot open the order: {error}") from error
    if order.job != job:
        raise Refused("the order is for another job")
    with closing(Workspace(folder / "node-work")) as space:
        inputs = [_receive(file, parts, key, space.inputs) for file, parts in zip(order.inputs, pieces, strict=True)]
        if order.parcel:
            unpack_parcel(order.parcel, str(order.settings["persona"]), space.data, utc_now())
        yield from _run(order, inputs, space)


def _node_id() -> str:
    import ray

    return str(ray.get_runtime_context().get_node_id())


def _receive(file: TravellingFile, parts: Sequence[Any], key: pyrage.x25519.Identity, folder: Path) -> Path:
    """Return where an input is, its hash checked.

    Raises:
        OSError: There is no room.
        Refused: It is not the file that was sent, or not in the shared folder here.
    """
    import ray

    path = folder / Path(file.name).name if file.shared is None else Path(file.shared)
    if file.shared is None:
        with path.open("wb") as written:
            for part in parts:
                written.write(unseal(ray.get(part), key))
    elif file.sha256 and not path.is_file():
        raise Refused(f"it has no {path}")
    if file.sha256 and hash_plain(path) != file.sha256:
        raise Refused(f"{file.name} is not the file that was sent")
    return path


def _run(order: Order, inputs: Sequence[Path], space: Workspace) -> Iterator[Any]:
    attempt = ChildAttempt(
        {
            "id": order.job,
            "kind": order.kind,
            "inputs": list(map(str, inputs)),
            "settings": dict(order.settings),
            "folder": str(space.results),
            "data_folder": str(space.data),
            "sign": False,
        }
    )
    space.watch(attempt.pid)
    said = Progress()
    try:
        while (outcome := attempt.outcome()) is None:
            if attempt.progress != said:
                said = attempt.progress
                yield advanced(said)
            Event().wait(_LOOK_S)
    finally:
        attempt.end()
    yield from _answer(outcome, order, space)


def _answer(outcome: Outcome, order: Order, space: Workspace) -> Iterator[Any]:
    if outcome.failure is not None:
        full = outcome.failure.exit_code == 3 and space.free_bytes() < _SPARE_BYTES
        yield refused("no room for the result") if full else {"failed": asdict(outcome.failure)}
    elif outcome.result is None:
        yield crashed(outcome.last_words)
    else:
        paths = [space.results / str(name) for name in outcome.result.get("files", ())]  # type: ignore[attr-defined]
        files = [TravellingFile(path.name, path.stat().st_size, hash_plain(path)) for path in paths]
        yield {"done": dict(outcome.result), "files": [asdict(file) for file in files]}
        for path in paths:
            yield from _send(path, order.reply_to)


def _send(path: Path, public_key: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield seal(piece, (public_key,))


def _failed(error: LivecamError) -> dict[str, object]:
    return {"failed": asdict(Failure(str(error), error.help_text, error.exit_code))}
