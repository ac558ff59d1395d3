"""Options for settings, made from the table that profiles use too."""

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate

import typer

from livecam.config.setting import Setting
from livecam.config.setting_values import SETTINGS
from livecam.console.completion import completion_of

if TYPE_CHECKING:
    from livecam.config.settings import Resolved


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Values by key (None: not given) and the profile to read."""

    options: Mapping[str, Any]
    profile: Path | None

    def resolved(self, **fixed: Any) -> "Resolved":
        """Return the settings with their origins.

        Args:
            fixed: Values by key that the command itself sets.

        Raises:
            UsageError: A value, key or profile that is wrong.
        """
        from livecam.config.paths import config_folder
        from livecam.config.profile import read_profile
        from livecam.config.settings import resolve

        path = self.profile or config_folder() / "livecam.toml"
        # A link that leads nowhere, or a folder, is said and not passed over.
        wanted = self.profile is not None or os.path.lexists(path)
        return resolve({**self.options, **fixed}, read_profile(path) if wanted else {})


def takes_settings(
    *, only: Sequence[str] = (), without: Sequence[str] = (), defaults: Mapping[str, str] | None = None
) -> Callable[[Callable[Concatenate[CommandLine, ...], None]], Callable[..., None]]:
    """Give a command `(given, ...)` an option per setting, and `--profile`.

    Args:
        only: Keys of the settings it takes; all when empty.
        without: Keys it does not take.
        defaults: What this command takes where a setting is not given, in words for its help, by key.
    """
    chosen = [SETTINGS[key] for key in (only or SETTINGS) if key not in without]
    shown = [replace(setting, default=(defaults or {}).get(setting.key, setting.default)) for setting in chosen]

    def decorate(command: Callable[Concatenate[CommandLine, ...], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def called(**values: Any) -> None:
            options = {setting.key: values.pop(_name(setting)) for setting in chosen}
            command(CommandLine(options, values.pop("profile")), **values)

        own = list(inspect.signature(command).parameters.values())[1:]
        signature = inspect.Signature([*own, *map(_parameter, shown), _PROFILE])
        called.__signature__ = signature  # type: ignore[attr-defined]
        called.__annotations__ = {item.name: item.annotation for item in signature.parameters.values()}
        return called

    return decorate


def _name(setting: Setting) -> str:
    return setting.key.replace("-", "_")


@functools.cache
def _parameter(setting: Setting) -> inspect.Parameter:
    flag = f"--{setting.key}"
    if setting.written_as is bool:
        option = typer.Option(f"{flag}/--no-{setting.key}", help=setting.about, show_default=setting.default)
    else:
        option = typer.Option(
            flag,
            help=setting.about,
            metavar=setting.metavar,
            show_default=setting.default,
            autocompletion=completion_of(setting),
        )
    annotation = Annotated[setting.written_as | None, option]  # type: ignore[name-defined]
    return inspect.Parameter(_name(setting), inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


_PROFILE = inspect.Parameter(
    "profile",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        Path | None,
        typer.Option(
            "--profile",
            help="Read settings from this TOML file.",
            metavar="PATH",
            show_default="livecam.toml in the configuration folder",
        ),
    ],
)
AgreedAgain = Annotated[bool, typer.Option("--reconsent", help="Record new consent after a revocation.")]
