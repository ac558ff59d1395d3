"""Where the jobs of a user are kept."""

from pathlib import Path


def jobs_folder(data_folder: Path) -> Path:
    """The folder with the jobs' file and their results."""
    return data_folder / "jobs"
