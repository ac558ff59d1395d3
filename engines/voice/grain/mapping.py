"""One voice's pitch and colour turned into another's, frame by frame."""

from dataclasses import dataclass, field

import numpy as np

from engines.voice.grain.frames import Floats
from livecam.core.voice import COEFFICIENTS

_VOICING_MEMORY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PitchMap:
    """Log pitch moved from one median to another, its range stretched."""

    speaker: float
    target: float
    stretch: float

    def apply(self, pitch_hz: float) -> float:
        """Return the wanted pitch in Hz."""
        return float(np.exp((np.log(pitch_hz) - self.speaker) * self.stretch + self.target))


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """Vocal tract length, then mean and spread.

    Of unvoiced (row 0) and voiced (row 1) sound.

    `tract` (40, 40); `before`, `after`, `stretch` (2, 40).
    """

    tract: Floats
    before: Floats
    after: Floats
    stretch: Floats
    _rows: tuple[Floats, Floats, Floats] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compute `before` after the stretch, except for loudness.

        Loudness is not stretched.
        """
        stretched = self.before * self.stretch
        stretched[:, 0] = self.before[:, 0]
        object.__setattr__(self, "_rows", (stretched, self.after, self.stretch))

    def apply(self, spectra: Floats, voiced: Floats) -> Floats:
        """Mel-cepstra (n, 40) with the share of voice in each (n,) as the other's.

        Loudness only shifts.
        """
        before, after, stretch = (rows[0] + voiced[:, None] * (rows[1] - rows[0]) for rows in self._rows)
        coloured = (spectra @ self.tract) * stretch + after - before
        coloured[:, 0] = spectra[:, 0] + after[:, 0] - before[:, 0]
        return np.asarray(coloured)


@dataclass(frozen=True, slots=True, eq=False)
class PairedMap:
    """A map learned from pairs of sounds.

    Shapes are mel-cepstra without the loudness (39).

    `matrix` (40, 39): its last row is the shift. `centre`, `gain` (39,): how much mapped sounds are drawn apart again.
    """

    matrix: Floats
    centre: Floats
    gain: Floats

    def apply(self, shapes: Floats) -> Floats:
        """Return shapes (n, 39) as the other voice's."""
        return np.asarray((shapes @ self.matrix[:-1] + self.matrix[-1] - self.centre) * self.gain + self.centre)


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """From one voice to another.

    `paired` is None when there was too little speech for it; `seen` (40, 40) holds spectra where the speaker was never
    recorded, None when there is no such band.
    """

    pitch: PitchMap
    colour: ColourMap
    paired: PairedMap | None
    seen: Floats | None = None

    def apply(self, spectra: Floats, voiced: Floats) -> Floats:
        """Mel-cepstra (n, 40) with the share of voice in each (n,) as the other's."""
        coloured = self.colour.apply(spectra, voiced)
        if self.paired is not None:
            coloured[:, 1:] = self.paired.apply(coloured[:, 1:])
        return coloured


class Mapper:
    """Applies a mapping along a stream.

    Between voiced and unvoiced it changes softly.

    The map is affine in the spectrum and in the share of voice, so both are one product.
    """

    def __init__(self, mapping: Mapping) -> None:
        unvoiced, voiced = (_changes(mapping, share) for share in (0.0, 1.0))
        self._matrix = np.hstack([unvoiced, voiced - unvoiced])
        self._voiced = 0.0

    def hear(self, voiced: bool) -> None:
        """Take in whether the next frame is voiced."""
        self._voiced += (1 - _VOICING_MEMORY) * (voiced - self._voiced)

    def compute_change(self, spectrum: Floats) -> Floats:
        """Return what is to be added to the mel-cepstrum (40,) of that frame."""
        parts = spectrum @ self._matrix[:-1] + self._matrix[-1]
        return np.asarray(parts[:COEFFICIENTS] + self._voiced * parts[COEFFICIENTS:])


def _changes(mapping: Mapping, share: float) -> Floats:
    """Return (41, 40) the change of a spectrum at a share of voice as an affine map.

    Its last row is the shift.
    """
    points = np.vstack([np.eye(COEFFICIENTS), np.zeros(COEFFICIENTS)])
    spectra = points if mapping.seen is None else points @ mapping.seen
    changes = mapping.apply(spectra, np.full(len(points), share)) - spectra
    changes = changes if mapping.seen is None else changes @ mapping.seen
    return np.vstack([changes[:-1] - changes[-1], changes[-1]])
