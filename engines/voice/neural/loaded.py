"""A voice model and the networks it goes with.

Found, verified, loaded, and made into streams.
"""

from collections.abc import Mapping
from pathlib import Path

import onnxruntime

from engines.onnx.brought import hash_model
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import CPU, Provider, choose_provider
from engines.store.pins import Pins
from engines.voice.neural.companions import Encoder, PitchNet, find_encoder, find_pitch_net
from engines.voice.neural.contracts import Rvc, StatefulContract, match_contract
from engines.voice.neural.net import Net
from engines.voice.neural.pitch import FRAME, NetPitch, OwnPitch, PitchFinder, PitchShift
from engines.voice.neural.rvc import RvcCore, choose_lengths
from engines.voice.neural.spoken import NetCore, SpokenCore
from engines.voice.neural.stateful import StatefulCore
from livecam.config.paths import data_folder
from livecam.core.errors import ConsentError
from livecam.core.voice import VoiceModel


class FoundModel:
    """A voice model with a matching contract and its companions.

    Nothing is loaded.

    Attributes:
        graph, contract: Of the model.
        encoder, pitch: What an RVC export goes with; None where it needs none.
    """

    def __init__(self, path: Path) -> None:
        """Look into the files.

        Raises:
            EngineError: They fit no contract, are broken, want files from elsewhere, or one is not here.
        """
        Pins.of(path.parent).check(path)
        self.graph: Graph = read_graph(path)
        self.contract: Rvc | StatefulContract = match_contract(self.graph)
        self.encoder: Encoder | None = None
        self.pitch: PitchNet | None = None
        if isinstance(self.contract, Rvc):
            choose_lengths(self.contract)
            folders = (path.parent, data_folder() / "models")
            self.encoder = find_encoder(self.contract, folders, path)
            self.pitch = find_pitch_net(self.contract, folders, path)

    @property
    def bytes(self) -> int:
        """Size of all its files."""
        graphs = [self.graph, *(part.graph for part in (self.encoder, self.pitch) if part is not None)]
        files = [
            path for graph in graphs for path in (graph.path, *(graph.path.parent / place for place in graph.places))
        ]
        return sum(path.stat().st_size for path in files if path.is_file())

    @property
    def has_pitch(self) -> bool:
        """Whether its pitch can be moved."""
        return isinstance(self.contract, Rvc) and self.contract.pitched

    @property
    def facts(self) -> Mapping[str, object]:
        """What it is, in words."""
        contract = self.contract
        if isinstance(contract, StatefulContract):
            return {"family": "stateful", "rate_hz": contract.rate_hz, "chunk": contract.chunk}
        pitch = "none" if not contract.pitched else self.pitch.graph.path.name if self.pitch else "livecam's own"
        content = "" if self.encoder is None else self.encoder.graph.path.name
        return {"family": "rvc", "rate_hz": contract.rate_hz, "content": content, "pitch": pitch}


def hash_voice_model(graph: Graph) -> str:
    """Return what a model is known by.

    Its file, and its external weights where it has some.

    Raises:
        EngineError: A file of it is missing.
    """
    return hash_model(graph)


def verify_model(model: VoiceModel) -> FoundModel:
    """Open a model after checking that it is the one the consent record names.

    Raises:
        ConsentError: It is another file now.
        EngineError: As `FoundModel`.
    """
    found = FoundModel(model.path)
    if hash_voice_model(found.graph) != model.sha256:
        raise ConsentError(
            f"{model.path} is not the file that was answered for",
            command="livecam voice add NAME MODEL.onnx",
        )
    return found


class LoadedVoice:
    """Sessions of all its networks. Not for two threads at a time."""

    def __init__(self, found: FoundModel, provider: Provider = CPU, threads: int = 1) -> None:
        """Load them.

        Raises:
            EngineError: One does not load there.
        """
        self._found = found
        self._net = Net(found.graph, provider, threads)
        self._content = None if found.encoder is None else Net(found.encoder.graph, provider, threads)
        self._pitch = None if found.pitch is None else Net(found.pitch.graph, provider, threads)

    def open_core(self, rate_hz: int, voice_hz: float, speaker_hz: float) -> SpokenCore:
        """Return a fresh stream; pitches in Hz, 0 where they are not known.

        Raises:
            EngineError: A rate it cannot serve.
        """
        return SpokenCore(self._own_core(PitchShift(voice_hz, speaker_hz)), rate_hz)

    def _own_core(self, shift: PitchShift) -> NetCore:
        contract = self._found.contract
        if isinstance(contract, StatefulContract):
            return StatefulCore(contract, self._net)
        if self._found.encoder is None or self._content is None:
            raise RuntimeError("an RVC model is found with its encoder")
        finder: PitchFinder = OwnPitch(choose_lengths(contract).total_samples // FRAME)
        if self._found.pitch is not None and self._pitch is not None:
            finder = NetPitch(self._found.pitch, self._pitch)
        return RvcCore(contract, self._net, self._found.encoder, self._content, finder, shift)


def find_voice_provider(name: str) -> Provider:
    """Return where it runs: the CPU unless another is named.

    Raises:
        EngineError: It is unknown, or not in this ONNX Runtime.
    """
    return choose_provider(name, onnxruntime.get_available_providers()) if name else CPU
