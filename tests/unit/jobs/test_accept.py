"""What another machine made is signed here only with the mark that it must carry."""

from types import SimpleNamespace

import pytest

from livecam.core.errors import EngineError
from livecam.core.payload import FACE, SYNTHETIC, MarkPayload
from livecam.jobs.accept import check_marks
from livecam.verify import Verdict

STATED = MarkPayload(FACE | SYNTHETIC, 7)
SAYS = ("altered",)


def reading(payload, marked=True):
    return SimpleNamespace(payload=payload, marked=marked, score=20.0, threshold=12.0)


def check(verdict, is_short=False, stated=STATED):
    return check_marks("a.mp4", verdict, stated, is_short=is_short)


def test_a_whole_message_is_what_is_signed():
    assert check(Verdict(readings=(reading(STATED),))) == (STATED,)


def test_a_file_without_a_mark_is_refused_whatever_the_machine_says():
    with pytest.raises(EngineError, match="without a mark"):
        check(Verdict(label_scores=(0.99, 0.99), metadata=SAYS))


def test_the_mark_of_another_run_is_refused():
    with pytest.raises(EngineError, match="another run"):
        check(Verdict(readings=(reading(MarkPayload(FACE, 8)),)))


def test_a_short_file_shows_its_label_in_most_pictures():
    assert check(Verdict(label_scores=(0.99, 0.99), metadata=SAYS), is_short=True) == (STATED,)
    for verdict in (
        Verdict(label_scores=(0.0, 0.0), metadata=SAYS),
        Verdict(label_scores=(0.99, 0.0, 0.0), metadata=SAYS),
        Verdict(),
    ):
        with pytest.raises(EngineError, match="without a mark"):
            check(verdict, is_short=True)
