"""Commands in hints can be typed: from a checkout and from a wheel."""

import shlex
import sys
from pathlib import Path

import pytest

from livecam.core import install
from livecam.core.install import install_command

PIP = [sys.executable, "-m", "pip", "install"]
REQUIRES = [
    "numpy<3,>=2.1",
    'onnxruntime-gpu[cuda,cudnn]<2,>=1.27; extra == "gpu"',
    "tensorrt<12,>=11 ; extra == 'gpu'",
    "grpcio<2,>=1.71; extra == 'remote'",
]


def test_a_package_is_installed_into_the_python_that_runs():
    assert shlex.split(install_command("websocket-client")) == [*PIP, "websocket-client"]


def test_an_extra_of_a_checkout_names_its_folder():
    root = Path(install.__file__).parents[2]
    assert shlex.split(install_command("[gpu]")) == [*PIP, "-e", f"{root}[gpu]"]


def test_an_extra_of_a_wheel_is_what_the_wheel_asks_for(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "requires", lambda name: REQUIRES)
    words = shlex.split(install_command("[gpu]", checkout=tmp_path))
    assert words == [*PIP, "onnxruntime-gpu[cuda,cudnn]<2,>=1.27", "tensorrt<12,>=11"]


@pytest.mark.parametrize("given", [None, [], REQUIRES])
def test_an_extra_that_the_wheel_does_not_know_is_asked_for_by_name(given, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "requires", lambda name: given)
    assert shlex.split(install_command("[new]", checkout=tmp_path))[-1] == "livecam[new]"


def test_without_any_metadata_it_is_asked_for_by_name(tmp_path, monkeypatch):
    def missing(name):
        raise install.PackageNotFoundError(name)

    monkeypatch.setattr(install, "requires", missing)
    assert shlex.split(install_command("[gpu]", checkout=tmp_path))[-1] == "livecam[gpu]"


def test_a_folder_with_a_space_stays_one_word(tmp_path):
    folder = tmp_path / "my own"
    folder.mkdir()
    folder.joinpath("pyproject.toml").touch()
    assert shlex.split(install_command("[gpu]", checkout=folder))[-1] == f"{folder}[gpu]"
