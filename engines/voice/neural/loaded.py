"""A voice model and the networks it goes with: found, verified, loaded, and made into streams."""

from collections.abc import Mapping
from pathlib import Path

import onnxruntime

from engines.onnx.brought import fingerprint_of
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import CPU, Provider, chosen
from engines.store.pins import Pins
from engines.voice.neural.companions import Encoder, PitchNet, find_encoder, find_pitch_net
from engines.voice.neural.contracts import Carried, Rvc, contract_of
from engines.voice.neural.net import Net
from engines.voice.neural.pitch import FRAME, NetPitch, OwnPitch, PitchFinder, PitchShift
from engines.voice.neural.rvc import RvcCore, lengths_of
from engines.voice.neural.spoken import NetCore, SpokenCore
from engines.voice.neural.stateful import CarriedCore
from livecam.config.paths import data_folder
from livecam.core.errors import ConsentError
from livecam.core.voice import VoiceModel


class Found:
    """A voice model whose contract fits and whose companions are here; nothing is loaded.

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
        self.contract: Rvc | Carried = contract_of(self.graph)
        self.encoder: Encoder | None = None
        self.pitch: PitchNet | None = None
        if isinstance(self.contract, Rvc):
            lengths_of(self.contract)
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
    def pitched(self) -> bool:
        """Whether its pitch can be moved."""
        return isinstance(self.contract, Rvc) and self.contract.pitched

    @property
    def facts(self) -> Mapping[str, object]:
        """What it is, in words."""
        contract = self.contract
        if isinstance(contract, Carried):
            return {"family": "stateful", "rate_hz": contract.rate_hz, "chunk": contract.chunk}
        pitch = "none" if not contract.pitched else self.pitch.graph.path.name if self.pitch else "livecam's own"
        content = "" if self.encoder is None else self.encoder.graph.path.name
        return {"family": "rvc", "rate_hz": contract.rate_hz, "content": content, "pitch": pitch}


def sha256_of_model(graph: Graph) -> str:
    """What a model is known by: its file, and the weights beside it where it has some.

    Raises:
        EngineError: A file of it is missing.
    """
    return fingerprint_of(graph)


def verified(model: VoiceModel) -> Found:
    """A model, if it is the one that somebody answered for.

    Raises:
        ConsentError: It is another file now.
        EngineError: As `Found`.
    """
    found = Found(model.path)
    if sha256_of_model(found.graph) != model.sha256:
        raise ConsentError(
            f"{model.path} is not the file that was answered for",
            command="livecam voice add NAME MODEL.onnx",
        )
    return found


class LoadedVoice:
    """Sessions of all its networks. Not for two threads at a time."""

    def __init__(self, found: Found, provider: Provider = CPU, threads: int = 1) -> None:
        """Load them.

        Raises:
            EngineError: One does not load there.
        """
        self._found = found
        self._net = Net(found.graph, provider, threads)
        self._content = None if found.encoder is None else Net(found.encoder.graph, provider, threads)
        self._pitch = None if found.pitch is None else Net(found.pitch.graph, provider, threads)

    def core(self, rate_hz: int, voice_hz: float, speaker_hz: float) -> SpokenCore:
        """A fresh stream; pitches in Hz, 0 where they are not known.

        Raises:
            EngineError: A rate it cannot serve.
        """
        return SpokenCore(self._own_core(PitchShift(voice_hz, speaker_hz)), rate_hz)

    def _own_core(self, shift: PitchShift) -> NetCore:
        contract = self._found.contract
        if isinstance(contract, Carried):
            return CarriedCore(contract, self._net)
        if self._found.encoder is None or self._content is None:
            raise RuntimeError("an RVC model is found with its encoder")
        finder: PitchFinder = OwnPitch(lengths_of(contract).whole // FRAME)
        if self._found.pitch is not None and self._pitch is not None:
            finder = NetPitch(self._found.pitch, self._pitch)
        return RvcCore(contract, self._net, self._found.encoder, self._content, finder, shift)


def provider_named(name: str) -> Provider:
    """Where it runs: the CPU unless another is named.

    Raises:
        EngineError: It is unknown, or not in this ONNX Runtime.
    """
    return chosen(name, onnxruntime.get_available_providers()) if name else CPU
