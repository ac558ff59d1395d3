"""Tests on a real Ray cluster take minutes: CI runs them by name."""

from pathlib import Path

import pytest

from tests.cluster.local import local_cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.long)
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="module")
def cluster():
    """Three nodes of one core."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'livecam[ray]'")
    with local_cluster(("n1", "n2", "n3")) as made:
        yield made
