"""An executor that does what the test says, when the test says it."""

from livecam.jobs.job import Progress
from livecam.jobs.port import Outcome


class FakeAttempt:
    def __init__(self, folder):
        self.progress, self.folder, self.ended, self.said = Progress(), folder, False, None

    def outcome(self):
        return self.said

    def end(self):
        self.ended = True


class FakeExecutor:
    def __init__(self, slots=1):
        self.attempts, self.slots, self.closed = [], slots, False

    def close(self):
        self.closed = True

    def start(self, job, folder):
        self.attempts.append(FakeAttempt(folder))
        return self.attempts[-1]

    @property
    def last(self):
        return self.attempts[-1]


CRASH = Outcome(last_words="Segmentation fault")
LOST = Outcome(last_words="the node is gone", lost=True)
DONE = Outcome(result={"files": []})
