"""Entry point: every failure becomes two lines and an exit code."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import typer
from typer.core import TyperGroup

from livecam.cli.app import app
from livecam.cli.broken_install import lacks_memory, missing_package
from livecam.cli.early import EXIT_INTERRUPTED, asked_to_end, flushed, open_standard_streams
from livecam.cli.overview import overview
from livecam.console.columns import in_one_line
from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.supervisor import exit_process

EXIT_DONE = 0
EXIT_DEFECT = 1
EXIT_WRONG_USE = 2
EXIT_BROKEN_INSTALL = 3
EXIT_FILES = 3
_COMPLETION = "_LIVECAM_COMPLETE"
"""Set by a shell that asks what completes a line."""
_NO_NAME = ("embedded null", "has an empty name")
_NEEDS = "close other programs, or raise the limit (ulimit -v): livecam needs 1 GB"
_PRINTED = "run the same command again, with its output elsewhere"

# Wrong options, as the parser raises them: its own class is not part of typer's names in every version.
_WrongUse = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The arguments after "livecam"; None for those of the process. `--debug` may stand anywhere in them.

    Returns:
        0 done, 1 defect of livecam, 2 wrong use, 3 device, file or missing package, 4 engine or model, 5 persona or
        consent, 130 interrupted before anything was open. With the arguments of the process it does not return
        if a thread is left in a native call: the process ends with that code.
    """
    open_standard_streams()
    try:
        with asked_to_end():
            code = _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    failed = flushed()
    # A reader that closed the pipe got what it wanted.
    if failed is not None and not isinstance(failed, BrokenPipeError):
        code = code or _failed(f"output lost: {failed.strerror}", _PRINTED, EXIT_FILES, False)
    return exit_process(code) if argv is None else code


def _run(words: list[str]) -> int:
    debug = "--debug" in words
    if not debug:
        # The error that follows says in plain words what OpenCV logs about a device.
        os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    try:
        shown = [word for word in words if word != "--debug"]
        if not shown and _COMPLETION not in os.environ:  # Typer imports Pydantic to parse even that
            typer.echo(overview())
            return EXIT_DONE
        code: int | None = app(args=shown, prog_name="livecam", standalone_mode=False)
    except SystemExit as ended:  # what prints for a shell's completion
        return ended.code if isinstance(ended.code, int) else EXIT_DONE
    except LivecamError as error:
        return _failed(str(error), error.help_line, error.exit_code, debug)
    except _WrongUse as error:
        return _failed(error.format_message(), f"try: {_command_of(words)} --help", EXIT_WRONG_USE, debug)
    except ImportError as error:
        if lacks_memory(error):
            return _failed(f"no memory is left to start: {error.path or error}", _NEEDS, EXIT_BROKEN_INSTALL, debug)
        broken = missing_package(error)
        if broken is None:
            return _failed_unexpectedly(error, debug)
        what, command = broken
        return _failed(what, f"try: {command}", EXIT_BROKEN_INSTALL, debug)
    except (OSError, UnicodeError) as error:
        said = system_error(error)
        return _failed(str(said), said.help_line, said.exit_code, debug)
    except Exception as error:
        return _no_name(error, debug) or _failed_unexpectedly(error, debug)
    return code or EXIT_DONE


def _command_of(words: Sequence[str]) -> str:
    """Return the longest known command at the start of the arguments."""
    known, named = typer.main.get_command(app), ["livecam"]
    for word in words:
        if not isinstance(known, TyperGroup) or word not in known.commands:
            break
        known = known.commands[word]
        named.append(word)
    return " ".join(named)


def _no_name(error: Exception, debug: bool) -> int:
    """Report a path with a null character or no name; return 0 otherwise."""
    if not isinstance(error, ValueError) or not any(word in str(error) for word in _NO_NAME):
        return 0
    said = system_error(error)
    return _failed(str(said), said.help_line, said.exit_code, debug)


def _failed_unexpectedly(error: Exception, debug: bool) -> int:
    return _failed(
        f"unexpected {type(error).__name__}: {error}", "run the same command with --debug", EXIT_DEFECT, debug
    )


def _failed(what: str, help_line: str, exit_code: int, debug: bool) -> int:
    with suppress(OSError):  # without a reader the exit code remains
        if debug:
            traceback.print_exc()
        typer.echo(f"livecam: {_in_one_line(what)}\n  {_in_one_line(help_line)}", err=True)
    return exit_code


def _in_one_line(text: str) -> str:
    return in_one_line(" ".join(text.split()))
