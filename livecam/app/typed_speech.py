"""Speak typed text in a persona's voice.

Into a file, or into the virtual microphone as a conversation.
"""

import logging
import secrets
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from livecam.app.stores import voice_store
from livecam.app.voice_conversion import convert
from livecam.audio.process.components import TYPED, VoiceComponents, open_voice
from livecam.audio.process.engine_selection import open_selection
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.audio.typed.speaker import learn_synthesizer
from livecam.audio.typed.speaking import speak_text
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock
from livecam.core.errors import EngineError, UsageError
from livecam.core.files.errors import translate_name_errors
from livecam.core.files.own_files import check_output
from livecam.core.ports import SpeechSynthesizer
from livecam.core.report import WrittenFile
from livecam.core.supervisor import Supervisor
from livecam.core.typed_text import split_sentences
from livecam.core.voice import Voice, VoiceStatistics
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink, check_sound_path
from livecam.disclosure.sound.notice import notice_style
from livecam.personas.own_voice import check_changed
from livecam.plugins import open_synthesizer
from livecam.provenance.sign_outputs import Provenance, sign_voice

_LOG = logging.getLogger(__name__)

_JOIN_S: Final = 2.0
_STARTING_NS: Final = 30 * NS_PER_S
_LOOK_NS: Final = 20 * NS_PER_MS
_FIGURES_NS: Final = 300 * NS_PER_MS
"""Figures of the audio process are at most this old."""


def check_voice_named(settings: Settings) -> None:
    """Refuse settings without a voice.

    Raises:
        UsageError: No voice is named.
    """
    if settings.voice == "off":
        raise UsageError("no voice is named", command="livecam say TEXT --voice NAME")


def write_speech(settings: Settings, text: str, out: Path) -> tuple[WrittenFile, ...]:
    """Write a text into a file, spoken in the voice of the settings.

    The file begins with the notice. All of it carries the mark, as every altered voice does.

    Returns:
        How signing went.

    Raises:
        UsageError: No voice is named, the text is too long, or there is nothing to speak in it.
        PersonaError: No such voice, or it may not be used.
        EngineError: There is no synthesizer, or it does not speak.
        OutputError: The file cannot be written.
    """
    check_voice_named(settings)
    target = voice_store(settings).target(settings.voice)
    check_spoken(text)
    _check_out(out)
    synthesizer = open_synthesizer(settings.synthesizer, settings.language, settings.trusted)
    speaker = _checked_speaker(settings, synthesizer, target)
    speaking = open_selection(settings.voice_engine, speaker, target, live=False, trusted=settings.trusted)
    number = secrets.randbelow(1 << 16)
    manner = notice_style(settings.disclosure_group, "typed")
    with ExitStack() as opened:
        opened.callback(speaking.close)
        sink = opened.enter_context(closing(SoundFileSink(out, RATE_HZ, manner.label)))
        sound = speak_text(text, synthesizer)
        try:
            for _ in convert(sound, speaking.engine, number, sink, manner=manner):
                pass
        except BaseException:
            sink.discard()  # half a text is none
            raise
    _LOG.info("a text of %d characters is spoken in the voice %s", len(text), settings.voice)
    return sign_voice((out,), number, settings.data_folder, Provenance(settings.time_stamp), speech="typed")


def check_spoken(text: str) -> None:
    """Check a text.

    Raises:
        UsageError: It is too long, or there is nothing to speak in it.
    """
    if not split_sentences(text):
        raise UsageError("there is nothing to speak in the text", advice="type words or numbers")


def _check_out(out: Path) -> None:
    with translate_name_errors():
        check_sound_path(out)
        check_output(out, "OUT")


def _checked_speaker(settings: Settings, synthesizer: SpeechSynthesizer, target: Voice) -> VoiceStatistics | None:
    folder = settings.folder
    speaker = learn_synthesizer(synthesizer, settings.language, target, folder, settings.trusted)
    if speaker is not None and isinstance(target, VoiceStatistics):
        check_changed(speaker, target, settings.voice)
    return speaker


def speak_in_session(voice: VoiceProcessMonitor | None, parts: VoiceComponents | None, text: str) -> None:
    """Speak a typed text in a session.

    Raises:
        UsageError: The session reads no typed text, or the text is too long or holds nothing to speak.
        EngineError: The audio process takes none now.
    """
    if voice is None or parts is None or not parts.synthesizer:
        raise UsageError("this session reads no typed text", advice="start it with --voice NAME --microphone typed")
    check_spoken(text)
    if not voice.say(text):
        raise EngineError("the voice is not ready", advice="try again in a moment")


class Conversation:
    """A persona that speaks typed text on the virtual microphone.

    Use it as a context manager: entering starts the audio process, leaving ends it and signs a file it wrote.

    Attributes:
        remarks: Lines a person should read before the first text.
        names: Voice, source of the speech and output, for people.
        files: How signing went, once it is left.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Open voice and output; nothing runs yet.

        Raises:
            UsageError: No voice is named.
            PersonaError: No such voice, or it may not be used.
            EngineError: There is no synthesizer, or it does not speak.
            OutputError: There is no virtual microphone and none can be made.
        """
        check_voice_named(settings)
        voice = replace(settings.voice_group, microphone=TYPED)
        parts = open_voice(voice, settings.disclosure_group, settings.folder, settings.trusted)
        assert parts is not None
        self._settings, self._parts, self._clock = settings, parts, clock or SystemClock()
        self._session, self._workers = secrets.randbelow(1 << 16), Supervisor()
        self._voice = VoiceProcessMonitor(
            parts.make_job(self._session), parts.names, self._clock, listening=parts.output.listening
        )
        self._said = self._restarts = 0
        self.remarks, self.names = parts.remarks, parts.names
        self.files: tuple[WrittenFile, ...] = ()

    def __enter__(self) -> Self:
        self._workers.start("voice", self._voice.run)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as closes:
            closes.callback(self._sign)
            closes.callback(self._parts.close)
            closes.callback(self._voice.close)
            self._workers.stopping.set()
            self._workers.join(_JOIN_S)

    def _sign(self) -> None:
        about = Provenance(self._settings.time_stamp)
        self.files = tuple(
            sign_voice(self._voice.files, self._session, self._settings.data_folder, about, speech="typed")
        )

    @property
    def trouble(self) -> str | None:
        """Why nothing is heard at present, in one line."""
        return self._voice.trouble

    def say(self, text: str) -> None:
        """Speak a text after those before it; return when the audio process has it.

        Raises:
            UsageError: It is too long, or there is nothing to speak in it.
            PersonaError: The right to the voice has ended; nothing more is spoken.
            EngineError: The audio process does not come up.
        """
        check_spoken(text)
        try:
            self._parts.check()
        except BaseException:
            self._voice.mute()
            raise
        end_ns = self._clock.now_ns() + _STARTING_NS
        while not self._voice.say(text):
            if self._clock.now_ns() >= end_ns:
                why = self._voice.trouble or "the audio process does not start"
                raise EngineError(f"nothing is spoken: {why}", command="livecam doctor")
            self._clock.sleep_until_ns(self._clock.now_ns() + _LOOK_NS)
        self._said = self._said + 1 if self._restarts == self._voice.restarts else 1
        self._restarts = self._voice.restarts

    def wait_until_spoken(self) -> bool:
        """Wait until all typed text has been heard.

        Returns:
            False where the process ended before. It loses what waits; the next text starts a new process.
        """
        while self._voice.restarts == self._restarts and not self._workers.stopping.is_set():
            spoken = self._voice.typed >= self._said and not self._voice.is_speaking_text
            self._clock.sleep_until_ns(self._clock.now_ns() + _FIGURES_NS)
            if spoken:
                return True
        return False
