"""A training that can be stopped, killed and resumed.

Rolling backups, roll-back of what went wrong, the best is kept.

It knows nothing of networks: a learner learns, is judged on held-out pictures, and gives its state as bytes.
"""

import hashlib
import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError
from livecam.core.files.private import own_folder, replace_file
from livecam.core.files.reading import parse_json
from trainer.scores import Scores, describe_scores

BACKUPS: Final = ("backup-a.bin", "backup-b.bin")
BEST: Final = "best.bin"
_HEADER_BYTES: Final = 4096


class Learner(Protocol):
    """What is trained."""

    def step(self) -> float:
        """Learn from one batch; return its loss."""
        ...

    def judge(self) -> Scores:
        """Return how good it is on held-out pictures."""
        ...

    def state(self) -> bytes:
        """Return all that is needed to go on from here."""
        ...

    def restore(self, state: bytes) -> None:
        """Go back to a state.

        Raises:
            ValueError: It is of another learner.
        """
        ...

    def soften(self) -> None:
        """Learn in smaller steps from now on."""
        ...

    def set_progress(self, share: float) -> None:
        """Receive the part of the time that is over, 0 to 1.

        Steps become smaller by it.
        """
        ...


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """When a training is judged and ends.

    Attributes:
        save_every_ns: Time between two backups: so much is lost at most.
        least_steps: So many batches between two judgements at least: on a busy machine 20 seconds are few batches.
        patience: Judgements in a row without a gain after which it ends.
        least_gain: Part of the error that counts as a gain.
        collapse: An error this many times the best one is a collapse.
        most_rollbacks: So many, and it ends.
    """

    save_every_ns: int = 20 * NS_PER_S
    least_steps: int = 40
    patience: int = 6
    least_gain: float = 0.01
    collapse: float = 1.6
    most_rollbacks: int = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is.

    Attributes:
        trained_ns: Time spent until now, over all its runs.
        steps: Batches until now.
        best: Least error on held-out pictures; infinite before the first judgement.
        stale: Judgements since the last gain.
        rollbacks: How often it went back.
    """

    trained_ns: int = 0
    steps: int = 0
    best: float = math.inf
    stale: int = 0
    rollbacks: int = 0


@dataclass(slots=True)
class Ended:
    """Why a training ended, and what a person should know.

    Attributes:
        why: One sentence.
        is_done: Whether going on would not help.
        remarks: One sentence each.
    """

    why: str
    is_done: bool
    remarks: list[str] = field(default_factory=list)


class Session:
    """One training in a folder.

    Args:
        folder: For backups; made private.
        key: Names material and settings; a backup of another key is not resumed.
        learner: What is trained.
        clock: The time.
        tell: Receives a line of words after every judgement.
        config: When it is judged and ends.
        permit: Asked before anything is written; raises where the training may not go on.
    """

    def __init__(
        self,
        folder: Path,
        key: str,
        learner: Learner,
        clock: Clock,
        tell: Callable[[str], None],
        config: SessionConfig | None = None,
        permit: Callable[[], None] = lambda: None,
    ) -> None:
        self.progress = Progress()
        self._folder, self._key, self._learner = folder, key, learner
        self._clock, self._tell, self._config = clock, tell, config or SessionConfig()
        self._permit = permit
        self._backups = self._judged_steps = 0
        self._remarks: list[str] = []

    def resume(self) -> bool:
        """Go back to the newest backup that is whole.

        False where there is none of this training.
        """
        found = [(read.progress.trained_ns, read) for name in BACKUPS if (read := self._read(name)) is not None]
        for _, read in sorted(found, key=lambda one: one[0], reverse=True):
            with suppress(ValueError):
                self._learner.restore(read.state)
                self.progress = read.progress
                return True
        return False

    def run(self, length_ns: int, is_stopped: Callable[[], bool]) -> Ended:
        """Train until the time is over, it is stopped, or it no longer gets better.

        Args:
            length_ns: Time of the whole training, earlier runs included.
            is_stopped: Asked after every batch.

        Raises:
            PersonaError: What `permit` raises.
        """
        begin_ns = self._clock.now_ns() - self.progress.trained_ns
        next_ns = self._clock.now_ns() + self._config.save_every_ns
        while True:
            now_ns = self._clock.now_ns()
            self.progress = replace(self.progress, trained_ns=now_ns - begin_ns)
            stopped = is_stopped()
            is_over = stopped or self.progress.trained_ns >= length_ns
            if is_over or now_ns >= next_ns:
                is_due = self.progress.steps - self._judged_steps >= self._config.least_steps
                ended: Ended | None = None
                if is_due or is_over:
                    ended = self._judge(length_ns)
                else:
                    self._save()
                next_ns = self._clock.now_ns() + self._config.save_every_ns
                if ended is not None or is_over:
                    why = "stopped; the same command goes on from here" if stopped else "the time is over"
                    return self._finished(ended or Ended(why, is_done=not stopped))
            self._learner.set_progress(min(self.progress.trained_ns / max(length_ns, 1), 1.0))
            loss = self._learner.step()
            self.progress = replace(self.progress, steps=self.progress.steps + 1)
            if not math.isfinite(loss):
                failed = self._roll_back("a batch gave numbers that are none")
                if failed is not None:
                    return self._finished(failed)

    def restore_best(self) -> bool:
        """Put the learner into its best state; False where there is none."""
        read = self._read(BEST)
        if read is None:
            return False
        self._learner.restore(read.state)
        return True

    def _save(self) -> None:
        """Write the older of the two backups again."""
        self._write(BACKUPS[self._backups % len(BACKUPS)])
        self._backups += 1

    def _judge(self, length_ns: int) -> Ended | None:
        """Judge, back up, and return why it is over, if it is."""
        scores, config = self._learner.judge(), self._config
        if not math.isfinite(scores.error) or scores.error > config.collapse * self.progress.best:
            return self._roll_back("the model collapsed on held-out pictures")
        is_better = scores.error < (1 - config.least_gain) * self.progress.best
        is_best = scores.error < self.progress.best
        self.progress = replace(
            self.progress,
            best=min(scores.error, self.progress.best),
            stale=0 if is_better else self.progress.stale + 1,
        )
        self._judged_steps = self.progress.steps
        self._save()
        if is_best:
            self._write(BEST)
        left_ns = max(length_ns - self.progress.trained_ns, 0)
        self._tell(describe_scores(scores, left_ns / NS_PER_S))
        if self.progress.stale >= config.patience:
            return Ended("it no longer gets better on pictures that it has not seen", is_done=True)
        return None

    def _roll_back(self, why: str) -> Ended | None:
        """Go back to the last backup with smaller steps.

        Return that it is over where that happens too often.
        """
        rollbacks, steps = self.progress.rollbacks + 1, self.progress.steps
        trained_ns = self.progress.trained_ns
        if not self.resume():
            return Ended(f"{why}, and there is no backup to go back to", is_done=False)
        self.progress = replace(self.progress, rollbacks=rollbacks, steps=steps, trained_ns=trained_ns)
        self._learner.soften()
        self._remark(f"{why}: went back to the last backup, with smaller steps from now on")
        if rollbacks >= self._config.most_rollbacks:
            return Ended(f"it went back {rollbacks} times; the best state is kept", is_done=True)
        return None

    def _remark(self, text: str) -> None:
        if text not in self._remarks:
            self._remarks.append(text)
            self._tell(text)

    def _finished(self, ended: Ended) -> Ended:
        ended.remarks += self._remarks
        return ended

    def _write(self, name: str) -> None:
        """Write a state whole or not at all.

        A full disk is remarked, and the earlier files stay.
        """
        self._permit()
        state = self._learner.state()
        about = {"key": self._key, "sha256": hashlib.sha256(state).hexdigest(), **asdict(self.progress)}
        if math.isinf(self.progress.best):
            about["best"] = None
        header = json.dumps(about).encode().ljust(_HEADER_BYTES)
        try:
            replace_file(own_folder(self._folder) / name, header + state)
        except OutputError as error:
            self._remark(f"no backup was written: {error}")

    def _read(self, name: str) -> "_Saved | None":
        """Return a state that was written.

        None where it is missing, damaged or of another training.
        """
        try:
            data = (self._folder / name).read_bytes()
            about: dict[str, Any] = parse_json(data[:_HEADER_BYTES])
            state = data[_HEADER_BYTES:]
            if about.pop("key") != self._key or about.pop("sha256") != hashlib.sha256(state).hexdigest():
                return None
            best = about.pop("best")
            return _Saved(Progress(**about, best=math.inf if best is None else best), state)
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    progress: Progress
    state: bytes
