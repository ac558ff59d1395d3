"""Sign what a run wrote. A file that cannot be signed is kept, and that is said."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from livecam.config.paths import data_folder
from livecam.core.errors import OutputError
from livecam.core.payload import VOICE, MarkPayload


def signed(path: Path, payloads: Sequence[MarkPayload], folder: Path | None, heard: Sequence[int] = ()) -> None:
    """Put a C2PA manifest into a file, by this installation's own key.

    Args:
        path: A finished video, sound or picture.
        payloads: Every message its mark carries.
        folder: Where this installation keeps its data; None is the user's data folder.
        heard: The sessions its in-sound mark carries.

    Raises:
        OutputError: No manifest can be written into it; it is as it was.
    """
    # The libraries take longer to import than a short file to sign.
    from livecam.provenance.install_key import OwnKey
    from livecam.provenance.signing import sign
    from livecam.provenance.statement import statement

    sign(path, statement(payloads, version("livecam"), heard), OwnKey.of(folder or data_folder()))


def sign_written(
    files: Sequence[Path], payloads: Sequence[MarkPayload], folder: Path | None, heard: Sequence[int] = ()
) -> tuple[Mapping[str, object], ...]:
    """Sign every file that was written, and say how that went; `Report.files`."""
    return tuple(_attempt(path, payloads, folder, heard) for path in files if path.exists())


def sign_voice(files: Sequence[Path], session: int, folder: Path | None) -> tuple[Mapping[str, object], ...]:
    """The same for sound alone, that carries this session's mark."""
    return sign_written(files, (MarkPayload(VOICE, session),), folder, (session,))


def signature_line(file: Mapping[str, object]) -> str:
    """Say how signing one of a report's files went."""
    if file["signed"]:
        return f"{file['path']}: signed (C2PA) with this installation's own certificate"
    return f"note: {file['path']} is saved but not signed: {file['why_unsigned']}"


def _attempt(
    path: Path, payloads: Sequence[MarkPayload], folder: Path | None, heard: Sequence[int]
) -> Mapping[str, object]:
    try:
        signed(path, payloads, folder, heard)
    except OutputError as error:
        return {"path": str(path), "signed": False, "why_unsigned": f"{error}; {error.help_line}"}
    return {"path": str(path), "signed": True}
