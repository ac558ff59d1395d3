"""Voice models of other people's as voices.

Looked into, tried, and made into engines.
"""

from collections.abc import Mapping
from pathlib import Path

from engines.onnx.threads import choose_thread_count
from engines.store.catalogue import find_in_folders, models_folder
from engines.voice.neural.loaded import FoundModel, LoadedVoice, find_voice_provider, hash_voice_model, verify_model
from engines.voice.neural.worker import make_job
from engines.voice.neural.worker_link import VoiceWorkerLink
from livecam.core.errors import EngineError
from livecam.core.framing import StatefulVoice
from livecam.core.ports import VoiceEngine
from livecam.core.voice import MOST_REAL_TIME_FACTOR, NetworkTrial, VoiceModel

_LIVE_HZ = 48_000
_MOST_THREADS = 2
_HOP = 240


class OnnxVoices:
    """Voices by ONNX Runtime.

    Args:
        provider: Where they run; the CPU where none is named.
    """

    def __init__(self, provider: str = "") -> None:
        find_voice_provider(provider)
        self._provider = provider
        self._links: list[VoiceWorkerLink] = []

    def read(self, path: Path, pitch_hz: float = 0.0) -> VoiceModel:
        """Return the model in a file, known by its bytes from now on.

        Also looked for among the pulled ones.

        Raises:
            EngineError: It is broken, fits no contract, or a network that it goes with is not here.
        """
        found = FoundModel(find_in_folders(path.expanduser(), models_folder()).absolute())
        if pitch_hz and not found.has_pitch:
            raise EngineError(
                f"{path.name} takes no pitch, so it has no use for one", command="livecam voice add NAME MODEL.onnx"
            )
        return VoiceModel(found.graph.path, hash_voice_model(found.graph), pitch_hz)

    def check(self, model: VoiceModel) -> Mapping[str, object]:
        """Return what it is, without loading it.

        Raises:
            EngineError: As `read`.
            ConsentError: It is another file now.
        """
        return verify_model(model).facts

    def run_trial(self, model: VoiceModel) -> NetworkTrial:
        """Return what it is, and how long it takes here.

        Loaded and run in a process of its own.

        Raises:
            EngineError: It does not run.
        """
        facts = verify_model(model).facts
        engine = self._live(model, 0.0)
        try:
            engine.prepare(_LIVE_HZ, _HOP)
            latency_ms = round(engine.latency_samples * 1000 / _LIVE_HZ, 1)
            return NetworkTrial(facts, latency_ms, engine.frame_ms, engine.takes_ms)
        finally:
            engine.close()

    def make_engine(self, model: VoiceModel, speaker_hz: float, live: bool) -> VoiceEngine:
        """Return an engine that speaks with the model's voice.

        Args:
            model: As `read` gave it.
            speaker_hz: How high the speaker speaks; 0 where that is not known: then it is listened for.
            live: Whether sound must not wait: the networks run in a process of their own, else in this one.

        Raises:
            EngineError: It does not load (when it is prepared, if `live`, and then also when it cannot keep up).
            ConsentError: It is another file now.
        """
        if live:
            self._links.append(self._live(model, speaker_hz, MOST_REAL_TIME_FACTOR))
            return self._links[-1]
        loaded = LoadedVoice(
            verify_model(model), find_voice_provider(self._provider), choose_thread_count(_MOST_THREADS)
        )
        return StatefulVoice(lambda rate_hz: loaded.open_core(rate_hz, model.pitch_hz, speaker_hz))

    def close(self) -> None:
        """End the processes of all its engines."""
        for engine in self._links:
            engine.close()

    def _live(self, model: VoiceModel, speaker_hz: float, most_factor: float | None = None) -> VoiceWorkerLink:
        return VoiceWorkerLink(
            lambda rate_hz: make_job(model, speaker_hz, rate_hz, self._provider, choose_thread_count(_MOST_THREADS)),
            most_factor=most_factor,
        )


def open_voices(provider: str = "") -> OnnxVoices:
    """Entry point `onnx` of the group `livecam.voices`: "" or the name of a provider.

    Raises:
        EngineError: There is no such provider here.
    """
    return OnnxVoices(provider)
