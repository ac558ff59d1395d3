"""Typed speech in place of a microphone."""
