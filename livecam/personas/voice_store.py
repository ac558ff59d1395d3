"""Voices on disk: figures about each or where its network lies, and the record of the right to use it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from livecam.consent.revocations import Revocations
from livecam.consent.voice_record import (
    MODEL,
    VoiceRecord,
    new_voice_record,
    voice_record_from_bytes,
    voice_record_to_bytes,
)
from livecam.core.clock import utc_now
from livecam.core.errors import ConsentError, PersonaError, remedy
from livecam.core.persona import PersonaKind
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics
from livecam.personas.built_in_voices import builtin_voice, builtin_voice_names
from livecam.personas.entry import Entry
from livecam.personas.names import is_name
from livecam.personas.record_store import RecordStore, Words
from livecam.personas.voice_file import model_from_bytes, model_to_bytes, voice_from_bytes, voice_to_bytes

_VOICE, _MODEL = "voice.npz", "model.json"
_WORDS = Words("voice", "livecam voice list", "livecam voice remove {}, then enrol it again")
_MODEL_SUFFIX = ".onnx"


class VoiceStore:
    """The voices of one user, and the built-in ones; a voice is a folder `voices/NAME` of mode 0700.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._records = RecordStore(folder, "voices", voice_record_from_bytes, self._again, _WORDS, now)
        self.revocations = Revocations(folder)
        self.now = now

    def list(self) -> tuple[Entry, ...]:
        """The user's voices by name, then the built-in ones."""
        shipped = (Entry(name, PersonaKind.SYNTHETIC, None, True, None) for name in builtin_voice_names())
        return (*(self._entry(name) for name in self._records.names()), *shipped)

    def load(self, name: str) -> VoiceStatistics:
        """The statistics of a voice that may be used now.

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
        """A voice that may be spoken with now.

        Raises:
            PersonaError: No such voice.
            ConsentError: Its record is missing, damaged, edited, not signed here, expired or taken back, or is about
                another voice; or a file is named that nobody has answered for.
        """
        if name in builtin_voice_names():
            return builtin_voice(name)
        if Path(name).suffix == _MODEL_SUFFIX:
            raise ConsentError(
                f"nobody has said whose voice {Path(name).name} speaks with",
                command=f"livecam voice add my-voice {name}",
            )
        with self._records.ledger.locked():
            record = self._held(name)
            file = self._file_of(name).name
            data = self._records.file(name, file, record.voice_sha256)
        return model_from_bytes(data) if file == _MODEL else voice_from_bytes(data)

    def check_record(self, name: str) -> None:
        """Whether a voice may still be spoken with; asked again and again while a run lasts.

        Raises:
            PersonaError: No such voice.
            ConsentError: As `target`, the voice's file left out.
        """
        if name not in builtin_voice_names():
            with self._records.ledger.locked():
                self._held(name)

    def _held(self, name: str) -> VoiceRecord:
        """The record, read and verified once; called under the ledger's lock."""
        self._records.ledger.see_time()
        self._records.adopt(self._signed_anew)
        record = self._records.read(name)
        self.revocations.check(name, self._again(name), (record.voice_sha256, record.recording_sha256))
        self._records.check_signed(name, record)
        self._records.check_current(name, record)
        if not record.valid_at(self.now()):
            raise ConsentError(
                f"the consent for {name} holds from {record.given_at:%Y-%m-%d} to {record.expires_at:%Y-%m-%d}",
                **remedy(self._again(name)),
            )
        return record

    def _signed_anew(self, name: str, record: VoiceRecord) -> bytes:
        """The record of an earlier version with its name."""
        self._records.file(name, self._file_of(name).name, record.voice_sha256)
        return voice_record_to_bytes(replace(record, name=name), self._records.key)

    def record(self, name: str) -> VoiceRecord:
        """The consent record of one of the user's voices as it stands there, whether it holds or not.

        Raises:
            PersonaError: No such voice.
            ConsentError: The record is missing or damaged.
        """
        return self._records.read(name)

    def learned_from(self, name: str) -> str:
        """What the second hash of a voice's record is of: "recording", or "network"."""
        return "network" if self._file_of(name).name == _MODEL else "recording"

    def folder_of(self, name: str) -> Path:
        """Where a voice of the user is kept.

        Raises:
            PersonaError: No such voice.
        """
        return self._records.folder_of(name)

    def check_name(self, name: str) -> None:
        """Whether a new voice may be called this.

        Raises:
            PersonaError: It is built in, or no name.
        """
        if name in builtin_voice_names() or not is_name(name):
            raise PersonaError(
                f'"{name}" cannot name a voice: it is built in, or not of a-z, 0-9 and inner dashes',
                command="livecam voice enrol my-voice RECORDING",
            )

    def save(self, name: str, voice: VoiceStatistics, kind: PersonaKind, recording_sha256: str) -> VoiceRecord:
        """Keep a voice with the answer to whose it is; one of the same name is replaced.

        Raises:
            PersonaError: A name that is built in or not one.
            ConsentError: The consent for these recordings was taken back.
        """
        self.check_name(name)
        data = voice_to_bytes(voice)
        self.revocations.check(name, _renew(name), self.hashes(voice, recording_sha256))
        record = new_voice_record(kind, _sha256(data), recording_sha256, self.now())
        self._keep(name, _VOICE, data, record)
        return record

    def save_model(self, name: str, model: VoiceModel, kind: PersonaKind) -> VoiceRecord:
        """Keep where a network lies with the answer to whose voice it is; one of the same name is replaced.

        Raises:
            PersonaError: A name that is built in or not one.
            ConsentError: The consent for this network was taken back.
        """
        self.check_name(name)
        data = model_to_bytes(model)
        self.revocations.check(name, f"livecam voice add {name} {model.path}", (model.sha256,))
        record = new_voice_record(kind, _sha256(data), model.sha256, self.now(), MODEL)
        self._keep(name, _MODEL, data, record)
        return record

    def _keep(self, name: str, file: str, data: bytes, record: VoiceRecord) -> None:
        self._records.adopt(self._signed_anew)
        signed = voice_record_to_bytes(replace(record, name=name), self._records.key)
        self._records.keep(name, {file: data}, signed)

    def hashes(self, voice: VoiceStatistics, recording_sha256: str) -> tuple[str, str]:
        """What a voice is known by: its figures and the recordings they were learned from."""
        return _sha256(voice_to_bytes(voice)), recording_sha256

    def remove(self, name: str) -> tuple[Path, ...]:
        """Delete a voice with its record.

        Returns:
            Where links led: what lies there was not deleted.

        Raises:
            PersonaError: No such voice, or it is built in.
        """
        if name in builtin_voice_names():
            raise PersonaError(f"{name} is built in and stays", command="livecam voice list")
        return self._records.remove(name)

    def _file_of(self, name: str) -> Path:
        """What the record of a voice stands beside."""
        folder = self.folder_of(name)
        model = folder / _MODEL
        return model if model.exists() else folder / _VOICE

    def _again(self, name: str) -> str:
        """The command that asks anew."""
        return f"livecam voice add {name} MODEL{_MODEL_SUFFIX}" if self._file_of(name).name == _MODEL else _renew(name)

    def _entry(self, name: str) -> Entry:
        try:
            record = self.record(name)
        except PersonaError as error:
            return Entry(name, None, None, False, str(error))
        try:
            self.target(name)
        except PersonaError as error:
            return Entry(name, record.kind, record.expires_at, False, str(error))
        return Entry(name, record.kind, record.expires_at, False, None)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _renew(name: str) -> str:
    return f"livecam voice enrol {name} RECORDING"
