"""The job of the audio process, as one line of text."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass

from livecam.core.files.reading import parse_json
from livecam.core.label import label_of_speech
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics
from livecam.disclosure.sound.notice import SENTENCE_EVERY_S, SIGN_EVERY_S, NoticeStyle
from livecam.personas.voice_file import model_from_bytes, model_to_bytes, voice_from_bytes, voice_to_bytes

_VOICES = "speaker", "target"


@dataclass(frozen=True, slots=True)
class VoiceJob:
    """The speaker, the target voice, the input and the output.

    Attributes:
        speaker: The voice that is changed; None for a speaker whom livecam must record first.
        target: The voice that is heard: statistics, or a network.
        microphone, output: Places, as `livecam.devices.sound.devices` writes them.
        session: The number in the mark.
        first_sample: Where the marked stream continues after a restart.
        hold_ms: How long sound waits for the picture at the start.
        engine: Name of the voice engine.
        denoise: "off", "gate", or the name of a denoiser before the gate.
        recorded: Whether the sound is also returned, for a recording.
        language: Of the spoken notice.
        sign_every_s: Seconds between two signs of the alteration.
        sentence_every_s: Seconds between two spoken notices.
        trusted: Packages that may replace livecam's own voice engines.
        lips: Whether the process returns mouth shapes.
        synthesizer: What reads typed text in place of a microphone; empty where there is one.
    """

    speaker: VoiceStatistics | None
    target: Voice
    microphone: str
    output: str
    session: int
    first_sample: int = 0
    hold_ms: float = 0.0
    engine: str = "auto"
    denoise: str = "off"
    recorded: bool = False
    language: str = "en"
    sign_every_s: float = SIGN_EVERY_S
    sentence_every_s: float = SENTENCE_EVERY_S
    trusted: tuple[str, ...] = ()
    synthesizer: str = ""
    lips: bool = False

    @property
    def notice_style(self) -> NoticeStyle:
        """The style of the notice that the voice is altered."""
        label = label_of_speech("typed" if self.synthesizer else "converted")
        return NoticeStyle(self.language, self.sign_every_s, self.sentence_every_s, label)

    def to_line(self) -> str:
        """Return one line of JSON."""
        plain = asdict(self)
        for name in _VOICES:
            voice = getattr(self, name)
            plain[name] = None if voice is None else b64encode(_to_bytes(voice)).decode()
        plain["network"] = isinstance(self.target, VoiceModel)
        return json.dumps(plain)


def parse_job(line: str) -> VoiceJob:
    """Parse a job."""
    plain = parse_json(line)
    reads = {"speaker": voice_from_bytes, "target": model_from_bytes if plain.pop("network") else voice_from_bytes}
    for name, read in reads.items():
        plain[name] = None if plain[name] is None else read(b64decode(plain[name]))
    return VoiceJob(**{**plain, "trusted": tuple(plain["trusted"])})


def _to_bytes(voice: Voice) -> bytes:
    return model_to_bytes(voice) if isinstance(voice, VoiceModel) else voice_to_bytes(voice)
