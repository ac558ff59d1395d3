"""Names of the built-in personas and voices, without their data."""

from typing import Final

BUILT_IN_PERSONAS: Final = ("robin", "kim", "sasha", "noor", "toni", "alex")
BUILT_IN_VOICES: Final = ("alder", "birch", "cedar", "maple", "willow")
