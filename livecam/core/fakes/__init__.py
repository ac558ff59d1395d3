"""A fake of each port, scripted by data.

Tests of livecam and of plug-ins use them without a camera or a model.
"""

from livecam.core.fakes.faces import FakeFinder, FakeSegmenter, fake_face_points
from livecam.core.fakes.pictures import FakeSink, FakeSource
from livecam.core.fakes.sounds import FAKE_RATE_HZ, FakeSoundSink, FakeSoundSource
from livecam.core.fakes.textures import FakeEnhancer, FakeRefiner, FakeTextureEngine
from livecam.core.fakes.voices import TURNED_SAMPLES, FakeVoiceEngine, alternate_sign

__all__ = [
    "FAKE_RATE_HZ",
    "TURNED_SAMPLES",
    "FakeEnhancer",
    "FakeFinder",
    "FakeRefiner",
    "FakeSegmenter",
    "FakeSink",
    "FakeSoundSink",
    "FakeSoundSource",
    "FakeSource",
    "FakeTextureEngine",
    "FakeVoiceEngine",
    "alternate_sign",
    "fake_face_points",
]
