"""Settings: options over profile over defaults, each value with its origin."""

from dataclasses import fields
from pathlib import Path

import pytest

from livecam.config.paths import user_config_folder, user_data_folder
from livecam.config.profile import read_profile
from livecam.config.setting_values import SETTINGS
from livecam.config.settings import GivenValue, Origin, OriginKind, Settings, resolve, value_of
from livecam.core.errors import UsageError
from livecam.core.persona import PersonaKind


def profile_of(folder: Path, text: str) -> dict[str, GivenValue]:
    path = folder / "livecam.toml"
    path.write_text(text, encoding="utf-8")
    return read_profile(path)


def test_every_setting_has_a_key_and_its_default_is_valid():
    assert {setting.field for setting in SETTINGS.values()} == {field.name for field in fields(Settings)}
    assert Settings().fps == 30.0


def test_nothing_given_means_defaults_throughout():
    resolved = resolve({}, {})
    assert resolved.settings == Settings()
    assert set(resolved.origins.values()) == {Origin(OriginKind.DEFAULT)}


def test_an_option_wins_over_the_profile_and_the_profile_over_the_default(tmp_path):
    profile = profile_of(tmp_path, 'fps = 25\nwhen_lost = "card"\n')
    resolved = resolve({"fps": 60.0, "camera": None}, profile)
    assert (resolved.settings.fps, resolved.settings.when_lost) == (60.0, "card")
    assert resolved.origins["fps"] == Origin(OriginKind.OPTION, "--fps")
    assert resolved.origins["when-lost"] == Origin(OriginKind.PROFILE, f"{tmp_path / 'livecam.toml'}:2")
    assert resolved.origins["camera"] == Origin(OriginKind.DEFAULT)


def test_a_persona_option_replaces_the_face_of_the_profile(tmp_path):
    resolved = resolve({"persona": "ada"}, profile_of(tmp_path, 'face = "me.jpg"\n'))
    assert (resolved.settings.face, resolved.settings.persona) == (None, "ada")
    assert resolved.origins["face"] == Origin(OriginKind.DEFAULT)


def test_a_face_and_a_persona_from_the_same_hand_are_refused():
    with pytest.raises(UsageError, match="both named"):
        resolve({"persona": "ada", "face": "me.jpg"}, {})


def test_paths_in_a_profile_are_relative_to_the_profile(tmp_path):
    resolved = resolve({}, profile_of(tmp_path, 'face = "me.jpg"\njson = "/var/report.json"\n'))
    assert resolved.settings.face == tmp_path / "me.jpg"
    assert resolved.settings.json_path == Path("/var/report.json")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('fps = "thirty"', 'fps must be a number from 15 to 240, got "thirty"'),
        ("fps = true", "fps must be a number from 15 to 240, got the truth value true"),
        ("fps = 0", "got the number 0"),
        ('mirror = "yes"', 'mirror must be true or false, got "yes"'),
        ('size = "1281x720"', "size must be WxH in even pixels"),
        ('size = "huge"', 'got "huge"'),
        ('size = "9998x720"', 'got "9998x720"'),
        ("size = [1280, 720]", "got the list [1280, 720]"),
        ('sink = "udp:1"', "sink must be auto, virtualcam, pipewire, file:PATH or null"),
        ("camera = -1", "camera must be an index, a path, sample, browser or none"),
        ("mode = true", "mode must be swap, head or puppet"),
        ('consent = "own"', "consent is said of one photo, not kept in a profile"),
        ("[camera]\nindex = 0", "camera must be an index, a path, sample, browser or none, got the table"),
        ("voice = 1979-05-27", "got the date 1979-05-27"),
        ('persona = " "', 'persona must be the name of a persona, got " "'),
    ],
)
def test_a_wrong_value_says_expected_actual_and_its_line(tmp_path, line, said):
    with pytest.raises(UsageError) as caught:
        profile_of(tmp_path, f"# a comment\n{line}\n")
    assert said in str(caught.value)
    assert f"{tmp_path / 'livecam.toml'}:2: " in str(caught.value)


def test_an_unknown_key_names_the_nearest_known_one(tmp_path):
    with pytest.raises(UsageError, match=r"toml:1: unknown key camra; did you mean camera\?"):
        profile_of(tmp_path, 'camra = "0"\n')


def test_an_unknown_key_near_to_none_lists_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match="unknown key zzz; known: face, persona"):
        profile_of(tmp_path, "zzz = 1\n")


def test_a_profile_that_is_not_toml_or_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="is not TOML"):
        profile_of(tmp_path, "fps 30\n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_profile(tmp_path / "none.toml")


def test_a_wrong_option_names_the_option_once():
    with pytest.raises(UsageError, match=r"^--size must be WxH"):
        resolve({"size": "12"}, {})


def test_settings_built_by_a_program_are_checked_too():
    with pytest.raises(UsageError, match=r"^strength must be a number from 0 to 1, got the number 2"):
        Settings(strength=2)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_every_value_shown_can_be_written_back(setting):
    filled = Settings(
        face=Path("me.jpg"),
        size_wh=(640, 480),
        consent=PersonaKind.OWN,
        duration_s=2.0,
        json_path=Path("a.json"),
        data_folder=Path("data"),
    )
    shown = value_of(filled, setting)
    if shown is not None:
        assert setting.read(shown, setting.key) == getattr(filled, setting.field)


@pytest.mark.parametrize(
    ("platform", "environ", "data", "config"),
    [
        ("linux", {}, "/home/u/.local/share/livecam", "/home/u/.config/livecam"),
        ("linux", {"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"}, "/d/livecam", "/c/livecam"),
        ("linux", {"XDG_DATA_HOME": "relative"}, "/home/u/.local/share/livecam", "/home/u/.config/livecam"),
        ("darwin", {}, "/home/u/Library/Application Support/livecam", "/home/u/Library/Application Support/livecam"),
        ("win32", {}, "/home/u/AppData/Local/livecam", "/home/u/AppData/Roaming/livecam"),
        ("win32", {"LOCALAPPDATA": "/l", "APPDATA": "/r"}, "/l/livecam", "/r/livecam"),
    ],
)
def test_folders_follow_the_custom_of_the_platform(platform, environ, data, config):
    home = Path("/home/u")
    assert user_data_folder(environ, platform, home) == Path(data)
    assert user_config_folder(environ, platform, home) == Path(config)
