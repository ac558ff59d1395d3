"""Commands and groups with a help page of our own: whole words, no Rich import."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from livecam.config.setting_values import RENAMED as RENAMED_KEYS
from livecam.console.help_page import Panel, Row, page, terminal_width
from livecam.console.panels import grouped

RENAMED: Final = {**{f"--{old}": f"--{new}" for old, new in RENAMED_KEYS.items()}, "--agreed-again": "--reconsent"}
"""Options by their old spelling, which is accepted but not shown.

Remove it in version 0.3.
"""

PRINT_AND_EXIT: Final = ("help", "version", "install-completion", "show-completion")


class Command(TyperCommand):
    """A command with panels in its help; it takes options by their old spelling too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, after old spellings have been replaced."""
        return super().parse_args(ctx, current(args))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(help_of(self, ctx))


class Group(TyperGroup):
    """A group of commands with the same help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(help_of(self, ctx))


def current(args: Sequence[str]) -> list[str]:
    """Replace old spellings of options; leave what follows "--"."""
    words = list(args)
    until = words.index("--") if "--" in words else len(words)
    for place, word in enumerate(words[:until]):
        name, equals, value = word.partition("=")
        words[place] = RENAMED.get(name, name) + equals + value
    return words


def use_panels(app: typer.Typer, epilogs: Mapping[str, str], path: str = "") -> None:
    """Give every command and group of an app this help, those of other packages too.

    Args:
        app: It is changed.
        epilogs: What stands at the end of the help, by command without the program's name, as in "persona list".
        path: The command of the app itself.
    """
    app.info.epilog = epilogs.get(path, app.info.epilog)
    for command in app.registered_commands:
        if command.cls is None or command.cls is TyperCommand:
            command.cls = Command
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        command.epilog = epilogs.get(f"{path} {name}".strip(), command.epilog)
    for group in app.registered_groups:
        name = str(group.name)
        if group.typer_instance is not None:
            own = group.typer_instance.info.cls
            group.cls = own if isinstance(own, type) and issubclass(own, Group) else Group
            use_panels(group.typer_instance, epilogs, name)


def help_of(command: Any, context: Any) -> str:
    """Return the help of a command or group in the width of the terminal.

    Args:
        command: A command of Typer; its classes differ between versions of Typer.
        context: The context it is called in.
    """
    params = [param for param in command.get_params(context) if not getattr(param, "hidden", False)]
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = {_name(param): param for param in params if param.param_type_name == "option"}
    panels = [Panel("Arguments", [_argument_row(param) for param in arguments]), *_commands(command, context)]
    for title, names in grouped(list(options)).items():
        panels.append(Panel(title, [_option_row(options[name]) for name in names]))
    usage = " ".join([context.command_path, *_usage(command, arguments, options)])
    return page(usage, command.help or "", panels, command.epilog or "", terminal_width()) + "\n"


def _name(param: Any) -> str:
    longest: str = max(param.opts, key=len)
    return longest.lstrip("-")


def _usage(command: Any, arguments: Sequence[Any], options: dict[str, Any]) -> list[str]:
    required = [f"--{name} {_metavar(param)}" for name, param in options.items() if param.required]
    named = [_metavar(param) if param.required else _in_brackets(_metavar(param)) for param in arguments]
    return ["[OPTIONS]", *named, *required, *(["COMMAND"] if isinstance(command, TyperGroup) else [])]


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.upper().replace("_", "-"))


def _in_brackets(metavar: str) -> str:
    return metavar if metavar.startswith("[") else f"[{metavar}]"


def _without_brackets(metavar: str) -> str:
    """Strip brackets around one value; "[FILE]... [KEY=VALUE]..." stays."""
    inner = metavar.removeprefix("[").removesuffix("]")
    return metavar if "[" in inner else inner


def _argument_row(param: Any) -> Row:
    return Row(_without_brackets(_metavar(param)), _text(param))


def _option_row(param: Any) -> Row:
    names = ", ".join(param.opts) + (f" / {', '.join(param.secondary_opts)}" if param.secondary_opts else "")
    return Row(names if param.is_flag else f"{names} {_metavar(param)}", _text(param))


def _text(param: Any) -> str:
    """Return what it does, and its default unless it prints and exits."""
    exits = param.param_type_name == "option" and _name(param) in PRINT_AND_EXIT
    return f"{param.help or ''} {'' if exits else _default(param)}".strip()


def _default(param: Any) -> str:
    if param.required:
        return "[required]"
    if isinstance(param.show_default, str):
        return f"[default: {param.show_default}]"
    if param.param_type_name == "option" and param.is_flag:
        return "[default: on]" if param.default else "[default: off]"
    if param.default in (None, "", ()):
        return "[default: none]"
    shown = f"{param.default:g}" if isinstance(param.default, float) else str(param.default)
    return f"[default: {shown}]"


def _commands(command: Any, context: Any) -> list[Panel]:
    if not isinstance(command, TyperGroup):
        return []
    shown = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    rows = [Row(name, _first_sentence(each.help or "")) for name, each in shown if each is not None and not each.hidden]
    return [Panel("Commands", rows)]


def _first_sentence(text: str) -> str:
    sentence, stop, _ = " ".join(text.split("\n\n")[0].split()).partition(". ")
    return sentence + ("." if stop else "")
