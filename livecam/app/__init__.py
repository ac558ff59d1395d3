"""Use cases without a terminal: a session, a replay, a dubbed clip, a converted recording, an enrolment."""
