"""Read the in-picture mark: what swings at its pace, where the marked picture lies, which message agrees best."""

from livecam.video.mark_reader.reader import HOP_NS, WINDOW_NS, MarkReader, Reading, read_window, readings

__all__ = ["HOP_NS", "WINDOW_NS", "MarkReader", "Reading", "read_window", "readings"]
