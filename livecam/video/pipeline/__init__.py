"""One frame from capture to the marked picture, and the threads' bodies around it."""
