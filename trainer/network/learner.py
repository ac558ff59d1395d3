"""Train the network: the persona is rebuilt from disturbed faces.

The operator is drawn as the persona.
"""

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from engines.swap.trained.contract import ATLAS, EXPRESSION
from livecam.core.clock import Clock
from livecam.video.atlas.detail import GAIN
from trainer.basis import texel_weights
from trainer.examples import ExampleModel, prepare
from trainer.faces import make_faces
from trainer.judge import Judge
from trainer.linear import train_linear
from trainer.material import Material
from trainer.network.data import Pictures, find_odds
from trainer.network.disturb import Disturber
from trainer.network.fixed import RECALL, RecallLayer
from trainer.network.losses import picture_loss
from trainer.network.nets import NetConfig, SwapNet
from trainer.scores import Scores

Floats = NDArray[np.float32]
_RATE: Final = 1e-4
_WARM_UP: Final = 50
_LEAST_RATE: Final = 0.06
_DROPPED: Final = 0.15
_NUMBERS_SHARE, _OWN_SHARE, _PAIR_SHARE = 0.2, 0.1, 0.3
_MESH_NOISE: Final = 0.1
_PROBES: Final = 3
_EXAMPLES: Final = 32
_TOGETHER: Final = 8
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class LearnConfig:
    """How the network is trained.

    Attributes:
        batch: Pictures of the persona in a batch; half as many of the operator.
        seed: Of every chance.
        half: Whether to calculate in bf16; None: whichever is faster here, tried for a second.
    """

    batch: int = 16
    seed: int = _SEED
    half: bool | None = None


class NetworkLearner:
    """A learner for `trainer.session`.

    Args:
        persona: Pictures of the face that is drawn; those that are held out are not learned from.
        operator: Pictures of whoever is in front of the camera; None: the network learns the persona alone.
        clock: Times the probe of bf16.
        config: How it is trained.
        sizes: Sizes of the network.

    Raises:
        PersonaError: There are too few pictures.
    """

    def __init__(
        self,
        persona: Material,
        operator: Material | None,
        clock: Clock,
        config: LearnConfig | None = None,
        sizes: NetConfig | None = None,
    ) -> None:
        self._config, self._clock = config or LearnConfig(), clock
        torch.manual_seed(self._config.seed)
        linear, _ = train_linear(persona)
        sizes = sizes or NetConfig(side_px=persona.side_px)
        lesson = prepare(persona, operator)
        self.model: ExampleModel = lesson.model
        shown = persona.select(~persona.is_held) if operator is None else operator
        self._shown = shown.select(np.linspace(0, len(shown) - 1, min(_EXAMPLES, len(shown))).astype(np.intp))
        self._looks = lesson.own.spread
        self._own, self._held = Pictures(lesson.own), Pictures(lesson.held)
        self._own_odds, self._other = find_odds(lesson.own), None
        if lesson.other is not None:
            self._other, self._other_odds = Pictures(lesson.other), find_odds(lesson.other)
        found = self.model.variations
        self._own_amounts, self._own_shares = torch.from_numpy(found.amounts), torch.from_numpy(found.shares)
        self._recalled = torch.from_numpy(self.model.recall.without(lesson.known, len(self._own)))
        count = lesson.own.numbers.shape[1]
        self.sizes = NetConfig(sizes.side_px, sizes.width, sizes.code, count, len(found.basis))
        mean, basis = torch.from_numpy(found.mean)[None], torch.from_numpy(found.basis).flatten(1)
        self.net = SwapNet(self.sizes, mean, basis, RecallLayer(self.model.recall))
        self.net = self.net.to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.AdamW(self.net.parameters(), _RATE, weight_decay=1e-4, betas=(0.9, 0.98))
        self._weights = torch.from_numpy(texel_weights(sizes.side_px))[None, None]
        self._chance, self._disturber = Generator().manual_seed(self._config.seed), Disturber(self._config.seed)
        self._steps, self._softer, self._share = 0, 1.0, 0.0
        self._judge = Judge(persona.select(persona.is_held), lesson.held, linear)
        self.is_half = False
        self.is_half = self._probe() if self._config.half is None else self._config.half

    def step(self) -> float:
        """Learn from one batch; return its loss."""
        self._set_rate()
        self.net.train()
        with self._precision():
            loss = self._loss()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self._optimiser.step()
        self._steps += 1
        return float(loss.detach())

    def _loss(self) -> Tensor:
        count, others = self._config.batch, 0 if self._other is None else self._config.batch // 2
        which = self._draw(self._own_odds, count)
        true, trust, numbers = self._own.take(which)
        changes = [self._disturber.apply(true) - self._own.calm]
        meshes = [numbers]
        if self._other is not None:
            theirs = self._draw(self._other_odds, others)
            seen, _, their_numbers = self._other.take(theirs)
            changes.append(self._disturber.apply(seen) - self._other.calm)
            meshes.append(their_numbers)
        code = self.net.encoder(torch.cat(changes))
        numbers_all = torch.cat(meshes)
        kept = torch.rand(len(code), 1, generator=self._chance)
        joined = self.net.join(
            code,
            numbers_all + _MESH_NOISE * torch.randn(numbers_all.shape, generator=self._chance),
            (kept > _DROPPED).float()[..., None, None],
            (kept < 1 - _DROPPED).float(),
        )
        # A picture recalls itself: what it gives without itself is what unseen pictures get.
        recalled = torch.cat([self._recalled[which], self.net.recall(numbers_all[count:])])
        made, amounts = self.net.decoder(joined, recalled)
        made = made.float()
        loss = picture_loss(made[:count], true, self._weights * trust)
        loss = loss + _NUMBERS_SHARE * (self.net.numbers(code.flatten(1)).float() - numbers_all).abs().mean()
        off = (amounts[:count].float() - self._own_amounts[which]).abs() * self._own_shares
        loss = loss + _OWN_SHARE * off.mean()
        if self._other is None:
            return loss
        decoder = self.net.decoder
        like = decoder.mean.detach() + (recalled[count:] @ decoder.basis).view(-1, *true.shape[1:])
        return loss + _PAIR_SHARE * picture_loss(made[count:], like, self._weights)

    def _draw(self, odds: Tensor, count: int) -> Tensor:
        return torch.multinomial(odds, count, replacement=True, generator=self._chance)

    def draw_own(self, material: Material) -> list[Floats]:
        """Return what the network makes of pictures of the persona, (n, n, 3) each."""
        faces = Pictures(make_faces(material, self.model.calm, self.model.code, self._looks))
        return [one.transpose(1, 2, 0) for one in self._run(faces, np.arange(len(faces)))]

    def _run(self, faces: Pictures, which: NDArray[np.intp]) -> Floats:
        """Return what the network makes of some pictures (k, 3, n, n)."""
        self.net.eval()
        made = []
        with torch.no_grad(), self._precision():
            for part in torch.from_numpy(which).split(_TOGETHER):
                seen, _, numbers = faces.take(part)
                made.append(self.net(seen - faces.calm, numbers).float())
        return np.asarray(torch.cat(made).numpy(), np.float32)

    def examples(self) -> list[dict[str, Floats]]:
        """Return inputs of the contract, spread over the driver's enrolment."""
        calm, found = self.model.driver.detail, list[dict[str, Floats]]()
        for index in range(len(self._shown)):
            picture, known = self._shown.settled(index)
            atlas = calm + known[..., None] * (picture / np.float32(GAIN) - calm)
            planes = np.ascontiguousarray(atlas.transpose(2, 0, 1)[None], np.float32)
            found.append({ATLAS: planes, EXPRESSION: self._shown.shapes[index].reshape(1, -1)})
        return found

    def judge(self) -> Scores:
        """Return how good it is on held-out pictures of the persona."""
        return self._judge.judge(self._run(self._held, self._judge.which))

    def state(self) -> bytes:
        """Return weights, optimiser and chance."""
        buffer = io.BytesIO()
        torch.save(
            {
                "net": {name: value for name, value in self.net.state_dict().items() if not _is_fixed(name)},
                "optimiser": self._optimiser.state_dict(),
                "chance": self._chance.get_state(),
                "disturber": self._disturber.state(),
                "steps": self._steps,
                "softer": self._softer,
            },
            buffer,
        )
        return buffer.getvalue()

    def restore(self, state: bytes) -> None:
        """Go back to a state.

        Raises:
            ValueError: It is of another network.
        """
        try:
            found: dict[str, Any] = torch.load(io.BytesIO(state), weights_only=True)
            missing, unknown = self.net.load_state_dict(found["net"], strict=False)
            if unknown or not all(_is_fixed(name) for name in missing):
                raise ValueError("it is the state of another network")
            self._optimiser.load_state_dict(found["optimiser"])
        except (RuntimeError, KeyError) as error:
            raise ValueError(f"it is the state of another network: {error}") from error
        self._chance.set_state(found["chance"])
        self._disturber.restore(found["disturber"])
        self._steps, self._softer = int(found["steps"]), float(found["softer"])

    def soften(self) -> None:
        """Halve the steps from now on.

        Other batches are drawn than those that went wrong.
        """
        self._softer /= 2
        self._chance.manual_seed(self._config.seed + self._steps + 1)

    def set_progress(self, share: float) -> None:
        """Receive the part of the time that is over."""
        self._share = share

    def _set_rate(self) -> None:
        warm = min((self._steps + 1) / _WARM_UP, 1.0)
        cosine = _LEAST_RATE + (1 - _LEAST_RATE) * 0.5 * (1 + float(np.cos(np.pi * self._share)))
        for group in self._optimiser.param_groups:
            group["lr"] = _RATE * warm * cosine * self._softer

    def _precision(self) -> AbstractContextManager[Any]:
        precision: AbstractContextManager[Any] = torch.autocast("cpu", torch.bfloat16, enabled=self.is_half)
        return precision

    def _probe(self) -> bool:
        """Whether bf16 is faster here: a few batches of each.

        The network is as before afterwards.
        """
        before, times = self.state(), {}
        for half in (False, True):
            self.is_half = half
            self.step()
            begin_ns = self._clock.now_ns()
            for _ in range(_PROBES):
                self.step()
            times[half] = self._clock.now_ns() - begin_ns
        self._optimiser.state.clear()
        self.restore(before)
        return times[True] < 0.9 * times[False]


def _is_fixed(name: str) -> bool:
    """Whether a part of the network is made again from the pictures, not learned."""
    return name == "decoder.basis" or name.startswith(RECALL)
