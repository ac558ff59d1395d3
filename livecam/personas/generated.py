"""Keep a synthetic persona that was made from a seed, like one from a photo."""

from dataclasses import replace

import cv2

from livecam.consent.record import new_record
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import Persona, PersonaKind, VerifiedPersona
from livecam.personas.generator.compose import STATEMENT, make_random_persona
from livecam.personas.record_store import hash_bytes
from livecam.personas.store import PersonaStore


def save_generated(seed: int, name: str | None, store: PersonaStore) -> VerifiedPersona:
    """Make the face of a seed and keep it; renew the one that is kept already.

    Args:
        seed: The same number gives the same face.
        name: What to call it; None finds a free name.
        store: Where it is kept.

    Raises:
        PersonaError: The name is taken by another face, or is not a name.
        ConsentError: The face of this seed was revoked.
    """
    made = make_random_persona(seed)
    photo = cv2.imencode(".png", made.photo.pixels)[1].tobytes()
    digest = hash_bytes(photo)
    revoked = store.revocations.find((digest,))
    if revoked is not None:
        raise ConsentError(
            f"the face of seed {seed} was revoked here on {revoked.revoked_at:%Y-%m-%d}, and a seed gives one face",
            advice=f"take another seed: livecam persona synth --seed {seed + 1}",
        )
    record = replace(new_record(PersonaKind.SYNTHETIC, digest, store.now()), statement=STATEMENT)
    known = store.find(digest)
    if known is not None and name in (None, known):
        store.save(Persona(known, PersonaKind.SYNTHETIC, made.photo, record), photo, ".png")
        return store.load(known)
    free = store.free_name(name or made.name)
    if name not in (None, free):
        raise PersonaError(f'"{name}" is taken or is no name', advice=f"choose another, for example --name {free}")
    persona = Persona(free, PersonaKind.SYNTHETIC, made.photo, record)
    store.save(persona, photo, ".png")
    return store.load(free)
