"""A person in front of camera and microphone.

Liveness, spoken phrase, the same face and voice.
"""
