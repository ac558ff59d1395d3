"""Voice models of other people's as voices: looked into, tried, and made into engines."""

from collections.abc import Mapping
from pathlib import Path

from engines.onnx.threads import threads
from engines.store.catalogue import in_folder, models_folder
from engines.voice.neural.loaded import Found, LoadedVoice, provider_named, sha256_of_model, verified
from engines.voice.neural.worker import job_of
from engines.voice.neural.worker_link import VoiceWorkerLink
from livecam.core.errors import EngineError
from livecam.core.framing import StatefulVoice
from livecam.core.ports import VoiceEngine
from livecam.core.voice import NetworkTrial, VoiceModel

_LIVE_HZ = 48_000
_MOST_THREADS = 2
_HOP = 240


class OnnxVoices:
    """Voices by ONNX Runtime.

    Args:
        provider: Where they run; the CPU where none is named.
    """

    def __init__(self, provider: str = "") -> None:
        provider_named(provider)
        self._provider = provider
        self._beside: list[VoiceWorkerLink] = []

    def read(self, path: Path, pitch_hz: float = 0.0) -> VoiceModel:
        """The model in a file, known by its bytes from now on; also looked for among the pulled ones.

        Raises:
            EngineError: It is broken, fits no contract, or a network that it goes with is not here.
        """
        found = Found(in_folder(path.expanduser(), models_folder()).absolute())
        if pitch_hz and not found.pitched:
            raise EngineError(
                f"{path.name} is told no pitch, so it has no use for one", command="livecam voice add NAME MODEL.onnx"
            )
        return VoiceModel(found.graph.path, sha256_of_model(found.graph), pitch_hz)

    def check(self, model: VoiceModel) -> Mapping[str, object]:
        """What it is, without loading it.

        Raises:
            EngineError: As `read`.
            ConsentError: It is another file now.
        """
        return verified(model).facts

    def tried(self, model: VoiceModel) -> NetworkTrial:
        """What it is, and how long it takes here: loaded and run in a process of its own.

        Raises:
            EngineError: It does not run.
        """
        facts = verified(model).facts
        engine = self._live(model, 0.0)
        try:
            engine.prepare(_LIVE_HZ, _HOP)
            latency_ms = round(engine.latency_samples * 1000 / _LIVE_HZ, 1)
            return NetworkTrial(facts, latency_ms, engine.frame_ms, engine.takes_ms)
        finally:
            engine.close()

    def engine(self, model: VoiceModel, speaker_hz: float, live: bool) -> VoiceEngine:
        """An engine that speaks with the model's voice.

        Args:
            model: As `read` gave it.
            speaker_hz: How high the speaker speaks; 0 where that is not known: then it is listened for.
            live: Whether sound must not wait: the networks run in a process of their own, else in this one.

        Raises:
            EngineError: It does not load (when it is prepared, if `live`).
            ConsentError: It is another file now.
        """
        if live:
            self._beside.append(self._live(model, speaker_hz))
            return self._beside[-1]
        loaded = LoadedVoice(verified(model), provider_named(self._provider), threads(_MOST_THREADS))
        return StatefulVoice(lambda rate_hz: loaded.core(rate_hz, model.pitch_hz, speaker_hz))

    def close(self) -> None:
        """End the processes of all its engines."""
        for engine in self._beside:
            engine.close()

    def _live(self, model: VoiceModel, speaker_hz: float) -> VoiceWorkerLink:
        return VoiceWorkerLink(
            lambda rate_hz: job_of(model, speaker_hz, rate_hz, self._provider, threads(_MOST_THREADS))
        )


def open_voices(provider: str = "") -> OnnxVoices:
    """Entry point `onnx` of the group `livecam.voices`: "" or the name of a provider.

    Raises:
        EngineError: There is no such provider here.
    """
    return OnnxVoices(provider)
