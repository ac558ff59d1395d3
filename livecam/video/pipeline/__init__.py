"""One frame from capture to the marked picture, and the loops of its threads."""
