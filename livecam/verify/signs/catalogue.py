"""All signs, in the order in which they are reported."""

from typing import Final

from livecam.verify.signs import blinks, compression, grain, jitter, light, lips, outline, repeats, sharpness
from livecam.verify.signs.sign import Sign

SIGNS: Final[tuple[Sign, ...]] = (
    lips.SIGN,
    outline.SIGN,
    sharpness.SIGN,
    grain.SIGN,
    light.LAG,
    light.DIRECTION,
    light.COLOUR,
    jitter.SIGN,
    repeats.SIGN,
    compression.SIGN,
    blinks.SIGN,
)
