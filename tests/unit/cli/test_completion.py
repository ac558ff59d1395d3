"""Shell completion, by the protocol the shells use: words and place in the environment, lines out."""

import pytest

from livecam.cli import main
from livecam.core.built_in_names import BUILT_IN_PERSONAS, BUILT_IN_VOICES
from livecam.host import video_nodes
from livecam.personas.built_in import builtin_names
from livecam.personas.built_in_voices import builtin_voice_names


@pytest.fixture
def complete(monkeypatch, capsys, tmp_path):
    """Complete a line as Bash asks for it; its last word is the incomplete one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def completed(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_LIVECAM_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        assert main([]) == 0
        return capsys.readouterr().out.split()

    return completed


@pytest.fixture
def stored(tmp_path):
    """A persona and a voice of the user, and a folder that is neither."""
    for kind, name in (("personas", "kathy"), ("voices", "sam")):
        folder = tmp_path / "livecam" / kind / name
        folder.mkdir(parents=True)
        (folder / "record.json").touch()
    (tmp_path / "livecam" / "personas" / "k-unfinished").mkdir()


def test_the_separate_names_are_those_of_the_personas_and_voices():
    assert builtin_names() == BUILT_IN_PERSONAS
    assert builtin_voice_names() == BUILT_IN_VOICES


@pytest.mark.parametrize(
    "line", ["livecam run --persona k", "livecam persona show k", "livecam persona enrol k", "livecam demo --persona k"]
)
def test_personas_complete_the_users_first(complete, stored, line):
    assert complete(line) == ["kathy", "kim"]


def test_personas_of_another_data_folder_complete(complete, stored, tmp_path):
    (tmp_path / "other" / "personas" / "kurt").mkdir(parents=True)
    (tmp_path / "other" / "personas" / "kurt" / "record.json").touch()
    assert complete(f"livecam persona show --data-folder {tmp_path / 'other'} k") == ["kurt", "kim"]


def test_voices_complete(complete, stored):
    assert complete("livecam run --voice ") == ["sam", *BUILT_IN_VOICES, "off"]
    assert complete("livecam voice show s") == ["sam"]
    assert complete("livecam run --own-voice ") == ["sam"]
    assert complete("livecam voice convert in.wav out.wav --voice ce") == ["cedar"]


def test_cameras_complete(complete, monkeypatch):
    nodes = (video_nodes.VideoNode(0, "Webcam", False), video_nodes.VideoNode(7, "livecam", True))
    monkeypatch.setattr("livecam.console.completion.video_nodes", lambda: nodes)
    assert complete("livecam run --camera ") == ["0", "sample"]


def test_fixed_words_and_engines_complete(complete):
    assert complete("livecam run --mode ") == ["swap", "head", "puppet"]
    assert complete("livecam run --sink v") == ["virtualcam"]
    assert complete("livecam run --engine ph") == ["photo"]
    assert complete("livecam run --voice-engine g") == ["grain"]


def test_commands_and_options_complete_by_their_new_spelling_alone(complete):
    assert complete("livecam bench s") == ["soak", "scaling"]
    assert "run" in complete("livecam bench ")
    assert complete("livecam run --la") == ["--label-corner", "--label-icon", "--language"]
    assert complete("livecam run --pl") == []


def test_a_data_folder_that_cannot_be_read_offers_the_built_in_names(complete, tmp_path):
    (tmp_path / "livecam").write_text("a file in the way")
    assert complete("livecam run --persona k") == ["kim"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script_that_asks_livecam(capsys, monkeypatch, shell):
    monkeypatch.setenv("_LIVECAM_COMPLETE", f"source_{shell}")
    assert main([]) == 0
    assert "_LIVECAM_COMPLETE" in capsys.readouterr().out


def test_help_offers_to_install_it(livecam):
    assert "--install-completion" in livecam("--help").out
