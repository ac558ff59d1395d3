"""Who the live face becomes, and by what right."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from livecam.core.texture import FaceTexture


class PersonaKind(StrEnum):
    """Whose face it is: the only three answers there are."""

    OWN = "own"
    CONSENTED = "consented"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What was stated about a face before its first use.

    Attributes:
        kind: Whose face it is.
        photo_sha256: Hash of the photo file the statement is about.
        statement: The sentence that was agreed to.
        given_at, expires_at: Calendar time, UTC.
    """

    kind: PersonaKind
    photo_sha256: str
    statement: str
    given_at: datetime
    expires_at: datetime

    def valid_at(self, now: datetime) -> bool:
        """Whether the record covers this moment."""
        return self.given_at <= now < self.expires_at


@dataclass(frozen=True, slots=True, eq=False)
class Persona:
    """A face one has the right to use.

    Attributes:
        name: What the user calls it.
        kind: Own, consented or synthetic.
        photo: The photo itself as texture: plain colours, points in the photo's pixels, own 3-D shape.
        consent: The record that allows its use.
    """

    name: str
    kind: PersonaKind
    photo: FaceTexture
    consent: ConsentRecord
