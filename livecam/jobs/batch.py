"""Many clips as one request: queued once, run, and published with their hashes.

The queue is the user's own, so a stopped batch continues where it was.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from livecam.core.errors import CameraError, UsageError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.own_files import is_own
from livecam.core.files.reading import hash_plain
from livecam.core.files.writing import check_place, replace_file
from livecam.jobs.job import Job, State
from livecam.jobs.kinds import RESULT, check_request, result_name
from livecam.jobs.runner import remove, retry
from livecam.jobs.store import SqliteJobStore
from livecam.jobs.sums import SUMS, format_sums, read_sums

KIND: Final = "replay"


@dataclass(frozen=True, slots=True)
class Count:
    """Progress of a batch.

    Attributes:
        done, failed, cancelled, running: Clips in that state.
        total: All clips.
        share: 0..1, with the parts of running clips.
    """

    done: int
    failed: int
    cancelled: int
    running: int
    total: int
    share: float


class Batch:
    """The jobs of one request.

    Args:
        store: The user's jobs.
        clips: Paths, each with a name of its own.
        settings: Of every job.
        out: The folder for results.

    Raises:
        UsageError: Two clips have one name, a setting is wrong, or a file in the folder is not livecam's.
        CameraError: A clip is not there.
        OutputError: The folder cannot be made, or takes no files.
    """

    def __init__(self, store: SqliteJobStore, clips: Sequence[Path], settings: Mapping[str, object], out: Path) -> None:
        check_clips(clips)
        check_request(KIND, [str(clips[0])], settings)
        with translate_write_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        self._store, self._settings, self._out = store, settings, out
        self._check_out(clips)
        self._ids = {clip: self._queue(clip) for clip in clips}
        self._published: dict[Path, str] = {}

    def _queue(self, clip: Path) -> str:
        key = _key(clip, self._settings)
        job, _ = self._store.add(KIND, [str(clip)], self._settings, key)
        if job.state is State.DONE and not self._is_kept(clip, job):
            remove(self._store, job)
            job, _ = self._store.add(KIND, [str(clip)], self._settings, key)
        return job.id

    def retry_ended(self, failed: bool) -> None:
        """Queue cancelled clips again, and with `failed` those that failed."""
        for job in self.jobs():
            if job.state is State.CANCELLED or (failed and job.state is State.FAILED):
                retry(self._store, job)

    def jobs(self) -> tuple[Job, ...]:
        """Return the jobs in the order of the clips."""
        return tuple(self._store.get(job_id) for job_id in self._ids.values())

    def publish(self) -> tuple[Job, ...]:
        """Publish new results into the folder, with their hashes.

        Returns:
            The jobs that have ended and were not returned before.

        Raises:
            UsageError: A file came into the folder that is not livecam's.
            OutputError: The folder cannot be written.
        """
        ended = []
        for clip, job_id in self._ids.items():
            if clip in self._published:
                continue
            job = self._store.get(job_id)
            if not job.state.is_final:
                continue
            self._published[clip] = self._hand_over(clip, job) if job.state is State.DONE else ""
            ended.append(job)
        if ended:
            self._write_sums()
        return tuple(ended)

    def result_of(self, clip: Path) -> Path:
        """Return where the result of a clip goes."""
        return self._out / result_name(clip, ".mp4")

    def _check_out(self, clips: Sequence[Path]) -> None:
        """Refuse a folder that takes no files, or in which one would be lost."""
        check_place(self._out / SUMS)
        kept = read_sums(self._out)
        for clip in clips:
            self._check_target(self.result_of(clip), kept)

    def _check_target(self, target: Path, kept: Mapping[str, str]) -> None:
        """Refuse to replace a file that is not livecam's.

        Raises:
            UsageError: There is such a file.
        """
        with translate_write_errors(target):
            if not target.exists() or (target.is_file() and is_own(target)):
                return
            if target.is_file() and target.name in kept and hash_plain(target) == kept[target.name]:
                return
        raise UsageError(
            f"{target} is there already, and livecam did not write it",
            advice="give --out another folder, or move that file away",
        )

    def _write_sums(self) -> None:
        """Write the hashes of this batch, and keep those of earlier ones."""
        kept = {name: sha for name, sha in read_sums(self._out).items() if (self._out / name).is_file()}
        made = {self.result_of(clip).name: sha for clip, sha in self._published.items() if sha}
        replace_file(self._out / SUMS, format_sums({**kept, **made}))

    def count(self) -> Count:
        """Return the progress."""
        jobs = self.jobs()
        states, parts = Counter(job.state for job in jobs), [_share(job) for job in jobs]
        running = states[State.RUNNING] + states[State.CANCELLING]
        ended = states[State.DONE], states[State.FAILED], states[State.CANCELLED]
        return Count(*ended, running, len(jobs), sum(parts) / len(jobs))

    def exit_code(self) -> int:
        """Return 0 where every clip is done, else the code of the first that is not."""
        return next(
            (job.failure.exit_code if job.failure else 1 for job in self.jobs() if job.state is not State.DONE), 0
        )

    def _hand_over(self, clip: Path, job: Job) -> str:
        made, target = self._made(job), self.result_of(clip)
        sha = hash_of(job)
        if not (target.is_file() and hash_plain(target) == sha):
            self._check_target(target, read_sums(self._out))
            with translate_write_errors(target):
                fresh = target.with_name(f".livecam-{job.id}.part")
                fresh.unlink(missing_ok=True)
                try:
                    os.link(made, fresh)
                except OSError:
                    shutil.copyfile(made, fresh)
                fresh.replace(target)
        return sha

    def _is_kept(self, clip: Path, job: Job) -> bool:
        """Whether the result is still in one of its two places."""
        for path in (self._made(job), self.result_of(clip)):
            with suppress(OSError):
                if hash_plain(path) == hash_of(job):
                    return True
        return False

    def _made(self, job: Job) -> Path:
        files = (job.result or {}).get("files") or [""]
        assert isinstance(files, list)
        return self._store.folder_of(job) / str(files[0])


def hash_of(job: Job) -> str:
    """Return the SHA-256 of a job's first file; empty where it has none."""
    sums = (job.result or {}).get("sha256") or {}
    assert isinstance(sums, dict)
    return next((str(sha) for sha in sums.values()), "")


def check_clips(clips: Sequence[Path]) -> None:
    """Refuse a batch that cannot be done whole.

    Raises:
        UsageError: There is no clip, or two have one name.
        CameraError: A clip is not there.
    """
    if not clips:
        raise UsageError("no clip is named", command="livecam batch CLIP... --persona NAME --out FOLDER")
    for clip in clips:
        if clip.is_dir():
            raise CameraError(f"{clip} is a folder, not a clip", advice="name the clips in it")
        if not clip.is_file():
            raise CameraError(f"there is no clip {clip}", advice="name clips that are there")
    name, times = Counter(result_name(clip, "") for clip in clips).most_common(1)[0]
    if times > 1:
        raise UsageError(
            f"two clips are named {name.removesuffix(RESULT)}", advice="rename one, or give them in two batches"
        )


def _key(clip: Path, settings: Mapping[str, object]) -> str:
    """Return the key of this work: the clip's place, size and time, and the settings."""
    state = clip.stat()
    words = json.dumps([str(clip), state.st_size, state.st_mtime_ns, dict(settings)], sort_keys=True)
    return f"batch-{hashlib.sha256(words.encode()).hexdigest()}"


def _share(job: Job) -> float:
    return 1.0 if job.state.is_final else (job.progress.share or 0.0)
