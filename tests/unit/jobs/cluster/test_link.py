"""Without Ray nothing of livecam imports it; addresses that are none, and one where no machine answers."""

import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from livecam.core.errors import OutputError, UsageError
from livecam.jobs.cluster.link import connect


def test_an_absent_ray_is_one_line_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(OutputError, match="need ray, which is not here") as caught:
        connect("auto")
    assert "pip install" in caught.value.command


@pytest.mark.slow
def test_no_command_imports_ray_unless_a_cluster_is_named(tmp_path):
    code = (
        "import sys\nfrom livecam.cli import main\n"
        "main(['jobs', 'run']), main(['jobs', 'list']), main(['nodes', 'list'])\n"
        "import livecam.jobs.cluster.executor\nassert 'ray' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"XDG_DATA_HOME": str(tmp_path), "PATH": ""})


class FakeRay(SimpleNamespace):
    """Ray without a cluster; counts how often it was asked to join one."""

    def __init__(self) -> None:
        super().__init__(joined=[])

    def init(self, address: str, **_options: object) -> None:
        """Keep the address."""
        self.joined.append(address)


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", fake)
    return fake


@pytest.mark.parametrize("address", ["", "head", "head:", ":6379", "head:port", "head:0", "head:70000", "ray://h:1"])
def test_what_is_no_address_is_refused_before_ray(ray: FakeRay, address: str) -> None:
    with pytest.raises(UsageError, match="is no address of a cluster"):
        connect(address)
    assert ray.joined == []


def test_a_machine_that_does_not_answer_is_an_error_before_ray_waits(ray: FakeRay) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(OutputError, match="no Ray cluster is reached at"):
            connect(address)
    assert ray.joined == []


def test_a_machine_that_answers_is_joined(ray: FakeRay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert connect(address) is ray
    assert ray.joined == [address]


def test_the_cluster_of_this_machine_needs_no_address(ray: FakeRay) -> None:
    connect("auto")
    assert ray.joined == ["auto"]
