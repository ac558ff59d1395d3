"""Speech that is typed, in place of a microphone's."""
