"""What a run is doing, in words that need no explanation, and the legend of its status line. Pure."""

from typing import Final

from livecam.core.report import Report

_STATES: Final = {
    "frame too old": "catching up",
    "track is stale": "looking for the face",
    "a face that cannot be guessed": "looking for the face",
    "a face that cannot be followed": "a face is unclear",
    "the face is covered or turned away": "face covered or turned away",
    "an engine failed": "the engine failed",
    "in time": "live",
    "looking for a face": "live",
    "track needs a look": "live",
    "frame is late": "live, less often looked at",
    "deadlines were missed": "live, less often looked at",
}
_WAITING: Final = ("starting", "catching up")
LIVE: Final = "live"
LEGEND: Final = (
    ("starting", "the networks load, the opening card is shown"),
    ("live", "your persona is shown"),
    ("catching up", "frames came too late to be drawn; the last picture stays"),
    ("no face, two faces", "the last picture stays, after three seconds the standby card"),
    ("frozen", "you pressed f"),
    ("new/s", "new pictures a second; the camera gets 30, repeats fill the rest"),
    ("delay", "from camera to output: half of the pictures / 95 % of them"),
    ("repeated, late", "pictures sent once more for lack of a new one; sent after their time"),
    ("CPU", "100 % is one core"),
)
"""The words of the status line and what they say, for --help."""


def plain(reason: str) -> str:
    """A reason of the budget or the tracker in plain words; one that is plain already, as it is."""
    return _STATES.get(reason, reason)


def state(report: Report, frozen: bool = False) -> str:
    """What a run is doing at the moment."""
    if frozen:
        return "frozen"
    now = plain(report.reason)
    if not report.frames.new and (now.startswith(LIVE) or now in _WAITING):
        return "starting"
    return now


def legend() -> str:
    """The legend as lines of text."""
    width = max(len(word) for word, _ in LEGEND)
    return "\n".join(f"{word:<{width}}  {says}" for word, says in LEGEND)
