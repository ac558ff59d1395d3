import sys
from pathlib import Path

import pytest

from livecam.core.finding import Health
from livecam.core.priority import Rank
from livecam.doctor.programs import check_obs, check_sound_rank, check_sound_server, read_version


def test_obs_is_found_on_the_path_or_where_installers_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = check_obs(lambda _: "/usr/bin/obs")
    assert (finding.health, finding.found) == (Health.OK, "/usr/bin/obs")
    monkeypatch.setattr("sys.platform", "darwin")
    (finding,) = check_obs(lambda _: None, {"darwin": tmp_path})
    assert finding.found == str(tmp_path)


@pytest.mark.parametrize(
    ("platform", "health"), [("linux", Health.OK), ("win32", Health.FAIL), ("darwin", Health.FAIL)]
)
def test_without_obs_only_linux_has_a_virtual_camera(
    platform: str, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    (finding,) = check_obs(lambda _: None, {})
    assert finding.health is health
    assert bool(finding.fix) == (health is Health.FAIL)


def test_the_sound_server_is_recognised_by_its_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}

    def found() -> list[str]:
        return [finding.found for finding in check_sound_server(environment, lambda _: "1.4.2")]

    assert found() == ["not here, and not needed", "none runs; video works without it"]
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse/native").touch()
    assert found()[1] == "PulseAudio's interface"
    (tmp_path / "pipewire-0").touch()
    pipewire, sound = found()
    assert pipewire.startswith("1.4.2, running") and "--sink pipewire" in pipewire
    assert sound == "PulseAudio's interface, by PipeWire"
    monkeypatch.setattr("sys.platform", "win32")
    assert found() == []


@pytest.mark.parametrize(
    ("rank", "health"), [(Rank.REAL_TIME, Health.OK), (Rank.RAISED, Health.NOTE), (Rank.USUAL, Health.NOTE)]
)
def test_a_user_without_real_time_rights_learns_how(
    rank: Rank, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    (finding,) = check_sound_rank(lambda: rank)
    assert finding.health is health and finding.found.startswith(rank)
    assert ("rtprio" in finding.fix) == (health is Health.NOTE)
    monkeypatch.setattr("sys.platform", "win32")
    assert not list(check_sound_rank(lambda: rank))


def test_a_version_is_read_from_what_the_program_says(tmp_path: Path) -> None:
    assert read_version("python", lambda _: sys.executable) == ".".join(map(str, sys.version_info[:3]))
    assert read_version("nothing", lambda _: None) is None
    broken = tmp_path / "broken"
    broken.write_text("no program")
    broken.chmod(0o755)
    assert read_version("broken", lambda _: str(broken)) is None
