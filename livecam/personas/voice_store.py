"""Voices on disk.

Each has statistics or the path of its network, and the record of the right to use it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from livecam.consent.voice_record import (
    MODEL,
    VoiceRecord,
    new_voice_record,
    voice_record_from_bytes,
    voice_record_to_bytes,
)
from livecam.core.clock import utc_now
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import PersonaKind
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics
from livecam.personas.built_in_voices import builtin_voice_names, open_builtin_voice
from livecam.personas.entry import Entry, describe_entry
from livecam.personas.names import is_name
from livecam.personas.record_store import StoreText, hash_bytes
from livecam.personas.signed_store import SignedStore
from livecam.personas.voice_file import model_from_bytes, model_to_bytes, voice_from_bytes, voice_to_bytes

_VOICE, _MODEL = "voice.npz", "model.json"
_WORDS = StoreText("voice", "livecam voice list", "livecam voice remove {}, then enrol it again")
_MODEL_SUFFIX = ".onnx"


class VoiceStore(SignedStore[VoiceRecord]):
    """The voices of one user, and the built-in ones.

    A voice is a folder `voices/NAME` of mode 0700.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        read, shipped = voice_record_from_bytes, builtin_voice_names
        super().__init__(folder, "voices", read, self._renew_command, _WORDS, now, shipped)

    def list(self) -> tuple[Entry, ...]:
        """Return the user's voices by name, then the built-in ones."""
        shipped = (Entry(name, PersonaKind.SYNTHETIC, None, True, None) for name in builtin_voice_names())
        return (*(describe_entry(name, self.record, self.target) for name in self.names()), *shipped)

    def load(self, name: str) -> VoiceStatistics:
        """Return the statistics of a voice that may be used now.

        Raises:
            PersonaError: No such voice, or it is a network.
            ConsentError: As `target`.
        """
        voice = self.target(name)
        if isinstance(voice, VoiceModel):
            raise PersonaError(
                f"{name} is a network, it has no statistics", command="livecam voice enrol my-voice RECORDING"
            )
        return voice

    def target(self, name: str) -> Voice:
        """Return a voice that may be spoken with now.

        Raises:
            PersonaError: No such voice.
            ConsentError: Its record is missing, damaged, edited, not signed here, expired or taken back, or is about
                another voice; or a named file has no consent record.
        """
        if name in builtin_voice_names():
            return open_builtin_voice(name)
        if Path(name).suffix == _MODEL_SUFFIX:
            raise ConsentError(
                f"no user has said which person's voice {Path(name).name} has",
                command=f"livecam voice add my-voice {name}",
            )
        with self._records.ledger.lock():
            record = self._read_verified(name)
            file = self._file_of(name).name
            data = self._records.file(name, file, record.voice_sha256)
        return model_from_bytes(data) if file == _MODEL else voice_from_bytes(data)

    def check_record(self, name: str) -> None:
        """Check that a voice may still be used; repeated while a run lasts.

        Raises:
            PersonaError: No such voice.
            ConsentError: As `target`, the voice's file left out.
        """
        if name not in builtin_voice_names():
            with self._records.ledger.lock():
                self._read_verified(name)

    def _read_verified(self, name: str) -> VoiceRecord:
        """Return the record, read and verified once; called under the ledger's lock."""
        record = self._read_current(name)
        self._check_time(name, record)
        return record

    def _check_revoked(self, name: str, record: VoiceRecord) -> None:
        self.revocations.check(name, self._renew_command(name), (record.voice_sha256, record.recording_sha256))

    def _adopt(self) -> None:
        self._records.adopt(self._upgrade_record)

    def _upgrade_record(self, name: str, record: VoiceRecord) -> bytes:
        """Return the record of an earlier version with its name."""
        self._records.file(name, self._file_of(name).name, record.voice_sha256)
        return voice_record_to_bytes(replace(record, name=name), self._records.key)

    def learned_from(self, name: str) -> str:
        """Return what the second hash of a voice's record is of.

        "recording", or "network".
        """
        return "network" if self._file_of(name).name == _MODEL else "recording"

    def check_name(self, name: str) -> None:
        """Check that a new voice may have this name.

        Raises:
            PersonaError: It is built in, or no name.
        """
        if name in builtin_voice_names() or not is_name(name):
            raise PersonaError(
                f'"{name}" cannot name a voice: it is built in, or not of a-z, 0-9 and inner dashes',
                command="livecam voice enrol my-voice RECORDING",
            )

    def save(self, name: str, voice: VoiceStatistics, kind: PersonaKind, recording_sha256: str) -> VoiceRecord:
        """Keep a voice with its consent answer; one of the same name is replaced.

        Raises:
            PersonaError: A name that is built in or not one.
            ConsentError: The consent for these recordings was taken back.
        """
        self.check_name(name)
        data = voice_to_bytes(voice)
        self.revocations.check(name, _renew(name), self.hashes(voice, recording_sha256))
        record = new_voice_record(kind, hash_bytes(data), recording_sha256, self.now())
        self._keep(name, _VOICE, data, record)
        return record

    def save_model(self, name: str, model: VoiceModel, kind: PersonaKind) -> VoiceRecord:
        """Keep the path of a network with its consent answer.

        One of the same name is replaced.

        Raises:
            PersonaError: A name that is built in or not one.
            ConsentError: The consent for this network was taken back.
        """
        self.check_name(name)
        data = model_to_bytes(model)
        self.revocations.check(name, f"livecam voice add {name} {model.path}", (model.sha256,))
        record = new_voice_record(kind, hash_bytes(data), model.sha256, self.now(), MODEL)
        self._keep(name, _MODEL, data, record)
        return record

    def _keep(self, name: str, file: str, data: bytes, record: VoiceRecord) -> None:
        self._adopt()
        signed = voice_record_to_bytes(replace(record, name=name), self._records.key)
        self._records.keep(name, {file: data}, signed)

    def hashes(self, voice: VoiceStatistics, recording_sha256: str) -> tuple[str, str]:
        """Return what a voice is known by.

        Its figures and the recordings they were learned from.
        """
        return hash_bytes(voice_to_bytes(voice)), recording_sha256

    def _file_of(self, name: str) -> Path:
        """Return the file next to the record of a voice."""
        folder = self.folder_of(name)
        model = folder / _MODEL
        return model if model.exists() else folder / _VOICE

    def _renew_command(self, name: str) -> str:
        """Return the command that asks again."""
        return f"livecam voice add {name} MODEL{_MODEL_SUFFIX}" if self._file_of(name).name == _MODEL else _renew(name)


def _renew(name: str) -> str:
    return f"livecam voice enrol {name} RECORDING"
