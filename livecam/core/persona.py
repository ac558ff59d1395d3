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


class Checked(StrEnum):
    """How far a statement about a face was checked."""

    STATED = "stated"
    """Not at all: somebody said so."""
    BASIC = "basic"
    """Somebody of a like face did in front of the camera what chance asked for, at that moment."""
    VERIFIED = "verified"
    """The same, and a face recogniser took that person for the one in the photo."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What was stated about a face before its first use.

    Attributes:
        kind: Whose face it is.
        photo_sha256: Hash of the photo file the statement is about.
        statement: The sentence that was agreed to.
        given_at, expires_at: Calendar time, UTC.
        purpose, scope: What the face is used for, and by whom and where; empty for built-in faces.
        checked: How far the statement was checked.
        checks: What was checked, one line each.
    """

    kind: PersonaKind
    photo_sha256: str
    statement: str
    given_at: datetime
    expires_at: datetime
    purpose: str = ""
    scope: str = ""
    checked: Checked = Checked.STATED
    checks: tuple[str, ...] = ()

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
