"""Commands other packages bring: there next to ours, and no harm to ours when they are broken."""

import sys
from importlib.metadata import EntryPoint

import typer

from livecam.cli import main
from livecam.cli.plugin_commands import GROUP, add_brought


def brought(monkeypatch, value: str) -> None:
    app = typer.Typer()
    app.command("ours")(lambda: typer.echo("fine"))
    add_brought(app, [EntryPoint("theirs", value, GROUP)])
    monkeypatch.setattr(sys.modules["livecam.cli.main"], "app", app)


def test_a_group_is_added_under_its_entry_points_name(monkeypatch, capsys):
    brought(monkeypatch, "livecam.cli.engines_commands:engines")
    assert main(["theirs", "list"]) == 0
    assert "--engine photo" in capsys.readouterr().out


def test_what_does_not_load_says_so_when_it_is_called_and_not_before(monkeypatch, capsys):
    no_app = "livecam.cli.plugin_commands:GROUP"
    for value, words in (("no_such_module:group", "no_such_module"), (no_app, "is not a Typer app")):
        brought(monkeypatch, value)
        assert main(["ours"]) == 0
        assert main(["theirs"]) == 4
        assert words in capsys.readouterr().err
