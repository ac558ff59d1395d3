"""Choose the engine of a voice.

It is the named engine, the one that fits, or a simpler one where that fails.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.learning import LearningVoice
from livecam.audio.noise_gate import NoiseGatedEngine, extract_speech
from livecam.audio.pipeline import HOP
from livecam.core.errors import EngineError, UsageError, VoiceError
from livecam.core.ports import VoiceEngine, VoiceMaker
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.plugins import (
    DEFAULT_VOICE_ENGINE,
    SPARE_VOICE_ENGINE,
    VOICE_NETWORKS,
    open_denoiser,
    open_voice_maker,
    open_voice_networks,
)

AUTO: Final = "auto"
OFF: Final = "off"
GATE: Final = "gate"


@dataclass(frozen=True, slots=True, eq=False)
class VoiceSelection:
    """An opened voice engine.

    Attributes:
        engine: The engine.
        name: Name of the engine, for people.
        learning: The same engine, if it learns an unknown speaker first.
        why: Why it is not the engine that was meant; empty when it is.
        close: Closes it.
    """

    engine: VoiceEngine
    name: str
    learning: LearningVoice | None = None
    why: str = ""
    close: Callable[[], None] = lambda: None


def choose_engine_name(engine: str, target: Voice) -> str:
    """Return the engine that a setting means for a voice.

    Raises:
        UsageError: That engine does not speak with such a voice.
    """
    networks = engine.partition("@")[0] == VOICE_NETWORKS
    if isinstance(target, VoiceModel):
        if engine not in (AUTO, VOICE_NETWORKS) and not networks:
            raise UsageError(
                f"the voice is a network, '{engine}' speaks with statistics",
                advice=f"add --voice-engine {VOICE_NETWORKS}",
            )
        return VOICE_NETWORKS if engine == AUTO else engine
    if networks:
        raise UsageError(f"the voice is no network, '{engine}' speaks with networks", advice="add --voice-engine auto")
    return engine


def open_denoiser_for(denoise: str, trusted: Collection[str] = ()) -> VoiceEngine | None:
    """Return the denoiser before the gate; None for "off" and "gate".

    Raises:
        EngineError: It is unknown or not installed.
    """
    return None if denoise in (OFF, GATE) else open_denoiser(denoise, trusted)


def open_selection(
    engine: str,
    speaker: VoiceStatistics | None,
    target: Voice,
    live: bool,
    denoise: str = OFF,
    trusted: Collection[str] = (),
) -> VoiceSelection:
    """Open the engine.

    Args:
        engine: Its name; "auto" takes the one that fits, and a simpler one where that cannot be prepared.
        speaker: Who speaks; None for a speaker whom livecam must record first.
        target: The voice that is heard.
        live: Whether sound must not wait for it.
        denoise: "off", "gate", or the name of a denoiser before the gate.
        trusted: Packages that may replace livecam's own engines.

    Raises:
        EngineError: There is no such engine, or it cannot be prepared.
        UsageError: It does not support such a voice.
        ConsentError: The file of a network differs from the one with consent.
    """
    name = choose_engine_name(engine, target)
    if isinstance(target, VoiceModel):
        networks = open_voice_networks(name, trusted)
        speaker_hz = 0.0 if speaker is None else speaker.pitch_hz
        speaks = VoiceSelection(networks.make_engine(target, speaker_hz, live), name, close=networks.close)
    elif name != AUTO:
        speaks = _with_statistics(name, speaker, target, denoise, trusted)
    else:
        try:
            speaks = _with_statistics(DEFAULT_VOICE_ENGINE, speaker, target, denoise, trusted)
        except EngineError as error:
            why = f"{DEFAULT_VOICE_ENGINE}: {error}"
            speaks = replace(_with_statistics(SPARE_VOICE_ENGINE, speaker, target, denoise, trusted), why=why)
    if denoise == OFF:
        return speaks
    return replace(speaks, engine=NoiseGatedEngine(speaks.engine, open_denoiser_for(denoise, trusted)))


def learn_speaker(sound: NDArray[np.float32], target: Voice, denoise: str = OFF) -> VoiceStatistics | None:
    """Return the statistics of the speaker in a recording (n,) at 48 kHz.

    None where it is too short and the voice is a network, which needs no speaker.

    Raises:
        VoiceError: Too little speech for a voice of statistics.
    """
    try:
        return open_voice_maker().learn(_speech(sound, RATE_HZ, denoise), RATE_HZ)
    except VoiceError:
        if isinstance(target, VoiceModel):
            return None
        raise


def _with_statistics(
    name: str, speaker: VoiceStatistics | None, target: VoiceStatistics, denoise: str, trusted: Collection[str]
) -> VoiceSelection:
    maker = open_voice_maker(name, trusted)
    learning = _learning(maker, target, denoise, trusted) if speaker is None else None
    engine = learning or maker.make_engine(speaker or target, target)
    engine.prepare(RATE_HZ, HOP)
    return VoiceSelection(engine, name, learning)


def _learning(maker: VoiceMaker, target: VoiceStatistics, denoise: str, trusted: Collection[str]) -> LearningVoice:
    def learn(sound: NDArray[np.float32], rate_hz: int) -> VoiceStatistics:
        return maker.learn(_speech(sound, rate_hz, denoise, trusted), rate_hz)

    return LearningVoice(learn, lambda speaker: maker.make_engine(speaker, target), target)


def _speech(
    sound: NDArray[np.float32], rate_hz: int, denoise: str, trusted: Collection[str] = ()
) -> NDArray[np.float32]:
    return sound if denoise == OFF else extract_speech(sound, rate_hz, open_denoiser_for(denoise, trusted))
