"""Sign what a run wrote. A file that cannot be signed is kept, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from livecam.config.paths import data_folder
from livecam.core.errors import OutputError
from livecam.core.files.own_files import is_own
from livecam.core.label import Label, Speech, label_of_speech
from livecam.core.payload import GENERATED, VOICE, MarkPayload
from livecam.core.report import WrittenFile

if TYPE_CHECKING:
    from livecam.provenance.signing import Ingredient


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a manifest adds to the marks of a file.

    Attributes:
        authority: Address of the RFC 3161 authority that is asked for time stamps; None for none.
        clip: The clip the file was made of; it is kept as an ingredient if it came with marks of its own.
        incoming: What livecam's mark in that clip says.
    """

    authority: str | None = None
    clip: Path | None = None
    incoming: tuple[MarkPayload, ...] = ()


_PLAIN: Final = Provenance()


def add_manifest(
    path: Path,
    payloads: Sequence[MarkPayload],
    folder: Path | None,
    heard: Sequence[int] = (),
    about: Provenance = _PLAIN,
) -> str | None:
    """Add a C2PA manifest to a file, signed with this install's own key.

    Args:
        path: A finished video, sound or picture.
        payloads: Every message its mark carries.
        folder: Where this installation keeps its data; None is the user's data folder.
        heard: The sessions its in-sound mark carries.
        about: What else its manifest says.

    Returns:
        Why there is no time stamp though an authority was asked, in one line; None otherwise.

    Raises:
        OutputError: No manifest can be written into it; it is as it was.
    """
    # The libraries take longer to import than a short file to sign.
    from livecam.provenance.install_key import ManifestKey
    from livecam.provenance.signing import TimeStampError, sign
    from livecam.provenance.statement import build_manifest

    key, clip = ManifestKey.of(folder or data_folder()), _ingredient(about, payloads)
    say = partial(build_manifest, payloads, version("livecam"), heard, clip=clip is not None, incoming=about.incoming)
    if about.authority is not None:
        try:
            sign(path, say(stamped_by=about.authority), key, clip, about.authority)
        except TimeStampError as error:
            sign(path, say(unstamped="the time stamp authority did not answer"), key, clip)
            return str(error)
        return None
    sign(path, say(), key, clip)
    return None


def _ingredient(about: Provenance, payloads: Sequence[MarkPayload]) -> Ingredient | None:
    """Return the clip, where it came with a manifest or a mark."""
    from livecam.provenance.manifest import read_manifest
    from livecam.provenance.media_type import media_type
    from livecam.provenance.signing import Ingredient
    from livecam.provenance.statement import INGREDIENT, label_of_all, relationship

    if about.clip is None or not about.clip.is_file():
        return None
    kind = media_type(about.clip)
    if kind is None or not (about.incoming or read_manifest(about.clip)):
        return None
    return Ingredient(about.clip, kind, relationship(label_of_all(payloads)), INGREDIENT)


def sign_written(
    files: Sequence[Path],
    payloads: Sequence[MarkPayload],
    folder: Path | None,
    heard: Sequence[int] = (),
    about: Provenance = _PLAIN,
) -> tuple[WrittenFile, ...]:
    """Sign every file that was written, and say how that went; `Report.files`.

    A file that was put in its place since then is another's: it is left as it is.
    """
    return tuple(_attempt(path, payloads, folder, heard, about) for path in files if _is_written_here(path))


def _is_written_here(path: Path) -> bool:
    try:
        return is_own(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # signing says why it cannot be read


def sign_voice(
    files: Sequence[Path],
    session: int,
    folder: Path | None,
    about: Provenance = _PLAIN,
    speech: Speech = "converted",
) -> tuple[WrittenFile, ...]:
    """Return the same for sound alone, that carries this session's mark.

    `speech` says how the voice was made.
    """
    flags = VOICE | GENERATED * (label_of_speech(speech) is Label.GENERATED)
    return sign_written(files, (MarkPayload(flags, session),), folder, (session,), about)


def signature_line(file: WrittenFile) -> str:
    """Say how signing one of a report's files went."""
    if file.signed:
        missing = "" if file.why_unstamped is None else f"; no time stamp: {file.why_unstamped}"
        return f"{file.path}: signed (C2PA) with this installation's own certificate{missing}"
    return f"note: {file.path} is saved but not signed: {file.why_unsigned}"


def _attempt(
    path: Path, payloads: Sequence[MarkPayload], folder: Path | None, heard: Sequence[int], about: Provenance
) -> WrittenFile:
    try:
        unstamped = add_manifest(path, payloads, folder, heard, about)
    except OutputError as error:
        return WrittenFile(str(path), signed=False, why_unsigned=f"{error}; {error.help_line}")
    return WrittenFile(str(path), signed=True, why_unstamped=unstamped)
