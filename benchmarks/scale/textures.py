"""A simulation of laptops and one server of textures, question by question. Pure: times in, figures out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from benchmarks.load.laptops import FPS, Figures, Stream, Texture, summarize


@dataclass(frozen=True)
class ServerFigures:
    """What was measured of a server.

    Attributes:
        passes_s: Times of single passes; they are drawn from.
        overhead_s: What a question costs besides: the network, the protocol, the queue's locks.
        instances: Passes at once.
        batch: Questions that one pass takes at most.
        batch_cost: What each further question of a batch adds, as a share of a single pass.
    """

    passes_s: Sequence[float]
    overhead_s: float
    instances: int = 1
    batch: int = 1
    batch_cost: float = 1.0


class _Server:
    """Takes what waits, up to a batch, whenever an instance is free."""

    def __init__(self, env: simpy.Environment, figures: ServerFigures, rng: np.random.Generator) -> None:
        self._env, self._figures, self._rng = env, figures, rng
        self._waiting: list[simpy.Event] = []
        self._free = figures.instances

    def ask(self) -> simpy.Event:
        answered = self._env.event()
        self._waiting.append(answered)
        self._begin()
        return answered

    def withdraw(self, answered: simpy.Event) -> None:
        if answered in self._waiting:
            self._waiting.remove(answered)

    def _begin(self) -> None:
        if self._free and self._waiting:
            taken = self._waiting[: self._figures.batch]
            del self._waiting[: len(taken)]
            self._free -= 1
            self._env.process(self._pass(taken))

    def _pass(self, taken: list[simpy.Event]):  # type: ignore[no-untyped-def]
        cost = 1 + (len(taken) - 1) * self._figures.batch_cost
        yield self._env.timeout(float(self._rng.choice(self._figures.passes_s)) * cost)
        for answered in taken:
            answered.succeed()
        self._free += 1
        self._begin()


def simulate(figures: ServerFigures, streams: int, seconds: float, deadline_s: float, seed: int = 1) -> Figures:
    """Return what so many streams get from a server."""
    env, rng = simpy.Environment(), np.random.default_rng(seed)
    server = _Server(env, figures, rng)
    starts = np.cumsum(rng.exponential(0.1 * seconds / streams, streams))
    seen = [Stream(seconds=seconds) for _ in range(streams)]
    for stream, start in zip(seen, starts, strict=True):
        env.process(_laptop(env, server, stream, float(start), figures.overhead_s, deadline_s))
    env.run()
    return summarize(seen)


def _laptop(env, server, stream, start, overhead_s, deadline_s):  # type: ignore[no-untyped-def]
    yield env.timeout(start)
    last = -1
    while (now_s := env.now - start) < stream.seconds:
        number = int(now_s * FPS + 1e-9)
        if number <= last:
            yield env.timeout(max((last + 1) / FPS - now_s, 1e-9))
            continue
        last, answered = number, server.ask()
        texture = Texture(number / FPS, now_s, float("inf"))
        yield answered | env.timeout(deadline_s - overhead_s)
        if answered.triggered:
            yield env.timeout(overhead_s)
            texture.answered_s = env.now - start
        else:
            server.withdraw(answered)
            yield env.timeout(0.25)
        stream.textures.append(texture)
