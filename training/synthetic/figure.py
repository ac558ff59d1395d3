"""A person to draw, and how its parts are lit.

It is the head with skin, eyes, hair and shirt.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.head import PARTS, Head
from training.synthetic.raster import RasterResult
from training.synthetic.texture import sample

Floats = NDArray[np.float32]
GAMMA = 2.2
NUMBER = {name: k for k, name in enumerate(PARTS)}
SKIN_WRAP = np.array([0.05, 0.10, 0.28], np.float32)
"""Light through skin from the lit side, BGR, which makes shadow edges red."""


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """The look of a person, in linear BGR.

    The skin texture is (s, s, 3) in the kit's layout; tone, iris, hair and shirt are (3,). `hair_share` is how much
    the hair's colour hides the scalp, `inset_cm` how far behind the hairline it begins.
    """

    skin: Floats
    tone: Floats
    iris: Floats
    hair: Floats
    shirt: Floats
    hair_share: float = 1.0
    inset_cm: float = 0.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """A distant lamp.

    Unit direction (3,) to it, linear BGR (3,), and the share of its light at each vertex (v,).
    """

    direction: Floats
    colour: Floats
    reached: Floats | float = 1.0


@dataclass(frozen=True, slots=True)
class Lighting:
    """The lamps, and ambient light from above and below, linear BGR (3,) each."""

    lamps: tuple[Lamp, ...]
    above: Floats
    below: Floats


def linear(bgr: Floats) -> Floats:
    """Convert screen values 0..255 to linear light 0..1."""
    return np.asarray((np.clip(bgr, 0, 255) / 255) ** GAMMA, np.float32)


def screen(light: Floats) -> Floats:
    """Convert linear light to screen values 0..255 with a soft shoulder."""
    bright = np.maximum(light - 0.7, 0)
    return np.asarray(
        255 * (np.minimum(light, 0.7) + 0.3 * bright / (bright + 0.3)).clip(0, 1) ** (1 / GAMMA), np.float32
    )


def smooth(values: Floats, low: float, high: float) -> Floats:
    """Return 0 below `low`, 1 above `high`, and a smooth step between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def hair_at(place: Floats, inset_cm: float = 0.0) -> Floats:
    """Return the hair density 0..1 (n,) at places (n, 3) on the neutral head.

    The inset moves the hairline back.
    """
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    hairline = np.interp(z, [-20, -4.5, -1.5, 3.2, 4.6, 6.0, 7.0, 9.0], [-6.5, -6.0, 4.6, 4.4, 2.0, 7.2, 9.0, 10.3])
    ear = (x > 7.6) & (y < 4.4) & (z > -3.5)
    ragged = 0.22 * np.sin(3.1 * place[:, 0] + 1.7 * z) * np.sin(2.3 * y - 1.9 * place[:, 0] + 0.7)
    return np.asarray(smooth((y - hairline - inset_cm + ragged).astype(np.float32), -0.5, 0.6) * ~ear, np.float32)


def shirt_at(place: Floats) -> Floats:
    """Return the shirt mask 0..1 (n,) at places (n, 3) on the neutral head."""
    collar = np.interp(place[:, 2], [-9, -2, 5], [-10.6, -12.6, -14.6])
    return smooth((collar - place[:, 1]).astype(np.float32), -0.08, 0.08)


def mouth_lit(head: Head, sky: Floats) -> Floats:
    """Return the vertices' share of the sky, with teeth and gums as in an open mouth."""
    first, last = PARTS["mouth"][0], PARTS["teeth"][1]
    inner = sky.copy()
    inner[first:last] = 0.55 * smooth(head.neutral[first:last, 2], 6.0, 11.0)
    return inner


def iris_colour(from_pupil: Floats, angle: Floats, iris: Floats) -> Floats:
    """Return linear BGR (n, 3) of the eyeball by distance from the pupil.

    Distances are in texture units: pupil, iris, limbus, white.
    """
    streaks = 0.8 + 0.25 * np.sin(angle * 37) * np.sin(angle * 23 + 1.3)
    ring = (streaks * (1.25 - 2.6 * np.abs(from_pupil - 0.08)))[:, None] * iris
    white = np.array([0.48, 0.50, 0.57], np.float32) * (1.12 - 0.9 * from_pupil[:, None] ** 1.2)
    limbus = smooth(from_pupil, 0.106, 0.124)[:, None]
    pupil = smooth(from_pupil, 0.040, 0.052)[:, None]
    rim = 1 - 0.5 * smooth(from_pupil, 0.085, 0.118)[:, None]
    return np.asarray((ring * rim * (1 - limbus) + white * limbus) * pupil, np.float32)


def albedo(head: Head, seen: RasterResult, look: FigureStyle, place: Floats) -> tuple[Floats, Floats]:
    """Return linear BGR (n, 3) of the visible surface, and its gloss (n,).

    The gloss is 1 for skin, 14 for eyes, 0 for cloth. `place` (n, 3) is the place of each pixel on the neutral head.
    """
    part, uv = head.part[seen.triangle], seen.blend(head.uv)
    colour = sample(look.skin, uv)
    shine = np.ones(len(part), np.float32)
    colour[part == NUMBER["scalp_and_neck"]] = look.tone
    colour[np.isin(part, [NUMBER["mouth"], NUMBER["gums"]])] = (0.09, 0.10, 0.30)
    colour[part == NUMBER["eye_sockets"]] = look.tone * (0.5, 0.5, 0.75)
    colour[part == NUMBER["teeth"]] = (0.50, 0.58, 0.62)
    eye = part >= NUMBER["left_eye"]
    offset = uv[eye] - 0.5
    colour[eye] = iris_colour(np.hypot(*offset.T), np.arctan2(*offset.T), look.iris)
    shine[eye] = 14.0
    skin = part <= NUMBER["scalp_and_neck"]
    hair = look.hair_share * hair_at(place, look.inset_cm) * skin
    shirt = shirt_at(place) * skin
    colour = colour * (1 - hair)[:, None] + look.hair * hair[:, None]
    colour = colour * (1 - shirt)[:, None] + look.shirt * shirt[:, None]
    return colour, shine * (1 - shirt) * (1 - 0.6 * hair)


def lit(
    head: Head, posed: Floats, seen: RasterResult, look: FigureStyle, sky_share: Floats, lighting: Lighting
) -> Floats:
    """Return linear BGR (n, 3) of the visible pixels of a head (v, 3).

    The head is in camera coordinates; the share of the sky is per vertex (v,).
    """
    normals = head.normals(posed)
    reach = [np.broadcast_to(np.asarray(lamp.reached, np.float32), len(posed)) for lamp in lighting.lamps]
    per_vertex = np.column_stack([normals, sky_share, posed, head.neutral, *reach]).astype(np.float32)
    values = seen.blend(per_vertex[head.faces])
    normal = values[:, :3] / np.maximum(np.linalg.norm(values[:, :3], axis=1, keepdims=True), 1e-6)
    view = -values[:, 4:7] / np.linalg.norm(values[:, 4:7], axis=1, keepdims=True)
    colour, shine = albedo(head, seen, look, values[:, 7:10])
    sky = values[:, 3:4]
    upward = (0.5 + 0.5 * normal[:, 1:2]) * lighting.above + (0.5 - 0.5 * normal[:, 1:2]) * lighting.below
    result = colour * upward * sky ** (1 - 0.5 * colour)
    facing = np.clip((normal * view).sum(1), 0, 1)
    for k, lamp in enumerate(lighting.lamps):
        through = values[:, 10 + k : 11 + k]
        toward = (normal @ lamp.direction)[:, None]
        diffuse = np.clip((toward + SKIN_WRAP) / (1 + SKIN_WRAP), 0, 1) * through * np.sqrt(sky)
        half = view + lamp.direction
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        glint = np.clip((normal * half).sum(1), 0, 1)
        wet = shine > 2
        seen_share = np.where(wet, 1.0, sky[:, 0] * through[:, 0])
        gloss = 0.045 * shine * glint ** np.where(wet, 160.0, 14.0) * (1 + 3 * (1 - facing) ** 4) * seen_share
        result = result + lamp.colour * (colour * diffuse + (gloss * (toward[:, 0] > 0))[:, None])
    return np.asarray(result, np.float32)
