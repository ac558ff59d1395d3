"""Examine a recording once, before it is converted or a voice is learned from it."""

from pathlib import Path

from livecam.core.prompter import Progress, Prompter
from livecam.devices.media.speech import Recording, examine


def examine_with_progress(path: Path, prompter: Prompter, progress: Progress) -> Recording:
    """Examine a recording, show progress, and report what was changed or lost.

    Raises:
        SoundError: It cannot be read.
    """
    with progress.task(f"hearing {path.name}", measured=True) as task:
        recording = examine(path, task.update)
    for remark in recording.remarks:
        prompter.note(remark)
    return recording
