"""Use cases without a terminal or HTTP.

A session, a replay, a dubbed clip, a converted recording, an enrolment.
"""
