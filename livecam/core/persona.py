"""Personas, and the consent to use them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # who asks for the kind of a persona alone needs no arrays
    from livecam.core.texture import FaceTexture


class PersonaKind(StrEnum):
    """Who owns the face: the only three answers there are."""

    OWN = "own"
    CONSENTED = "consented"
    SYNTHETIC = "synthetic"


class Checked(StrEnum):
    """How far a statement about a face was checked."""

    STATED = "stated"
    """Not checked: the user said so."""
    BASIC = "basic"
    """A person with a similar face passed the live check at the camera."""
    VERIFIED = "verified"
    """In addition, a face recogniser matched that person with the photo."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What was stated about a face before its first use.

    Attributes:
        kind: Who owns the face.
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
        """Whether the record is valid at this moment."""
        return self.given_at <= now < self.expires_at


@dataclass(frozen=True, slots=True, eq=False)
class Persona:
    """A face and what was stated about it; a session shows only `VerifiedPersona`.

    Attributes:
        name: What the user calls it.
        kind: Own, consented or synthetic.
        photo: The photo itself as texture: plain colours, points in the photo's pixels, own 3-D shape.
        consent: The record that allows its use.
        remarks: What makes the photo less suitable.
    """

    name: str
    kind: PersonaKind
    photo: "FaceTexture"
    consent: ConsentRecord
    remarks: tuple[str, ...] = ()


class VerifiedPersona(Persona):
    """A persona with a record that the store has checked; sessions take only this.

    Only `livecam.personas.vouch` makes one, for the store and the generator of synthetic faces. There is no
    constructor, subclass, copy or assignment. Python cannot stop code that wants to get around this.
    """

    __slots__ = ("_recheck",)
    _recheck: Callable[[], None]

    def __new__(cls, *_: object, **__: object) -> Self:
        """Refuse, because only the store makes verified personas."""
        raise TypeError("a VerifiedPersona is made by the persona store only")

    def __init_subclass__(cls) -> None:
        raise TypeError("VerifiedPersona cannot be subclassed")

    def __reduce__(self) -> str:
        raise TypeError("a VerifiedPersona is neither copied nor pickled")

    def check(self) -> None:
        """Check that it may be shown now.

        It reads the disk, so never call it once per frame.

        Raises:
            PersonaError: The record has ended, was taken back, changed or removed since.
        """
        self._recheck()
