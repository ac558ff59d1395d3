"""One voice's pitch and colour turned into another's, frame by frame."""

from dataclasses import dataclass, field

import numpy as np

from engines.grain.frames import Floats

_VOICING_MEMORY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PitchMap:
    """Log pitch moved from one median to another, its range stretched."""

    speaker: float
    target: float
    stretch: float

    def apply(self, pitch_hz: float) -> float:
        """The wanted pitch in Hz."""
        return float(np.exp((np.log(pitch_hz) - self.speaker) * self.stretch + self.target))


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """Vocal tract length, then mean and spread of unvoiced (row 0) and voiced (row 1) sound.

    `tract` (40, 40); `before`, `after`, `stretch` (2, 40).
    """

    tract: Floats
    before: Floats
    after: Floats
    stretch: Floats
    _rows: tuple[Floats, Floats, Floats] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """`before` as it is after the stretch, except for the loudness, which is not stretched."""
        stretched = self.before * self.stretch
        stretched[:, 0] = self.before[:, 0]
        object.__setattr__(self, "_rows", (stretched, self.after, self.stretch))

    def apply(self, spectra: Floats, voiced: Floats) -> Floats:
        """Mel-cepstra (n, 40) with the share of voice in each (n,) as the other's; loudness only shifts."""
        return np.array([self.one(spectrum, share) for spectrum, share in zip(spectra, voiced, strict=True)])

    def one(self, spectrum: Floats, voiced: float) -> Floats:
        """The same for one mel-cepstrum (40,)."""
        before, after, stretch = (rows[0] + voiced * (rows[1] - rows[0]) for rows in self._rows)
        coloured = (spectrum @ self.tract) * stretch + after - before
        coloured[0] = spectrum[0] + after[0] - before[0]
        return np.asarray(coloured)


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """A map learned from pairs of sounds; shapes are mel-cepstra without the loudness (39).

    `matrix` (40, 39): its last row is the shift. `centre`, `gain` (39,): how much mapped sounds are drawn apart again.
    """

    matrix: Floats
    centre: Floats
    gain: Floats

    def apply(self, shape: Floats) -> Floats:
        """One shape (39,) as the other voice's."""
        return np.asarray((shape @ self.matrix[:-1] + self.matrix[-1] - self.centre) * self.gain + self.centre)


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """From one voice to another; `paired` is None when there was too little speech for it."""

    pitch: PitchMap
    colour: ColourMap
    paired: Paired | None


class Mapper:
    """Applies a mapping along a stream: between voiced and unvoiced it changes softly."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._voiced = 0.0

    def __call__(self, spectrum: Floats, voiced: bool) -> Floats:
        """The change of a frame's mel-cepstrum (40,)."""
        self._voiced += (1 - _VOICING_MEMORY) * (voiced - self._voiced)
        coloured = self._mapping.colour.one(spectrum, self._voiced)
        if self._mapping.paired is not None:
            coloured[1:] = self._mapping.paired.apply(coloured[1:])
        return np.asarray(coloured - spectrum)
