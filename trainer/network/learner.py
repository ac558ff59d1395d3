"""Train the network: the persona is rebuilt from disturbed faces.

The operator is drawn as the persona.
"""

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Generator, Tensor

from livecam.core.clock import Clock
from trainer.basis import Calm, MeshCode, find_calm, learn_mesh_code, texel_weights
from trainer.linear import measure_error, train_linear
from trainer.material import Material
from trainer.network.data import find_alike, find_variations, make_faces
from trainer.network.disturb import Disturber
from trainer.network.judge import Judge
from trainer.network.losses import coarse_loss, picture_loss
from trainer.network.nets import NetConfig, SwapNet
from trainer.scores import Scores

_RATE: Final = 1e-3
_WARM_UP: Final = 50
_LEAST_RATE: Final = 0.06
_DROPPED: Final = 0.15
_NUMBERS_SHARE, _OWN_SHARE, _OTHER_SHARE, _PAIR_SHARE = 0.2, 0.1, 0.2, 0.5
_MESH_NOISE: Final = 0.1
_PROBES: Final = 3
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
        held = persona.is_held
        learned, judged = persona.select(~held), persona.select(held)
        self.calm: Calm = linear.calm
        self.driver: Calm = self.calm if operator is None else find_calm(operator)
        self.code: MeshCode = learn_mesh_code(*_joined(learned, self.calm, operator, self.driver))
        self.tone = persona.tone
        self._own = make_faces(learned, self.calm, self.code)
        self._other = None if operator is None else make_faces(operator, self.driver, self.code)
        sizes = sizes or NetConfig(side_px=persona.side_px, numbers=self.code.count)
        own = find_variations(self._own, min(sizes.own, len(self._own) - 1))
        self._own_amounts, self._own_shares = own.amounts, own.shares
        if self._other is not None:
            other = find_variations(self._other, min(sizes.other, len(self._other) - 1))
            self._other_amounts, self._other_shares = other.amounts, other.shares
            self._alike = find_alike(self._other, self._own)
        counts = {"own": len(own.basis), "other": 0 if self._other is None else self._other_amounts.shape[1]}
        self.sizes = NetConfig(sizes.side_px, sizes.width, sizes.code, self.code.count, **counts)
        self.net = SwapNet(self.sizes, own.mean, own.basis).to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.AdamW(self.net.parameters(), _RATE, weight_decay=1e-4, betas=(0.9, 0.98))
        self._weights = torch.from_numpy(texel_weights(sizes.side_px))[None, None]
        self._chance, self._disturber = Generator().manual_seed(self._config.seed), Disturber(self._config.seed)
        self._steps, self._softer, self._share = 0, 1.0, 0.0
        self._judge = Judge(judged, make_faces(judged, self.calm, self.code), measure_error(judged, linear))
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
        which = self._draw(len(self._own), count)
        true, trust, numbers = self._own.take(which)
        changes = [self._disturber.apply(true) - self._own.calm]
        meshes = [numbers]
        if self._other is not None:
            theirs = self._draw(len(self._other), others)
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
        made, amounts = self.net.decoder(joined)
        made = made.float()
        weights = self._weights * trust
        loss = picture_loss(made[:count], true, weights)
        loss = loss + _NUMBERS_SHARE * (self.net.numbers(code.flatten(1)).float() - numbers_all).abs().mean()
        off = (amounts[:count].float() - self._own_amounts[which]).abs() * self._own_shares
        loss = loss + _OWN_SHARE * off.mean()
        if self._other is None:
            return loss
        their = self.net.other(code[count:].flatten(1)).float()
        loss = loss + _OTHER_SHARE * ((their - self._other_amounts[theirs]).abs() * self._other_shares).mean()
        column = self._draw(self._alike.shape[1], others)
        alike, alike_trust, _ = self._own.take(self._alike[theirs, column])
        return loss + _PAIR_SHARE * coarse_loss(made[count:], alike, self._weights * alike_trust)

    def _draw(self, below: int, count: int) -> Tensor:
        return torch.randint(below, (count,), generator=self._chance)

    def draw_own(self, material: Material) -> list["np.ndarray[Any, np.dtype[np.float32]]"]:
        """Return what the network makes of pictures of the persona, (n, n, 3) each."""
        faces = make_faces(material, self.calm, self.code)
        self.net.eval()
        made = []
        with torch.no_grad(), self._precision():
            for index in range(len(faces)):
                seen, _, numbers = faces.take(torch.tensor([index]))
                made.append(self.net(seen - faces.calm, numbers)[0].float().permute(1, 2, 0).numpy())
        return made

    def judge(self) -> Scores:
        """Return how good it is on held-out pictures of the persona."""
        self.net.eval()
        with torch.no_grad(), self._precision():
            return self._judge.judge(self.net)

    def state(self) -> bytes:
        """Return weights, optimiser and chance."""
        buffer = io.BytesIO()
        torch.save(
            {
                "net": {name: value for name, value in self.net.state_dict().items() if name != "decoder.basis"},
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
            if unknown or set(missing) - {"decoder.basis"}:
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


def _joined(learned: Material, calm: Calm, operator: Material | None, driver: Calm) -> tuple[Any, Any]:
    """Return unposed meshes of both people on one calm face.

    Their numbers are to mean the same.
    """
    if operator is None:
        return learned.shapes, calm.shape
    return np.concatenate([learned.shapes, operator.shapes - driver.shape + calm.shape]), calm.shape
