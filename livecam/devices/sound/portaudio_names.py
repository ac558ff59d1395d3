"""Find the PortAudio device of a name.

Windows lists each device again for every host interface.
"""

from dataclasses import dataclass
from typing import Any, Final

_WASAPI: Final = "Windows WASAPI"
_WAYS: Final = (_WASAPI, "Core Audio", "ALSA", "Windows DirectSound", "MME", "Windows WDM-KS")
"""PortAudio's host interfaces, the fastest shared one first."""
_MME_LETTERS: Final = 31
"""Length to which MME cuts names."""


@dataclass(frozen=True, slots=True)
class ChosenDevice:
    """A device as `sounddevice` takes it.

    It has a number (None is the system's default), and settings of its interface.
    """

    device: int | str | None
    settings: Any = None


def list_names(sound: Any, channels: str) -> tuple[str, ...]:
    """Return the devices with such channels, each once.

    Args:
        sound: The module `sounddevice`.
        channels: "max_input_channels" or "max_output_channels".
    """
    found = dict.fromkeys(str(device["name"]) for device in sound.query_devices() if device[channels])
    return tuple(name for name in found if not any(_is_cut(name, other) for other in found))


def _is_cut(name: str, whole: str) -> bool:
    return len(name) == _MME_LETTERS and len(whole) > _MME_LETTERS and whole.startswith(name)


def choose_device(sound: Any, name: str, channels: str) -> ChosenDevice:
    """Return the device of exactly this name, by its best host interface.

    An unknown name stays unchanged.
    """
    if not name:
        return ChosenDevice(None)
    ways = [str(way["name"]) for way in sound.query_hostapis()]
    hits = [
        (_rank(ways[device["hostapi"]]), number)
        for number, device in enumerate(sound.query_devices())
        if device["name"] == name and device[channels]
    ]
    if not hits:
        return ChosenDevice(name)
    rank, number = min(hits)
    # Otherwise WASAPI takes nothing but the rate and the channels the device is set to.
    shared = sound.WasapiSettings(auto_convert=True) if rank == _WAYS.index(_WASAPI) else None
    return ChosenDevice(number, shared)


def _rank(way: str) -> int:
    return _WAYS.index(way) if way in _WAYS else len(_WAYS)
