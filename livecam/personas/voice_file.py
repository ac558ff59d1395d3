"""Convert a voice to bytes on disk and back.

It is its statistics, or the path of its network.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.core.files.reading import parse_json
from livecam.core.voice import VoiceModel, VoiceStatistics

_NAMES = tuple(field.name for field in fields(VoiceStatistics) if field.name != "read")
_SENTENCES, _LENGTHS, _CLASSES = "sentences", "sentence_lengths", "sentence_classes"


def voice_to_bytes(voice: VoiceStatistics) -> bytes:
    """Return a compressed NumPy archive."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: getattr(voice, name) for name in _NAMES}, **_read_to_arrays(voice.read))
    return buffer.getvalue()


def _read_to_arrays(read: Mapping[str, NDArray[np.uint16]]) -> dict[str, Any]:
    """Return arrays of the read sentences; empty for a voice without any."""
    if not read:
        return {}
    lengths = [len(classes) for classes in read.values()]
    return {_SENTENCES: list(read), _LENGTHS: lengths, _CLASSES: np.concatenate(list(read.values()))}


def _read_of_arrays(arrays: Mapping[str, Any]) -> dict[str, NDArray[np.uint16]]:
    if _SENTENCES not in arrays:
        return {}
    parts = np.split(arrays[_CLASSES], np.cumsum(arrays[_LENGTHS])[:-1])
    return dict(zip(map(str, arrays[_SENTENCES]), parts, strict=True))


def voice_from_bytes(data: bytes) -> VoiceStatistics:
    """Return statistics from their bytes.

    `data` is from `voice_to_bytes`; the caller has checked its hash.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return VoiceStatistics(
            spectra=arrays["spectra"],
            weights=arrays["weights"],
            voiced=arrays["voiced"],
            mean=arrays["mean"],
            spread=arrays["spread"],
            pitch=float(arrays["pitch"]),
            pitch_spread=float(arrays["pitch_spread"]),
            speech_s=float(arrays["speech_s"]),
            read=_read_of_arrays(arrays),
        )


def model_to_bytes(model: VoiceModel) -> bytes:
    """Return a line of JSON."""
    plain = {"path": str(model.path), "sha256": model.sha256, "pitch_hz": model.pitch_hz}
    return (json.dumps(plain) + "\n").encode()


def model_from_bytes(data: bytes) -> VoiceModel:
    """Return a network from its bytes.

    `data` is from `model_to_bytes`; the caller has checked its hash.
    """
    plain = parse_json(data)
    return VoiceModel(Path(plain["path"]), plain["sha256"], plain["pitch_hz"])
