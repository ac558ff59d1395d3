"""What a signed recording states: how it was made and which marks it carries.

Nothing about who is in it. Pure.
"""

from collections.abc import Sequence
from typing import Any, Final

from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload

COMPOSITE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
PICTURE_MARK: Final = "livecam.in-picture.1"
SOUND_MARK: Final = "livecam.in-sound.1"
_TITLE: Final = "livecam recording"


def build_manifest(payloads: Sequence[MarkPayload], version: str, heard: Sequence[int] = ()) -> dict[str, Any]:
    """Return the manifest of a recording, as `c2pa.Builder` takes it.

    Args:
        payloads: Every message of its in-picture mark; without FACE among its flags there is no picture to carry it.
        version: livecam's own.
        heard: The sessions its in-sound mark carries.
    """
    agent = {"name": "livecam", "version": version}
    created = {"action": "c2pa.created", "digitalSourceType": COMPOSITE, "softwareAgent": agent}
    marked = {"action": "c2pa.watermarked.bound", "softwareAgent": agent}
    created["description"] = "; ".join(dict.fromkeys(map(_words, payloads)))
    assertions = [{"label": "c2pa.actions.v2", "data": {"actions": [created, marked]}}]
    seen = [f"{payload.word:08x}" for payload in payloads if payload.flags & FACE]
    sessions = [f"{session:04x}" for session in heard]
    assertions += [_soft_binding(name, said) for name, said in ((PICTURE_MARK, seen), (SOUND_MARK, sessions)) if said]
    return {"claim_generator_info": [agent], "title": _TITLE, "assertions": assertions}


def _soft_binding(algorithm: str, values: Sequence[str]) -> dict[str, Any]:
    blocks = [{"scope": {}, "value": value} for value in dict.fromkeys(values)]
    return {"label": "c2pa.soft-binding", "data": {"alg": algorithm, "blocks": blocks}}


def _words(payload: MarkPayload) -> str:
    who = "one that depicts no real person" if payload.flags & SYNTHETIC else "a persona's"
    altered = {FACE: f"the face is replaced by {who}", VOICE: "the voice is altered"}
    return ", ".join(words for flag, words in altered.items() if payload.flags & flag)
