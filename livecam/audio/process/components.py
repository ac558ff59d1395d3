"""Open what a live voice needs before it starts.

That is the right to the voice, a microphone, and an output other programs hear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from livecam.audio.process.engine_selection import choose_engine_name, open_denoiser_for
from livecam.audio.process.job import VoiceJob
from livecam.audio.typed.speaker import learn_synthesizer
from livecam.config.setting_groups import DisclosureSettings, VoiceSettings
from livecam.core.persona import PersonaKind
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics, warn_of_distance
from livecam.core.voice_report import VoiceNames
from livecam.devices.sound.devices import (
    VoiceOutput,
    check_output,
    check_recording,
    find_microphone,
    find_voice_output,
)
from livecam.disclosure.sound.notice import NoticeStyle, notice_style
from livecam.personas.own_voice import ENROL, check_changed, check_own_voice
from livecam.personas.voice_store import VoiceStore
from livecam.plugins import open_synthesizer, open_voice_networks

TYPED = "typed"
"""The setting that replaces the microphone by typed text."""
_USUAL = NoticeStyle()


@dataclass(frozen=True, slots=True)
class VoiceComponents:
    """An opened live voice, not started.

    `remarks` are lines the user should read before the run. `check` reads the disk, and raises PersonaError when the
    right to the voice has ended.
    """

    speaker: VoiceStatistics | None
    target: Voice
    microphone: str
    output: VoiceOutput
    name: str
    engine: str = "auto"
    denoise: str = "off"
    remarks: tuple[str, ...] = ()
    manner: NoticeStyle = _USUAL
    check: Callable[[], None] = lambda: None
    trusted: tuple[str, ...] = ()
    synthesizer: str = ""

    @property
    def names(self) -> VoiceNames:
        """Voice, microphone and output, for people."""
        device = self.microphone.partition(":")[2].rpartition("/")[2] or "the default microphone"
        heard = f"typed text, read by {self.synthesizer.partition(':')[0]}" if self.synthesizer else device
        return VoiceNames(self.name, heard, self.output.label)

    def make_job(self, session: int, recorded: bool = False) -> VoiceJob:
        """Return the job of the audio process.

        With `recorded` the process returns its sound, for a recording.
        """
        place = self.output.place
        return VoiceJob(
            self.speaker,
            self.target,
            self.microphone,
            place,
            session,
            engine=self.engine,
            denoise=self.denoise,
            recorded=recorded,
            language=self.manner.language,
            sign_every_s=self.manner.sign_every_s,
            sentence_every_s=self.manner.sentence_every_s,
            trusted=self.trusted,
            synthesizer=self.synthesizer,
        )

    def close(self) -> None:
        """Remove the virtual microphone, unless a program uses it."""
        self.output.close()


def open_voice(
    settings: VoiceSettings, disclosure: DisclosureSettings, folder: Path, trusted: tuple[str, ...] = ()
) -> VoiceComponents | None:
    """Open the voice the settings name; None when the voice is off.

    Args:
        settings: Voice, microphone and output.
        disclosure: How the voice says that it is altered.
        folder: The data folder, which has the user's voices.
        trusted: Packages that may replace the built-in engines.

    Raises:
        PersonaError: No such voice, it may not be used, or it would not change the speaker's.
        EngineError: The voice is a network that is broken or lacks another one, or a denoiser or synthesizer is not
            installed.
        UsageError: The named engine does not support such a voice.
        SoundError: No such microphone, or a recording that cannot be read.
        OutputError: The output does not open, or there is no virtual microphone and none can be made.
    """
    if settings.voice == "off":
        return None
    store = VoiceStore(folder)
    target = store.target(settings.voice)
    engine = choose_engine_name(settings.voice_engine, target)
    open_denoiser_for(settings.denoise, trusted)
    typed = settings.microphone == TYPED
    speaker, remarks = (
        (_typist(settings.synthesizer, disclosure.language, target, folder, trusted), ())
        if typed
        else _speaker(store, settings.own_voice)
    )
    if isinstance(target, VoiceModel):
        remarks = _network_remarks(target, engine, speaker, trusted)
    elif speaker is not None:
        check_changed(speaker, target, settings.voice)
        far = warn_of_distance(speaker, target, settings.voice)
        remarks = remarks if far is None else (*remarks, far)
    microphone = TYPED if typed else find_microphone(settings.microphone)
    check_recording(microphone)
    output = find_voice_output(settings.voice_sink)
    check_output(output.place)
    return VoiceComponents(
        speaker,
        target,
        microphone,
        output,
        settings.voice,
        engine,
        settings.denoise,
        remarks,
        notice_style(disclosure, "typed" if typed else "converted"),
        partial(store.check_record, settings.voice),
        trusted,
        settings.synthesizer if typed else "",
    )


def _typist(name: str, language: str, target: Voice, folder: Path, trusted: tuple[str, ...]) -> VoiceStatistics | None:
    """Return the voice of the synthesizer that reads typed text."""
    synthesizer = open_synthesizer(name, language, trusted)
    return learn_synthesizer(synthesizer, language, target, folder, trusted)


def _network_remarks(
    target: VoiceModel, engine: str, speaker: VoiceStatistics | None, trusted: tuple[str, ...]
) -> tuple[str, ...]:
    """Return remarks on a network as a voice.

    It needs no recording first, only the speaker's pitch.
    """
    facts = open_voice_networks(engine, trusted).check(target)
    about = f"the voice is the network {target.path.name} ({', '.join(f'{k} {v}' for k, v in facts.items())})"
    if target.pitch_hz and speaker is None:
        return about, "your pitch is found while you speak; to be right at once: livecam voice enrol me RECORDING"
    return (about,)


def _speaker(store: VoiceStore, name: str | None) -> tuple[VoiceStatistics | None, tuple[str, ...]]:
    """Return the voice of the speaker at the microphone.

    It is the named one, or the only one of the user's own; else None.
    """
    check_own_voice(name)
    if name is not None:
        return store.load(name), ()
    own = [entry.name for entry in store.list() if entry.kind is PersonaKind.OWN and entry.trouble is None]
    if len(own) == 1:
        return store.load(own[0]), ()
    if own:
        return None, ("several voices are your own, none is taken; name one: --own-voice NAME",)
    return None, (f"your voice is listened to first, in silence; to be heard at once: {ENROL}",)
