"""Where the jobs of a user are kept."""

from pathlib import Path


def jobs_folder(data_folder: Path) -> Path:
    """Return the folder with the jobs' file and their results."""
    return data_folder / "jobs"
