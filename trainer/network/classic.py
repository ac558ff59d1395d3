"""The classic method, for comparison and for teaching.

One encoder, two decoders, square crops. It is what DeepFaceLab and faceswap do, made small. Pose, light and identity
are all left to the network.
"""

import io
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from livecam.core.errors import PersonaError
from trainer.crops import SIDE_PX, draw_mask
from trainer.material import Material
from trainer.network.disturb import Disturber
from trainer.network.losses import picture_loss
from trainer.scores import Scores

_RATE: Final = 5e-4
_SLOPE: Final = 0.1
_CODE: Final = 128
_SMALL: Final = SIDE_PX // 16
_MASK_SHARE: Final = 0.5
_MOST_JUDGED: Final = 64


def _shrink(wide: int, wider: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(wide, wider, 5, 2, 2), nn.LeakyReLU(_SLOPE))


def _grow(wide: int, narrower: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(wide, 4 * narrower, 3, 1, 1), nn.LeakyReLU(_SLOPE), nn.PixelShuffle(2))


class ClassicNet(nn.Module):
    """A shared encoder, and a decoder for each of two people."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            _shrink(3, 32), _shrink(32, 64), _shrink(64, 128), _shrink(128, 128),
            nn.Flatten(), nn.Linear(128 * _SMALL**2, _CODE), nn.Linear(_CODE, 128 * _SMALL**2),
            nn.Unflatten(1, (128, _SMALL, _SMALL)),
        )  # fmt: skip
        self.operator, self.persona = self._decoder(), self._decoder()

    @staticmethod
    def _decoder() -> nn.Sequential:
        return nn.Sequential(_grow(128, 128), _grow(128, 64), _grow(64, 48), _grow(48, 32), nn.Conv2d(32, 4, 3, 1, 1))

    def draw(self, faces: Tensor, decoder: nn.Module) -> tuple[Tensor, Tensor]:
        """Return faces (k, 3, n, n) and their masks (k, 1, n, n), 0..1."""
        planes = torch.sigmoid(decoder(self.encoder(faces)))
        return planes[:, :3], planes[:, 3:]


class ClassicLearner:
    """A learner for `trainer.session`.

    Each decoder rebuilds its own person from disturbed crops.

    Args:
        persona: Pictures of the face that is drawn; those that are held out are not learned from.
        operator: Pictures of whoever is in front of the camera.
        batch: Pictures of each in a batch.
        seed: Of every chance.

    Raises:
        PersonaError: An enrolment has no crops.
    """

    def __init__(self, persona: Material, operator: Material, batch: int = 8, seed: int = 7) -> None:
        torch.manual_seed(seed)
        held = persona.is_held
        self._own, self._own_masks = _crops(persona.select(~held))
        self._other, self._other_masks = _crops(operator)
        step = max(int(held.sum()) // _MOST_JUDGED, 1)
        self._held, self._held_masks = _crops(persona.select(np.flatnonzero(held)[::step]))
        self.net = ClassicNet()
        self._optimiser = torch.optim.AdamW(self.net.parameters(), _RATE, betas=(0.5, 0.98))
        self._chance, self._disturber, self._batch = Generator().manual_seed(seed), Disturber(seed), batch
        self._softer = 1.0

    def step(self) -> float:
        """Learn from one batch; return its loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = _RATE * self._softer
        self.net.train()
        loss = self._loss(self._own, self._own_masks, self.net.persona)
        loss = loss + self._loss(self._other, self._other_masks, self.net.operator)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        self._optimiser.step()
        return float(loss.detach())

    def _loss(self, crops: Tensor, masks: Tensor, decoder: nn.Module) -> Tensor:
        which = torch.randint(len(crops), (self._batch,), generator=self._chance)
        true, mask = _as_floats(crops[which]), _as_floats(masks[which])
        made, edge = self.net.draw(self._disturber.apply(true), decoder)
        return picture_loss(made, true, mask) + _MASK_SHARE * (edge - mask).abs().mean()

    def swap(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the persona's face (k, n, n, 3), 0..255, for the operator's crops."""
        faces = torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2)))
        self.net.eval()
        with torch.no_grad():
            made = torch.cat([self.net.draw(_as_floats(part), self.net.persona)[0] for part in faces.split(16)])
        return np.asarray(255 * made.permute(0, 2, 3, 1).numpy(), np.float32)

    def judge(self) -> Scores:
        """Return how good it is on held-out pictures of the persona.

        The mean crop stands for the photo.
        """
        self.net.eval()
        true, mask = _as_floats(self._held), _as_floats(self._held_masks)
        with torch.no_grad():
            made = torch.cat([self.net.draw(part, self.net.persona)[0] for part in true.split(16)])
        mean = _as_floats(self._own).mean(0, keepdim=True)
        changed, change = (made - mean) * mask, (true - mean) * mask
        length = float(changed.norm() * change.norm())
        photo = _mean(true - mean, mask)
        return Scores(
            error=_mean(made - true, mask),
            photo=photo,
            linear=photo,
            follows=float((changed * change).sum()) / max(length, 1e-9),
            sharpness=_edges(made, mask) / max(_edges(true, mask), 1e-6),
        )

    def state(self) -> bytes:
        """Return weights, optimiser and chance."""
        buffer = io.BytesIO()
        chances = {"chance": self._chance.get_state(), "disturber": self._disturber.state(), "softer": self._softer}
        torch.save({"net": self.net.state_dict(), "optimiser": self._optimiser.state_dict(), **chances}, buffer)
        return buffer.getvalue()

    def restore(self, state: bytes) -> None:
        """Go back to a state.

        Raises:
            ValueError: It is of another network.
        """
        try:
            found: dict[str, Any] = torch.load(io.BytesIO(state), weights_only=True)
            self.net.load_state_dict(found["net"])
            self._optimiser.load_state_dict(found["optimiser"])
        except (RuntimeError, KeyError) as error:
            raise ValueError(f"it is the state of another network: {error}") from error
        self._chance.set_state(found["chance"])
        self._disturber.restore(found["disturber"])
        self._softer = float(found["softer"])

    def soften(self) -> None:
        """Halve the steps from now on."""
        self._softer /= 2

    def set_progress(self, share: float) -> None:
        """Receive the part of the time that is over; all steps are equal."""


def _crops(material: Material) -> tuple[Tensor, Tensor]:
    """Return crops (k, 3, n, n) and masks (k, 1, n, n) as bytes."""
    if material.crops is None:
        raise PersonaError("this enrolment has no crops for the classic method", command="livecam train enrol NAME")
    masks = np.array([np.rint(255 * draw_mask(points)) for points in material.points], np.uint8)[:, None]
    return torch.from_numpy(np.ascontiguousarray(material.crops.transpose(0, 3, 1, 2))), torch.from_numpy(masks)


def _as_floats(values: Tensor) -> Tensor:
    return values.float() / 255


def _mean(apart: Tensor, weights: Tensor) -> float:
    return float((apart.abs() * weights).sum() / (3 * weights.sum()).clamp_min(1e-6))


def _edges(faces: Tensor, mask: Tensor) -> float:
    across = ((faces[..., 1:] - faces[..., :-1]).abs() * mask[..., 1:]).mean()
    down = ((faces[..., 1:, :] - faces[..., :-1, :]).abs() * mask[..., 1:, :]).mean()
    return float(across + down)
