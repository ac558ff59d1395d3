"""Pure scheduling: what to do with a frame, when to send it, what it cost."""
