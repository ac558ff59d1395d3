"""Hear a recording once, before it is learned from or converted."""

from pathlib import Path

from livecam.core.prompter import Progress, Prompter
from livecam.devices.media.speech import Recording, examine


def examine_with_progress(path: Path, prompter: Prompter, progress: Progress) -> Recording:
    """Hear a recording, show how far that is, and note what was changed or lost.

    Raises:
        SoundError: It cannot be read.
    """
    with progress.task(f"hearing {path.name}", measured=True) as task:
        recording = examine(path, task.update)
    for remark in recording.remarks:
        prompter.note(remark)
    return recording
