"""Which files came by `livecam models pull`, and what they were then.

One that changed is not used.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from engines.store.hashes import hash_file
from livecam.core.errors import EngineError, OutputError
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import replace_file

PINS_FILE = "pulled.json"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pulled file.

    Its hash, and its size and time of change, by which a change is noticed without reading it.
    """

    entry: str
    sha256: str
    bytes: int
    changed_ns: int


class Pins:
    """The pins of one folder, kept in a file next to the models."""

    def __init__(self, folder: Path, pins: dict[str, Pin]) -> None:
        self._folder, self._pins = folder, pins

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read them; none where there is no such file.

        Raises:
            EngineError: The file is broken.
        """
        path = folder / PINS_FILE
        if not path.is_file():
            return cls(folder, {})
        try:
            words = parse_json(path.read_text(encoding="utf-8"))
            return cls(folder, {name: Pin(**pin) for name, pin in words.items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise EngineError(
                f"{path} cannot be read", advice=f"delete {path}, then run: livecam models pull NAME"
            ) from error

    def sha256_of_entry(self, entry: str) -> str:
        """Return the hash the first pull of an entry found; "" when there was none."""
        return next((pin.sha256 for pin in self._pins.values() if pin.entry == entry), "")

    def keep(self, entry: str, path: Path, sha256: str) -> None:
        """Pin a file, and write that down.

        Raises:
            OutputError: That cannot be written.
        """
        self._pins[path.name] = Pin(entry, sha256, path.stat().st_size, path.stat().st_mtime_ns)
        text = json.dumps({name: asdict(pin) for name, pin in self._pins.items()}, indent=2) + "\n"
        replace_file(self._folder / PINS_FILE, text.encode())

    def check(self, path: Path) -> None:
        """See that a pulled file is still what was pulled.

        One that was not pulled is the user's own.

        Raises:
            EngineError: It is not.
        """
        pin = self._pins.get(path.name)
        if pin is None or path.parent.resolve() != self._folder.resolve() or not path.is_file():
            return
        state = path.stat()
        if (state.st_size, state.st_mtime_ns) == (pin.bytes, pin.changed_ns):
            return
        if hash_file(path) != pin.sha256:
            raise EngineError(
                f"{path} is not the file that was pulled any more", command=f"livecam models pull {pin.entry} --again"
            )
        with suppress(OutputError):  # it is looked at again next time
            self.keep(pin.entry, path, pin.sha256)
