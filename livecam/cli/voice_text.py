"""Texts that the commands about voices print."""

from collections.abc import Iterator

from livecam.consent.voice_record import VoiceRecord
from livecam.core.voice import NetworkTrial, Voice, VoiceModel, VoiceStatistics


def pitch_text(voice: Voice) -> str:
    """Return the pitch of a voice as text."""
    return f"{voice.pitch_hz:.0f} Hz" if voice.pitch_hz else "-"


def network_text(voice: Voice) -> str:
    """Return the description of a voice's network; empty for one without."""
    return f"the network {voice.path.name}" if isinstance(voice, VoiceModel) else ""


def enrolled_line(name: str, voice: VoiceStatistics, record: VoiceRecord) -> str:
    """Return that a voice is enrolled, from how much speech, and how to use it."""
    return (
        f"{name} is ready ({voice.speech_s:.0f} s of speech, {pitch_text(voice)}, valid until "
        f"{record.expires_at:%Y-%m-%d}): livecam voice convert IN OUT.wav --voice {name}"
    )


def network_lines(name: str, trial: NetworkTrial, record: VoiceRecord) -> Iterator[str]:
    """Yield the result of a network's trial, and how to use it."""
    yield ", ".join(f"{key} {value}" for key, value in trial.facts.items())
    yield (
        f"takes {trial.takes_ms} ms for {trial.frame_ms:g} ms of sound (real-time factor "
        f"{trial.real_time_factor:.2f}); {trial.latency_ms:g} ms late when live"
    )
    if not trial.is_live_capable:
        yield "note: that is too slow to be live here, and a run refuses it; it works for livecam voice convert"
    yield f"{name} is ready (valid until {record.expires_at:%Y-%m-%d}): livecam voice convert IN OUT.wav --voice {name}"
