"""The package of an engine: another package takes no name of livecam's own unless the user says so."""

from importlib.metadata import EntryPoint, entry_points
from types import SimpleNamespace

import pytest
import typer
from typer.main import get_command

from livecam import plugins as registry
from livecam.audio.process.job import VoiceJob, parse_job
from livecam.cli.app import app as livecam
from livecam.cli.plugin_commands import GROUP, add_brought
from livecam.config.settings import Settings
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeFinder, FakeTextureEngine
from livecam.core.finding import Health
from livecam.core.plugin_origins import RESERVED, package_of
from livecam.doctor.plugins import check_plugins

FAKES = {
    "face": "livecam.core.fakes:FakeFinder",
    "photo": "livecam.core.fakes:FakeTextureEngine",
    "dream": "livecam.core.fakes:FakeTextureEngine",
}


def point(name: str, group: str = registry.GROUP, package: str = "evil", value: str = "") -> EntryPoint:
    found = EntryPoint(name, value or FAKES.get(name, "livecam.core.fakes:FakeTextureEngine"), group)
    vars(found).update(dist=SimpleNamespace(name=package, version="6.6"))
    return found


@pytest.fixture
def installed(monkeypatch):
    def install(*points: EntryPoint) -> None:
        monkeypatch.setattr(registry, "entry_points", lambda group: [one for one in points if one.group == group])

    return install


OPENED = {
    ("face", registry.GROUP): lambda trusted: registry.open_face_finder(trusted),
    ("photo", registry.GROUP): lambda trusted: registry.open_texture_engine("auto", trusted),
    ("onnx", registry.GROUP): lambda trusted: registry.open_texture_engine("onnx", trusted),
    ("grain", registry.VOICES): lambda trusted: registry.open_voice_maker(trusted=trusted),
    ("onnx", registry.VOICES): lambda trusted: registry.open_voice_networks(trusted=trusted),
    ("rnnoise", registry.DENOISERS): lambda trusted: registry.open_denoiser("rnnoise", trusted),
    ("face", registry.REFINERS): lambda trusted: registry.open_face_refiner(trusted),
    ("detail", registry.ENHANCERS): lambda trusted: registry.open_enhancer("detail", trusted),
}


@pytest.mark.parametrize(("name", "group"), OPENED)
@pytest.mark.parametrize("ours_is_there", [True, False])
def test_a_package_that_takes_a_name_of_ours_is_named_and_refused(installed, name, group, ours_is_there):
    ours = [point(name, group, "livecam", "no_such_module:engine")] if ours_is_there else []
    for points in ([*ours, point(name, group)], [point(name, group), *ours]):
        installed(*points)
        with pytest.raises(EngineError, match=rf"the package evil 6\.6 registers the .*'{name}'") as error:
            OPENED[name, group](())
        assert "--trust-plugin evil" in error.value.help_text and error.value.exit_code == 4


def test_one_that_the_user_trusts_comes_before_ours(installed):
    for points in (
        [point("face", package="livecam", value="no_such_module:engine"), point("face", package="My_Faces")],
        [point("face", package="My_Faces"), point("face", package="livecam", value="no_such_module:engine")],
    ):
        installed(*points)
        assert isinstance(registry.open_face_finder(Settings(trust_plugin="other, my-faces").trusted), FakeFinder)


def test_names_of_its_own_a_package_may_register(installed):
    installed(point("photo", package="livecam"), point("dream"))
    assert isinstance(registry.open_texture_engine("dream"), FakeTextureEngine)
    assert [row[:2] for row in registry.texture_engines()] == [("dream", "evil 6.6"), ("photo", "livecam 6.6")]


def test_the_list_of_engines_does_not_load_what_is_refused(installed):
    installed(point("photo", value="no_such_module:engine"))
    assert registry.texture_engines() == [("photo", "evil 6.6", "refused: the name is livecam's own")]


def test_the_names_that_are_ours_are_those_this_installation_registers():
    for group, names in RESERVED.items():
        ours = {one.name for one in entry_points(group=group) if str(package_of(one)).startswith("livecam ")}
        built_in = {"auto", "off", "gate", *get_command(livecam).commands}
        assert ours <= names <= ours | built_in
    assert RESERVED[GROUP] >= get_command(livecam).commands.keys()


def test_the_doctor_names_each_engines_package_and_fails_a_stolen_name():
    points = {
        registry.GROUP: [point("photo", package="livecam"), point("dream", package="kind"), point("photo")],
        registry.VOICES: [point("grain", registry.VOICES, "livecam")],
    }
    found = {finding.found.partition(" ")[0]: finding for finding in check_plugins(lambda group: points.get(group, []))}
    assert found["livecam"].found == "livecam 6.6: engines/photo, voices/grain"
    assert found["kind"].found == "kind 6.6: engines/dream" and found["kind"].health is Health.OK
    assert found["evil"].health is Health.FAIL and "--trust-plugin" in found["evil"].fix


def test_a_command_of_ours_is_not_replaced():
    app = typer.Typer()
    app.command("run")(lambda: None)
    add_brought(app, [point(name, "livecam.commands", value="no_such_module:app") for name in ("run", "models", "own")])
    assert [group.name for group in app.registered_groups] == ["own"]


def test_the_audio_process_gets_the_trusted_packages():
    job = VoiceJob(None, None, "default", "null", 1, trusted=("a", "b"))
    assert parse_job(job.to_line()).trusted == ("a", "b")
