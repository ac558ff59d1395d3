"""The right to call a picture or a sound marked.

Only the two marking stages may import this (import-linter).
"""

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.frame import MarkedFrame, Pixels, check_pixels


class MarkingSeal:
    """The right to call a picture marked; held by `livecam.disclosure.picture`."""

    def wrap(self, pixels: Pixels, captured_ns: int, seq: int) -> MarkedFrame:
        """Wrap pixels that carry the mark; they are read-only from now on."""
        frame = object.__new__(MarkedFrame)
        _fill(frame, pixels=check_pixels(pixels), captured_ns=captured_ns, seq=seq)
        return frame


class SoundSeal:
    """The right to call sound marked; held by `livecam.disclosure.sound.marker`."""

    def wrap(self, block: AudioBlock) -> MarkedBlock:
        """Wrap a block that carries its marks; its samples are copied."""
        samples = block.samples.copy()
        samples.flags.writeable = False
        sealed = object.__new__(MarkedBlock)
        _fill(
            sealed,
            samples=samples,
            rate_hz=block.rate_hz,
            first_sample=block.first_sample,
            captured_ns=block.captured_ns,
        )
        return sealed


def _fill(sealed: MarkedFrame | MarkedBlock, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(sealed, name, value)


_pictures: list[MarkingSeal] = []
_sounds: list[SoundSeal] = []


def seal_for_marking() -> MarkingSeal:
    """Return the seal to its first caller, `livecam.disclosure.picture`.

    Raises:
        PermissionError: Another module asks for it.
    """
    if _pictures:
        raise PermissionError("the marking seal has been given to livecam.disclosure.picture")
    _pictures.append(MarkingSeal())
    return _pictures[0]


def seal_for_marking_sound() -> SoundSeal:
    """Return the seal to its first caller, `livecam.disclosure.sound.marker`.

    Raises:
        PermissionError: Another module asks for it.
    """
    if _sounds:
        raise PermissionError("the seal for sound has been given to livecam.disclosure.sound.marker")
    _sounds.append(SoundSeal())
    return _sounds[0]
