import threading

import pytest

from livecam.video.parallel import InlineParallel, Parallel, ThreadedParallel


@pytest.mark.parametrize("parallel", [InlineParallel(), ThreadedParallel()], ids=["in turn", "second thread"])
def test_the_result_is_there_when_it_is_asked_for(parallel: Parallel):
    for number in range(3):
        with parallel.start(lambda n=number: n * n) as result:
            assert result() == number * number


@pytest.mark.parametrize("parallel", [InlineParallel(), ThreadedParallel()], ids=["in turn", "second thread"])
def test_what_the_work_raises_is_raised_to_who_asked(parallel: Parallel):
    with pytest.raises(ZeroDivisionError), parallel.start(lambda: 1 // 0) as result:
        result()


@pytest.mark.parametrize("parallel", [InlineParallel(), ThreadedParallel()], ids=["in turn", "second thread"])
def test_what_the_work_raises_is_raised_even_without_a_question(parallel: Parallel):
    with pytest.raises(ZeroDivisionError), parallel.start(lambda: 1 // 0):
        pass


def test_the_other_work_goes_on_at_the_same_time():
    may_end = threading.Event()
    with ThreadedParallel().start(lambda: may_end.wait(60)) as result:
        may_end.set()  # in turn, this would never be reached
        assert result()


def test_the_work_is_over_when_the_block_is_left_by_an_error():
    begun, may_end, done = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        may_end.wait(60)
        done.append(1)

    with pytest.raises(RuntimeError), ThreadedParallel().start(work):
        begun.wait(60)
        threading.Timer(0, may_end.set).start()
        raise RuntimeError
    assert done == [1]
