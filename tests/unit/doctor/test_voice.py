from collections.abc import Mapping
from pathlib import Path

import pytest

from livecam.core.errors import OutputError
from livecam.core.finding import Finding, Health
from livecam.doctor.voice import SoundSystem, check_voice

DEBIAN = "ID=debian\n"


def system(
    tools: bool = True,
    running: bool = True,
    left: bool = False,
    speaking: bool = False,
    microphones: Mapping[str, str] | None = None,
    cable: str = "",
) -> SoundSystem:
    def found() -> str:
        if not cable:
            raise OutputError("there is no virtual microphone on this system", advice="install VB-CABLE")
        return cable

    heard = {"alsa_input.usb": "USB Headset"} if microphones is None else microphones
    return SoundSystem(lambda: tools, lambda: running, lambda: left, lambda: speaking, lambda: heard, found)


def said(sound: SoundSystem, root: Path = Path("/nowhere")) -> dict[str, Finding]:
    return {finding.topic: finding for finding in check_voice(sound, root)}


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


def test_where_all_is_there_the_microphones_are_named() -> None:
    found = said(system())
    assert [finding.health for finding in found.values()] == [Health.OK, Health.OK]
    assert "livecam AI voice" in found["voice"].found
    assert found["microphone"].found == "USB Headset"


def test_without_its_tools_the_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(DEBIAN)
    finding = said(system(tools=False), tmp_path)["voice"]
    assert (finding.health, finding.fix) == (Health.NOTE, "sudo apt install pulseaudio-utils libpulse0")


@pytest.mark.parametrize(
    ("sound", "fix"),
    [
        (system(running=False), "systemctl --user start"),
        (system(left=True), "livecam voice unplug"),
    ],
)
def test_every_obstacle_has_a_fix(sound: SoundSystem, fix: str) -> None:
    finding = said(sound)["voice"]
    assert finding.health is Health.NOTE
    assert finding.fix.startswith(fix)


def test_a_microphone_that_a_livecam_speaks_through_was_not_left_behind() -> None:
    assert said(system(left=True, speaking=True))["voice"].health is Health.OK


def test_without_a_microphone_a_recording_can_speak() -> None:
    finding = said(system(microphones={}))["microphone"]
    assert finding.health is Health.NOTE and "--microphone FILE" in finding.fix


def test_on_other_systems_there_must_be_a_cable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert said(system(cable="CABLE Input"))["voice"].found.endswith("CABLE Input")
    finding = said(system())["voice"]
    assert (finding.health, finding.fix) == (Health.NOTE, "install VB-CABLE")


def test_no_command_has_a_word_that_must_be_replaced_first() -> None:
    findings = said(system(microphones={})) | said(system(tools=False)) | said(system(left=True))
    commands = [finding.fix.split("#")[0] for finding in findings.values()]
    assert not [command for command in commands if any(word.isupper() for word in command.split())]
