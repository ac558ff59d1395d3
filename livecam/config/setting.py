"""One setting: how it is written, what it may be, and its description."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livecam.core.errors import UsageError

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        key: Its name in a profile and, after "--", on the command line.
        field: Its name in `Settings`.
        expects: What a value must be, in words.
        parse: Returns the value in its final type, also from its own results; raises ValueError for anything else.
        about: What it does, with its unit and range; an imperative sentence.
        metavar: Placeholder of its value in the help of its option.
        written_as: The type of its value in a profile; the command line parses its option to it.
        default: The default in words, for the help.
    """

    key: str
    field: str
    expects: str
    parse: Callable[[Any], Any]
    about: str
    metavar: str
    written_as: type[str] | type[float] | type[bool] = str
    default: str = ""

    def read(self, value: Any, place: str) -> Any:
        """Return the checked value.

        Raises:
            UsageError: It is not what is expected; `place` is where it was written.
        """
        try:
            return self.parse(value)
        except ValueError:
            name = place if place.removeprefix("--") == self.key else f"{place}: {self.key}"
            message = f"{name} must be {self.expects}, got {_described(value)}"
            raise UsageError(message, command="livecam config show --help") from None


def _described(value: Any) -> str:
    said = _worded(value)
    return said if len(said) <= _LONGEST_SHOWN else f"{said[:_LONGEST_SHOWN]}…"


def _worded(value: Any) -> str:
    names = {bool: "truth value", int: "number", float: "number", list: "list", dict: "table"}
    if isinstance(value, str):
        return f'"{value}"'
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except (ValueError, RecursionError):
        return "a number or list that is too long to show"
    return f"the {names.get(type(value), type(value).__name__)} {text}"
