"""The sound of a clip in another voice, block by block with its pictures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from livecam.app.voice_conversion import convert, opening_ns
from livecam.audio.process.engine_selection import learn_speaker, open_selection
from livecam.config.settings import Settings
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S
from livecam.core.errors import SoundError
from livecam.core.ports import AudioWriter, VoiceEngine
from livecam.core.voice import VoiceStatistics
from livecam.devices.media.sound import RATE_HZ
from livecam.devices.media.speech import Recording, examine_clip
from livecam.disclosure.sound.notice import NoticeStyle, notice_style
from livecam.personas.own_voice import check_changed, check_own_voice
from livecam.personas.voice_store import VoiceStore

_AHEAD_NS: Final = NS_PER_S // 2
_USUAL: Final = NoticeStyle()


class Dubbing:
    """Converts the speech of a clip.

    Args:
        sound: (n,) at 48 kHz, from the clip's first picture on; or pieces of it in order.
        engine: Speaks with the other voice.
        manner: Style of the notice that the voice is altered.
        remarks: What was changed or lost of the clip's sound.
    """

    def __init__(
        self,
        sound: NDArray[np.float32] | Iterable[NDArray[np.float32]],
        engine: VoiceEngine,
        manner: NoticeStyle = _USUAL,
        remarks: tuple[str, ...] = (),
    ) -> None:
        self._sound: Iterable[NDArray[np.float32]] = (sound,) if isinstance(sound, np.ndarray) else sound
        self._engine, self._manner, self.remarks = engine, manner, remarks
        self._sounds: Sequence[AudioWriter] = ()
        self._running: Iterator[float] = iter(())
        self._reached_ns = 0

    @property
    def opening_ns(self) -> int:
        """Length of the notice, with the delay of the marks."""
        return opening_ns(self._manner)

    def begin(self, session: int, begin_ns: int, lead_ns: int, sounds: Sequence[AudioWriter]) -> None:
        """Start every one of `sounds` with the notice at `begin_ns`.

        The clip's sound follows `lead_ns` later. `session` is the number in the inaudible mark.
        """
        self._sounds, self._reached_ns = sounds, begin_ns
        silence = np.zeros(max(0, lead_ns - self.opening_ns) * RATE_HZ // NS_PER_S, np.float32)
        self._running = convert(chain((silence,), self._sound), self._engine, session, self, begin_ns, self._manner)

    def send(self, block: MarkedBlock) -> None:
        """Hand a block to every writer.

        Raises:
            OutputError: One of them takes no more.
        """
        self._reached_ns = block.captured_ns
        for sound in self._sounds:
            sound.send(block)

    def speak_until(self, until_ns: int) -> None:
        """Continue until shortly after a time, so that pictures need not wait for sound.

        Raises:
            OutputError: It cannot be written.
        """
        while self._reached_ns < until_ns + _AHEAD_NS and next(self._running, None) is not None:
            pass

    def speak_to_the_end(self) -> None:
        """Convert the rest.

        Raises:
            OutputError: It cannot be written.
        """
        for _ in self._running:
            pass


class KeptSound:
    """The clip's own sound, unchanged, at its own time."""

    opening_ns = 0

    def __init__(self, recording: Recording) -> None:
        """Take the `recording` from the clip's first picture on."""
        self._recording, self.remarks = recording, recording.remarks
        self._sounds: Sequence[KeepsSound] = ()
        self._running: Iterator[AudioBlock] = iter(())
        self._reached_ns = 0

    def begin(self, session: int, begin_ns: int, lead_ns: int, sounds: Sequence[AudioWriter]) -> None:
        """Start the clip's sound `lead_ns` after `begin_ns`, in the files of `sounds`."""
        self._sounds = [sound for sound in sounds if isinstance(sound, KeepsSound)]
        self._reached_ns = begin_ns
        self._running = self._blocks(begin_ns + lead_ns)

    def _blocks(self, begin_ns: int) -> Iterator[AudioBlock]:
        count = 0
        for piece in self._recording.pieces():
            yield AudioBlock(piece[:, None], RATE_HZ, count, begin_ns + count * NS_PER_S // RATE_HZ)
            count += len(piece)

    def speak_until(self, until_ns: int) -> None:
        """Continue until shortly after a time.

        Raises:
            OutputError: It cannot be written.
        """
        while self._reached_ns < until_ns + _AHEAD_NS and (block := next(self._running, None)) is not None:
            self._reached_ns = block.captured_ns + len(block.samples) * NS_PER_S // RATE_HZ
            for sound in self._sounds:
                sound.keep(block)

    def speak_to_the_end(self) -> None:
        """Keep the rest.

        Raises:
            OutputError: It cannot be written.
        """
        for block in self._running:
            for sound in self._sounds:
                sound.keep(block)


@runtime_checkable
class KeepsSound(Protocol):
    """Sound of a file, which takes the sound of a clip."""

    def keep(self, block: AudioBlock) -> None:
        """Append a block, unmarked."""
        ...


def open_kept_sound(settings: Settings) -> KeptSound | None:
    """Open the clip's own sound, if the settings keep it and name no voice.

    Raises:
        SoundError: There is none in the clip.
    """
    if settings.voice != "off" or settings.sound != "keep":
        return None
    path = Path(settings.camera).expanduser()
    if not path.is_file():
        raise SoundError(f"there is no sound in {settings.camera}", advice="run: livecam replay without --sound keep")
    return KeptSound(replace(examine_clip(path), gain=1.0))


def open_dubbing(settings: Settings) -> Dubbing | None:
    """Open the voice the settings name for their clip; None when the voice is off.

    livecam learns the speaker from the clip, unless an enrolled voice is named.

    Raises:
        PersonaError: No such voice, or it may not be used.
        SoundError: There is no sound in the clip.
        VoiceError: Too little speech in it.
    """
    if settings.voice == "off":
        return None
    store = VoiceStore(settings.folder)
    target = store.target(settings.voice)
    path = Path(settings.camera).expanduser()
    if not path.is_file():
        raise SoundError(f"there is no sound in {settings.camera}", advice="run: livecam replay without --voice")
    recording = examine_clip(path)
    check_own_voice(settings.own_voice)
    speaker = (
        learn_speaker(recording.stretches, target, settings.denoise)
        if settings.own_voice is None
        else store.load(settings.own_voice)
    )
    if speaker is not None and isinstance(target, VoiceStatistics):
        check_changed(speaker, target, settings.voice)
    engine = open_selection(
        settings.voice_engine, speaker, target, live=False, denoise=settings.denoise, trusted=settings.trusted
    ).engine
    return Dubbing(recording.pieces(), engine, notice_style(settings.disclosure_group), recording.remarks)
