"""A persona for one job on one node.

Photo, texture and signed record leave the owner's store, and make a store of their own on the node.
"""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final

from livecam.core.errors import ConsentError
from livecam.core.files.errors import reason_of
from livecam.core.persona import Persona
from livecam.personas.archive import ArchivedPersona, make_local_record, pack_persona, unpack_persona
from livecam.personas.store import PersonaStore
from livecam.personas.texture_file import texture_from_bytes, texture_to_bytes

_ARCHIVE: Final = "persona.zip"
_TEXTURE: Final = "face.npz"
_LARGEST_BYTES: Final = 150_000_000


def pack_parcel(name: str, store: PersonaStore) -> bytes:
    """Return a persona that may be used now, as bytes to be sealed.

    Raises:
        PersonaError: No such persona.
        ConsentError: It may not be used.
    """
    texture = store.load(name).photo
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parcel:
        parcel.writestr(_ARCHIVE, pack_persona(name, store))
        parcel.writestr(_TEXTURE, texture_to_bytes(texture))
    return buffer.getvalue()


def unpack_parcel(content: bytes, name: str, folder: Path, now: datetime) -> None:
    """Keep a persona in a data folder that lasts as long as its job.

    Args:
        content: What `pack_parcel` made.
        name: What the job calls it.
        folder: The data folder; its keys are made here and go with it.
        now: Calendar time, UTC.

    Raises:
        ConsentError: The record does not hold, or is about another photo.
    """
    archive, texture = _read(content)
    carried: ArchivedPersona = unpack_persona(archive, Path(f"{name}.age"), now)
    photo = carried.photo
    record = make_local_record(carried, None)
    store = PersonaStore(folder)
    store.save(Persona(name, record.kind, texture_from_bytes(texture), record), photo.data, photo.path.suffix)


def _read(content: bytes) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            if sorted(parcel.namelist()) != sorted((_ARCHIVE, _TEXTURE)):
                raise ValueError("it holds something else")
            if any(each.file_size > _LARGEST_BYTES for each in parcel.infolist()):
                raise ValueError("it is too large")
            return parcel.read(_ARCHIVE), parcel.read(_TEXTURE)
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise ConsentError(
            f"the persona of a job is damaged: {reason_of(error)}", advice="queue the job again"
        ) from error
