"""What there is, on the screen: settings with their origin, personas with their right."""

import json
import re

import pytest

from livecam import plugins as registry
from livecam.cli import doctor_command
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeFinder
from livecam.core.finding import Finding, Health
from livecam.doctor import checks as doctor
from livecam.doctor.self_test import SelfTest
from livecam.personas.built_in import builtin_names
from livecam.personas.photo import face
from livecam.personas.photo.quality import PhotoFinding, Severity
from tests.unit.cli.test_consent_refusals import photo, remember  # noqa: F401


def test_config_show_says_value_origin_and_place(livecam, tmp_path):
    profile = tmp_path / "mine.toml"
    profile.write_text('# mine\ncamera = 2\nmirror = true\nface = "me.jpg"\n')
    lines = livecam("config", "show", "--profile", profile, "--fps", 25, "--strength", 1).out.splitlines()
    shown = {line.split()[0]: line.split()[1:] for line in lines}
    assert shown["camera"] == ["2", "profile", f"{profile}:2"]
    assert shown["mirror"] == ["true", "profile", f"{profile}:3"]
    assert shown["face"] == [str(tmp_path / "me.jpg"), "profile", f"{profile}:4"]
    assert shown["fps"] == ["25.0", "option", "--fps"]
    assert shown["strength"] == ["1.0", "option", "--strength"]
    assert shown["when-lost"] == ["hold", "default"]
    assert shown["size"] == ["-", "default"]


def test_config_show_has_the_same_as_json(livecam):
    shown = json.loads(livecam("config", "show", "--json", "--size", "640x480", "--consent", "own").out)
    assert shown["size"] == {"value": "640x480", "origin": "option", "place": "--size"}
    assert shown["consent"]["value"] == "own"
    assert shown["duration"] == {"value": None, "origin": "default", "place": ""}


def test_the_profile_of_the_config_folder_is_read_without_being_named(livecam, tmp_path):
    path = tmp_path / "config" / "livecam" / "livecam.toml"
    path.parent.mkdir(parents=True)
    path.write_text("fsp = 25\n")
    said = livecam("run", "--persona", "robin")
    assert said.code == 2
    assert f"{path}:1: unknown key fsp; did you mean fps?" in said.err


def test_the_list_of_an_empty_store_is_the_built_in_faces(livecam):
    lines = livecam("persona", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(builtin_names())
    assert all("synthetic" in line and "built in" in line for line in lines[1:])


def test_a_persona_is_listed_shown_and_removed(livecam, photo, tmp_path):  # noqa: F811
    remember(photo, tmp_path / "data" / "livecam")
    assert livecam("persona", "list").out.splitlines()[1].split()[:2] == ["me", "own"]
    shown = livecam("persona", "show", "me").out
    assert "This is my own face." in shown
    assert str(tmp_path / "data" / "livecam" / "personas" / "me") in shown
    assert "usable        yes" in shown
    assert "me is gone" in livecam("persona", "remove", "me").out
    assert livecam("persona", "show", "me").code == 5


def test_an_ended_persona_is_listed_with_its_fault_and_can_be_renewed(livecam, photo, tmp_path):  # noqa: F811
    remember(photo, tmp_path / "data" / "livecam", age_days=400)
    assert "the consent for me ended on" in livecam("persona", "list").out
    assert livecam("persona", "renew", "me").code == 5
    assert "me is valid until" in livecam("persona", "renew", "me", "--consent", "own").out
    assert "usable        yes" in livecam("persona", "show", "me").out


@pytest.mark.parametrize("command", ["show", "remove", "renew"])
def test_a_persona_that_is_not_there_is_5(livecam, command):
    assert livecam("persona", command, "unknown").code == 5


def test_built_in_faces_are_shown_and_stay(livecam):
    name = builtin_names()[0]
    assert "always: built in" in livecam("persona", "show", name).out
    assert livecam("persona", "remove", name).code == 5
    assert livecam("persona", "renew", name).code == 5


@pytest.fixture
def finder(monkeypatch):
    """Photos are looked at by a fake finder and found to be rather dark."""
    finder = FakeFinder()
    dark = PhotoFinding("dark", Severity.WARNING, "the face is rather dark", "face a window")
    monkeypatch.setattr(registry, "open_face_finder", lambda trusted=(): finder)
    monkeypatch.setattr(face, "check_photo", lambda pixels, mesh: (dark,))
    return finder


def test_an_added_persona_is_ready_and_its_faults_are_shown_at_every_use(livecam, stage, photo, finder):  # noqa: F811
    said = livecam("persona", "add", photo, "--consent", "own")
    assert said.out == "note: the face is rather dark: face a window\nme is ready: livecam run --persona me\n"
    assert finder.closed
    assert "the face is rather dark" in livecam("persona", "show", "me").out
    assert "note: the face is rather dark" in livecam("run", "--persona", "me").out


def test_a_profile_that_names_a_persona_does_not_prevent_adding_a_photo(livecam, photo, finder, tmp_path):  # noqa: F811
    (tmp_path / "livecam.toml").write_text('persona = "robin"\n')
    assert livecam("persona", "add", photo, "--consent", "own", "--profile", tmp_path / "livecam.toml").code == 0


def test_a_face_from_a_seed_is_ready_under_its_name(livecam):
    said = livecam("persona", "synth", "--seed", 7, "--name", "seven")
    assert said.out == "seven is ready: livecam run --persona seven\n"
    assert livecam("persona", "list").out.splitlines()[1].startswith("seven")


def test_devices_are_listed_for_people_and_for_programs(livecam, monkeypatch):
    monkeypatch.setattr(doctor_command, "list_cameras", lambda: ())
    monkeypatch.setattr(doctor_command, "list_loopbacks", lambda: ())
    monkeypatch.setattr(doctor_command, "list_microphones", dict)
    said = livecam("devices").out
    assert "no camera found" in said and "no microphone found" in said
    assert json.loads(livecam("devices", "--json").out) == {"cameras": [], "virtual_cameras": [], "microphones": []}


def test_microphones_are_listed_as_they_can_be_named(livecam, monkeypatch):
    monkeypatch.setattr(doctor_command, "list_microphones", lambda: {"alsa_input.usb": "USB Headset"})
    assert any(line.split() == ["alsa_input.usb", "USB", "Headset"] for line in livecam("devices").out.splitlines())
    listed = json.loads(livecam("devices", "--json").out)["microphones"]
    assert listed == [{"name": "alsa_input.usb", "label": "USB Headset"}]


@pytest.mark.parametrize(("health", "code"), [(Health.OK, 0), (Health.NOTE, 0), (Health.FAIL, 3)])
def test_the_doctor_ends_with_3_when_something_fails(livecam, monkeypatch, health, code):
    fix = "" if health is Health.OK else "buy a camera"
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("camera", health, "none", fix)])
    said = livecam("doctor")
    assert said.code == code
    assert "camera" in said.out
    assert said.err == ("" if code == 0 else "livecam: 1 of 1 checks fail\n  buy a camera\n")


def test_the_doctor_fixes_checks_again_and_says_what_it_ran(livecam, monkeypatch):
    examined = iter([[Finding("av", Health.FAIL, "not installed", "sudo true")], [Finding("av", Health.OK, "18")]])
    monkeypatch.setattr(doctor, "examine", lambda: next(examined))
    monkeypatch.setattr("livecam.doctor.fix._shell", lambda command: 0)
    said = livecam("doctor", "--fix")
    assert (said.code, said.out) == (0, "ok  av  18\n")
    assert said.err.startswith("$ ") and said.err.endswith("true\n")


def test_a_command_that_does_not_fix_it_is_a_failure(livecam, monkeypatch):
    broken = Finding("av", Health.FAIL, "not installed", "sudo false")
    monkeypatch.setattr(doctor, "examine", lambda: [broken])
    monkeypatch.setattr("livecam.doctor.fix._shell", lambda command: 1)
    said = livecam("doctor", "--fix")
    assert said.code == 3
    assert "exit code 1: false" in said.out


def test_the_self_test_is_a_line_of_the_report(livecam, monkeypatch):
    def no_camera(clock, **_):
        raise OutputError("there is no virtual camera on this system", command="sudo modprobe v4l2loopback")

    monkeypatch.setattr(doctor, "examine", lambda: [])
    monkeypatch.setattr(doctor_command, "run_self_test", no_camera)
    said = livecam("doctor", "--self-test", "--json")
    assert said.code == 3
    assert json.loads(said.out)[0]["topic"] == "self test"
    found = SelfTest("/dev/video10", (1280, 720), 30.0, 34.0, 41.0, 90, 0)
    monkeypatch.setattr(doctor_command, "run_self_test", lambda clock, **_: found)
    seen = (
        "Zoom and other programs will see 1280x720 at 30.0 fps, 34 ms after capture (p95 41 ms); 90 pictures, 0 damaged"
    )
    assert livecam("doctor", "--self-test").out == f"ok  self test  {seen}\n"
    (line,) = json.loads(livecam("doctor", "--self-test", "--json").out)
    assert (line["figures"]["rate_hz"], line["figures"]["latency_p95_ms"]) == (30.0, 41.0)


def test_the_engines_are_listed_with_what_they_are(livecam):
    said = livecam("engines", "list")
    assert said.code == 0
    assert re.search(r"--engine photo +livecam \S+  The photo as a texture", said.out)
    assert "--engine onnx" in said.out and "--engine slow" in said.out and "--engine face" not in said.out


def test_building_an_engine_without_a_model_is_4(livecam, tmp_path):
    said = livecam("engines", "build", str(tmp_path / "none.onnx"))
    assert said.code == 4
    assert "there is no model" in said.err
