import inspect
import subprocess
import sys
from dataclasses import fields

import pytest

import livecam
from livecam.core.errors import UsageError


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(TypeError, match="colour"):
        livecam.open(colour="red")


def test_open_takes_every_setting_with_its_default():
    taken = {name: item.default for name, item in inspect.signature(livecam.open).parameters.items()}
    assert taken == {field.name: field.default for field in fields(livecam.Settings)}


def test_a_wrong_setting_is_refused_before_anything_opens():
    with pytest.raises(UsageError, match="strength"):
        livecam.open(persona="sam", strength=3)


def test_every_exported_name_is_there_and_no_other_is_promised():
    assert len(livecam.__all__) == len(set(livecam.__all__)) == 27
    assert set(livecam._PLACES) | {"open", "__version__"} == set(livecam.__all__)
    for name in livecam.__all__:
        assert getattr(livecam, name) is not None
    with pytest.raises(AttributeError, match="Colour"):
        _ = livecam.Colour


def test_exported_names_are_the_ones_of_their_modules():
    assert livecam.UsageError is UsageError
    assert set(livecam.__all__) <= set(dir(livecam))


def test_importing_livecam_imports_no_other_library():
    heavy = "numpy", "cv2", "onnxruntime", "av", "typer", "rich"
    program = f"import sys, livecam; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_groups_of_the_settings_hold_every_setting_once():
    settings = livecam.Settings(persona="robin", trust_plugin="a, b")
    groups = [getattr(settings, name) for name in dir(settings) if name.endswith("_group")]
    held = [field.name for group in groups for field in fields(group)]
    assert sorted(held) == sorted({field.name for field in fields(settings)} - {"trust_plugin"} | {"trusted"})
    assert settings.persona_group.persona == "robin" and settings.engine_group.trusted == ("a", "b")
