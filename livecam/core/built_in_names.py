"""Names of the personas and voices that come with the program, for those who need the names alone."""

from typing import Final

BUILT_IN_PERSONAS: Final = ("robin", "kim", "sasha", "noor", "toni", "alex")
BUILT_IN_VOICES: Final = ("alder", "birch", "cedar", "maple", "willow")
