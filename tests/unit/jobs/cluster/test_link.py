"""Without Ray nothing of livecam imports it, and its absence is one line with a command."""

import subprocess
import sys

import pytest

from livecam.core.errors import OutputError, UsageError
from livecam.jobs.cluster.link import connect


def test_an_absent_ray_is_one_line_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(OutputError, match="need ray, which is not here") as caught:
        connect("auto")
    assert "pip install" in caught.value.command


@pytest.mark.parametrize("address", ["ray://head:10001", "head", ""])
def test_an_address_that_is_none_is_wrong_use(address):
    with pytest.raises(UsageError, match="no address of a cluster"):
        connect(address)


@pytest.mark.slow
def test_no_command_imports_ray_unless_a_cluster_is_named(tmp_path):
    code = (
        "import sys\nfrom livecam.cli import main\n"
        "main(['jobs', 'run']), main(['jobs', 'list']), main(['nodes', 'list'])\n"
        "import livecam.jobs.cluster.executor\nassert 'ray' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"XDG_DATA_HOME": str(tmp_path), "PATH": ""})
