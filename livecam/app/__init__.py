"""Use cases, without a terminal or HTTP.

Sessions, replays, dubbed clips, converted recordings, enrolment.
"""
