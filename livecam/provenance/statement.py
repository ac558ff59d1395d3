"""State how a signed recording was made and which marks it carries.

It has nothing about the people in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from livecam.core.label import Label
from livecam.core.payload import FACE, GENERATED, SYNTHETIC, VOICE, MarkPayload

_IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
COMPOSITE: Final = f"{_IPTC}compositeWithTrainedAlgorithmicMedia"
SOURCE_TYPES: Final[Mapping[Label, str]] = {
    Label.MODIFIED: COMPOSITE,
    Label.GENERATED: f"{_IPTC}trainedAlgorithmicMedia",
}
"""IPTC's digital source type for each label."""
PICTURE_MARK: Final = "livecam.in-picture.1"
SOUND_MARK: Final = "livecam.in-sound.1"
SIGNPOST, SIGNING, INCOMING = "livecam.detector", "livecam.signing", "livecam.incoming-marks"
INGREDIENT: Final = "livecam.clip"
NO_AUTHORITY: Final = "local deployment: no time stamp authority is configured"
_TITLE: Final = "livecam recording"


def build_manifest(
    payloads: Sequence[MarkPayload],
    version: str,
    heard: Sequence[int] = (),
    *,
    stamped_by: str | None = None,
    unstamped: str = NO_AUTHORITY,
    clip: bool = False,
    incoming: Sequence[MarkPayload] = (),
) -> dict[str, Any]:
    """Return the manifest of a recording, as `c2pa.Builder` takes it.

    Args:
        payloads: Every message of its in-picture mark; without FACE among its flags there is no marked picture.
        version: livecam's own.
        heard: The sessions its in-sound mark carries.
        stamped_by: The authority of the time stamp in the signature; None for a signature without.
        unstamped: Why it carries none.
        clip: Whether the clip it was made of is kept as an ingredient, with the label INGREDIENT.
        incoming: What livecam's mark in that clip says.
    """
    agent = {"name": "livecam", "version": version}
    actions = _made_of(label_of_all(payloads), clip)
    actions[-1]["description"] = "; ".join(dict.fromkeys(map(_words, payloads)))
    actions.append({"action": "c2pa.watermarked.bound"})
    assertions = [
        {"label": "c2pa.actions.v2", "data": {"actions": [{**action, "softwareAgent": agent} for action in actions]}}
    ]
    seen = [f"{payload.word:08x}" for payload in payloads if payload.flags & FACE]
    sessions = [f"{session:04x}" for session in heard]
    carried = [(name, said) for name, said in ((PICTURE_MARK, seen), (SOUND_MARK, sessions)) if said]
    assertions += [_soft_binding(name, said) for name, said in carried]
    assertions.append({"label": SIGNPOST, "data": _signpost([name for name, _ in carried])})
    assertions.append({"label": SIGNING, "data": _signing(stamped_by, unstamped)})
    if incoming:
        marks = [{"alg": PICTURE_MARK, "value": f"{payload.word:08x}"} for payload in incoming]
        assertions.append({"label": INCOMING, "data": {"marks": marks}})
    return {"claim_generator_info": [agent], "title": _TITLE, "assertions": assertions}


def _made_of(label: Label, clip: bool) -> list[dict[str, Any]]:
    """Return the actions that made the file.

    A clip is opened and changed, or only drives what is generated.
    """
    source = {"digitalSourceType": SOURCE_TYPES[label]}
    if not clip:
        return [{"action": "c2pa.created", **source}]
    used = {"parameters": {"ingredientIds": [INGREDIENT]}}
    if relationship(label) == "parentOf":
        return [{"action": "c2pa.opened", **used}, {"action": "c2pa.edited", **source}]
    return [{"action": "c2pa.created", **source, **used}]


def relationship(label: Label) -> str:
    """Return the relationship of a clip to the file.

    It was changed, or it drove a generated picture.
    """
    return "parentOf" if label is Label.MODIFIED else "inputTo"


def _signpost(algorithms: Sequence[str]) -> dict[str, Any]:
    """Return where the detector of these marks can be found.

    It needs no server and no account.
    """
    return {
        "detector": "livecam verify",
        "get": "pip install livecam",
        "format": "docs/mark-format.md in the source of livecam",
        "marks": list(algorithms),
    }


def _signing(stamped_by: str | None, unstamped: str) -> dict[str, Any]:
    """Return what the signature proves about its key and its time."""
    key = "made and kept on the signer's machine; it proves that nothing was changed, not who signed"
    if stamped_by is not None:
        return {"key": key, "timeStamp": stamped_by}
    return {"key": key, "timeStamp": "none", "exception": unstamped}


def _soft_binding(algorithm: str, values: Sequence[str]) -> dict[str, Any]:
    blocks = [{"scope": {}, "value": value} for value in dict.fromkeys(values)]
    return {"label": "c2pa.soft-binding", "data": {"alg": algorithm, "blocks": blocks}}


def label_of_all(payloads: Sequence[MarkPayload]) -> Label:
    """Return the label of a file with these messages.

    It is GENERATED only where every message is.
    """
    return Label.GENERATED if payloads and all(p.flags & GENERATED for p in payloads) else Label.MODIFIED


def _words(payload: MarkPayload) -> str:
    synthetic, generated = payload.flags & SYNTHETIC, payload.label is Label.GENERATED
    who = "one that depicts no real person" if synthetic else "a persona's"
    face = f"the whole picture is generated, its face is {who}" if generated else f"the face is replaced by {who}"
    live = payload.flags & FACE or not generated
    altered = {FACE: face, VOICE: "the voice is altered" if live else "the voice is generated"}
    return ", ".join(words for flag, words in altered.items() if payload.flags & flag)
