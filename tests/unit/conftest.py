"""Units start no processes: a model no one tried yet is tried in the test's own, and runs there."""

import json

import pytest

from engines.models import check
from engines.onnx import admission
from engines.onnx.brought import open_model_copy
from engines.onnx.providers import find_provider
from engines.swap.neural import boxed, worker
from engines.swap.neural.shared_block import Block
from livecam.core.errors import EngineError, remedy


@pytest.fixture(autouse=True)
def trials_in_process(monkeypatch):
    """What a process of its own would find; `tests/contract/test_admission.py` has the real one."""

    def tried(path, provider, longest_s, fingerprint):
        with open_model_copy(path, find_provider(provider), fingerprint) as model:
            return check.try_model(model, find_provider(provider))

    monkeypatch.setattr(admission, "try_in_child", tried)


class ProcessInTurn:
    """A model's process without the process; `tests/contract/test_boxed.py` has the real one."""

    pid = 0

    def __init__(self, name, job, places, late_s):
        self.block, self.late_s = Block.new(places), late_s
        self._served = worker.ServedModel(_as_sent(job), self.block.handle)
        self.ready = _as_sent(self._served.ready)

    def ask(self, question):
        answer = _as_sent(worker.answer_or_fail(self._served.answer, _as_sent(question), limited=False))
        if "failed" in answer:
            raise EngineError(answer["failed"], **remedy(answer["hint"]))
        return answer

    def close(self):
        self.block.close()


def _as_sent(words):
    return json.loads(json.dumps(words))


@pytest.fixture(autouse=True)
def models_in_process(monkeypatch):
    """As above, for the models that textures are made with."""
    monkeypatch.setattr(boxed, "ModelProcess", ProcessInTurn)
    monkeypatch.setattr(worker, "limit_memory", lambda file_bytes: None)
    monkeypatch.setattr(worker, "enter_sandbox", lambda: ())
    monkeypatch.setattr(worker.MemoryWatch, "begin", lambda watch, more_mb: None)


@pytest.fixture(autouse=True)
def memory_as_it_is(monkeypatch):
    """The limit is for a process of its own, which a test's is not: it cannot be taken back."""
    monkeypatch.setattr(check, "limit_memory", lambda file_bytes: None)
