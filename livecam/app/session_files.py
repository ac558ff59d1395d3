"""The files of a session: what was written, signed, or stopped before its end."""

from dataclasses import dataclass, replace

from livecam.app.components import Components
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.config.settings import Settings
from livecam.core.errors import STOPPED, OutputError
from livecam.core.label import Speech
from livecam.core.report import WrittenFile
from livecam.disclosure.picture import Marker
from livecam.provenance.sign_outputs import Provenance, sign_voice, sign_written
from livecam.video.pipeline.workers import RecordLoop


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """What writes the files of a session.

    Attributes:
        settings: Where the keys are, and who states the time.
        parts: As opened.
        marker: What the marks said.
        recorder: Writes the recording, if there is one.
        voice: Writes the sound of the voice, if there is one.
        records_sound: Whether the session's recording has sound.
    """

    settings: Settings
    parts: Components
    marker: Marker
    recorder: RecordLoop | None
    voice: VoiceProcessMonitor | None
    records_sound: bool

    def sign(self, error: BaseException | None) -> tuple[WrittenFile, ...]:
        """Sign all files, once they are closed.

        Args:
            error: What ended the session, if anything did.

        Returns:
            One entry a file, with why that file stopped.
        """
        session, folder = self.marker.payload.session, self.settings.data_folder
        heard = (session,) if self.parts.sounds and self.records_sound else ()
        about = Provenance(self.settings.time_stamp)
        files = sign_written(self.parts.files, self.marker.said, folder, heard, about)
        if self.voice is not None:
            files += sign_voice(self.voice.files, session, folder, about, self._speech)
        return tuple(self._noted(file, error) for file in files)

    def find_failure(self) -> OutputError | None:
        """Return why a recording ended before the run did."""
        if self.recorder is not None and self.recorder.failure is not None:
            return self.recorder.failure
        trouble = self.voice.trouble if self.voice is not None and self.voice.files else None
        if trouble is not None and trouble.startswith(STOPPED):
            return OutputError(trouble, advice="free some space, or choose another place: --voice-sink file:PATH")
        return None

    @property
    def _speech(self) -> Speech:
        """How the voice is made."""
        return "typed" if self.parts.voice is not None and self.parts.voice.synthesizer else "converted"

    def _noted(self, file: WrittenFile, error: BaseException | None) -> WrittenFile:
        recorded = self.recorder.trouble if self.recorder is not None else None
        stopped = (text for text in (recorded, str(error)) if text and text.startswith(STOPPED))
        failure = next((text for text in stopped if file.path in text), None)
        return file if failure is None else replace(file, stopped=failure)
