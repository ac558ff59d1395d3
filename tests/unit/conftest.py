"""Units start no processes: a model nobody tried yet is tried in the test's own."""

import pytest

from engines.models import check
from engines.onnx import admission
from engines.onnx.graph import read_graph
from engines.onnx.providers import named


@pytest.fixture(autouse=True)
def trials_in_process(monkeypatch):
    """What a process of its own would find; `tests/contract/test_admission.py` has the real one."""
    monkeypatch.setattr(
        admission, "in_child", lambda path, provider, longest_s: check.trial_of(read_graph(path), named(provider))
    )


@pytest.fixture(autouse=True)
def memory_as_it_is(monkeypatch):
    """The limit is for a process of its own, which a test's is not: it cannot be taken back."""
    monkeypatch.setattr(check, "limit_memory", lambda file_bytes: None)
