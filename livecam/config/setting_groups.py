"""The settings in groups, so that each part receives only its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from livecam.core.label import Mode
from livecam.core.persona import PersonaKind

Corner = Literal["top-right", "top-left", "bottom-right", "bottom-left"]
Denoising = Literal["off", "gate", "rnnoise"]
Faces = Literal["1", "all"]
OnOff = Literal["on", "off"]
Language = Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"]
Sound = Literal["keep", "off"]
WhenLost = Literal["hold", "card"]
Skin = Literal["body", "persona"]


@dataclass(frozen=True, kw_only=True)
class CameraSettings:
    """Where pictures come from.

    Attributes:
        camera: Index, path of a clip or folder, or "sample".
        size_wh: Output width and height; None takes the camera's.
        fps: Pictures per second handed to the sink.
    """

    camera: str = "0"
    size_wh: tuple[int, int] | None = None
    fps: float = 30.0


@dataclass(frozen=True, kw_only=True)
class OutputSettings:
    """Where pictures go, and for how long.

    Attributes:
        sink: "auto", "virtualcam", "pipewire", "file:PATH" or "null".
        record: File that what is sent is recorded in as well.
        duration_s: Ends by itself after this time; None runs until it is stopped.
        json_path: Where the report is written at the end.
        mirror: Whether the output is mirrored.
        when_lost: What is shown without a face: the last picture, then the card; or the card at once.
        sound: Whether a replay without a voice keeps the clip's own sound; None leaves it out and says so.
    """

    sink: str = "auto"
    record: Path | None = None
    duration_s: float | None = None
    json_path: Path | None = None
    mirror: bool = False
    when_lost: WhenLost = "hold"
    sound: Sound | None = None


@dataclass(frozen=True, kw_only=True)
class PersonaSettings:
    """Who is shown, and by what right.

    Attributes:
        face: Photo to make the persona of.
        persona: Name of a stored or built-in persona.
        consent: Who the photo shows, for scripts that cannot be asked.
        identity_model: An ArcFace-like network: is the person in front of the camera the one in the photo? For
            personas of kind own, and for `persona enrol`.
        data_folder: Where personas and consent records are kept; None is the user's data folder.
    """

    face: Path | None = None
    persona: str | None = None
    consent: PersonaKind | None = None
    identity_model: Path | None = None
    data_folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The data folder: the one that was named, or the user's."""
        from livecam.config.paths import data_folder  # what it hashes with is slow to import

        return self.data_folder or data_folder()


@dataclass(frozen=True, kw_only=True)
class DrawingSettings:
    """How the face is drawn.

    Attributes:
        engine: "auto", "photo", "onnx:MODEL.onnx", or the name of an installed engine.
        enhance: "off", "detail", or "onnx:MODEL.onnx": what makes a neural engine's textures finer.
        refine: Whether a small network makes the drawn face look photographed, while there is time for it.
        mode: "swap" draws the persona on the live face, "head" its whole head on the live body, "puppet" moves the
            persona's whole photo.
        skin: The tone of skin that mode "head" shows: "body" gives the persona the live body's, "persona" gives neck
            and hands the persona's.
        faces: "1" holds when a second face appears, "all" swaps every face.
        strength: How much of the persona's identity is drawn, 0..1.
    """

    engine: str = "auto"
    enhance: str = "off"
    refine: OnOff = "off"
    mode: Mode = "swap"
    skin: Skin = "body"
    faces: Faces = "1"
    strength: float = 0.9


@dataclass(frozen=True, kw_only=True)
class EngineSettings(DrawingSettings):
    """What draws the face, and how.

    Attributes:
        trusted: Packages that may replace what is livecam's own.
    """

    trusted: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VoiceSettings:
    """What speaks with which voice.

    Attributes:
        voice: Name of a voice, or "off".
        voice_engine: "auto", "grain", "vocoder", or "onnx@PROVIDER" for a voice that is a network.
        denoise: What is done about noise before the voice: nothing, "gate" is silent between words, "rnnoise"
            takes noise out of speech too.
        own_voice: Name of the enrolled voice of who speaks; None takes the only one of their own.
        microphone: "default", a part of a microphone's name, the path of a recording, or "typed" for typed text.
        synthesizer: "espeak-ng" or "piper:VOICE.onnx": what reads typed text before the voice changes it.
        voice_sink: "auto", "device:NAME", "file:PATH" (.wav or .flac) or "null".
        av_offset_ms: By how much the camera's pictures are older than their stamps, for lips and voice; None takes what
            was measured for these devices, else 0.
    """

    voice: str = "off"
    voice_engine: str = "auto"
    denoise: Denoising = "off"
    own_voice: str | None = None
    microphone: str = "default"
    synthesizer: str = "espeak-ng"
    voice_sink: str = "auto"
    av_offset_ms: float | None = None


@dataclass(frozen=True, kw_only=True)
class DisclosureSettings:
    """How output says that it is altered.

    Attributes:
        plate_corner: Where the plate "AI MODIFIED" or "AI GENERATED" stands; it cannot be turned off.
        language: Of the plate, the cards and the spoken notice, as in "de"; "AI" stays on the plate.
        sign_every_min: Minutes between two short signs in the altered voice, 1 to 10; above 5 counts as 5.
        sentence_every_min: Minutes between two spoken notices in the altered voice, 1 to 10.
        time_stamp: Address of the RFC 3161 authority that is asked for the time of a signature; None asks none.
        label_icon: Picture drawn next to the label's words, as the EU's icon in white on black; the words stay.
    """

    plate_corner: Corner = "top-right"
    language: Language = "en"
    sign_every_min: float = 5.0
    sentence_every_min: float = 10.0
    time_stamp: str | None = None
    label_icon: Path | None = None
