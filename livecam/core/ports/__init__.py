"""Ports: the contracts of sources, sinks, face finders and engines.

`livecam.core.fakes` has one of each.
"""

from livecam.core.ports.faces import FaceFinder, FaceRecogniser, HeadSegmenter, OutlineNetwork
from livecam.core.ports.pictures import AudioWriter, FrameSink, FrameSource, HasRemarks
from livecam.core.ports.sounds import SoundSink, SoundSource
from livecam.core.ports.textures import EngineBuilder, FaceRefiner, TextureEngine, TextureEnhancer
from livecam.core.ports.voices import SpeechSynthesizer, VoiceEngine, VoiceMaker, VoiceNetworks

__all__ = [
    "AudioWriter",
    "EngineBuilder",
    "FaceFinder",
    "FaceRecogniser",
    "FaceRefiner",
    "FrameSink",
    "FrameSource",
    "HasRemarks",
    "HeadSegmenter",
    "OutlineNetwork",
    "SoundSink",
    "SoundSource",
    "SpeechSynthesizer",
    "TextureEngine",
    "TextureEnhancer",
    "VoiceEngine",
    "VoiceMaker",
    "VoiceNetworks",
]
