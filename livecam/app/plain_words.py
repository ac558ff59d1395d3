"""Plain words for what a run is doing, and the legend of its status line."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from livecam.core.report import Report

_STATES: Final = {
    "frame too old": "catching up",
    "track is stale": "looking for the face",
    "a face that cannot be guessed": "looking for the face",
    "a face that cannot be followed": "a face is unclear",
    "the face is covered or turned away": "face covered or turned away",
    "an engine failed": "the engine failed",
    "the head cannot be found in the room": "head not found in the room",
    "the head is turned too far": "head turned too far",
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
    ("catching up", "frames came too late; the last picture stays"),
    ("no face, two faces", "the last picture stays; after 3 s the standby card"),
    ("frozen", "you pressed f"),
    ("new/s", "new pictures a second; repeats fill up what is missing"),
    ("delay", "from camera to output: half / 95 % of the pictures"),
    ("repeated, late", "pictures sent again; pictures sent after their time"),
    ("CPU", "100 % is one core"),
)
"""Words of the status line and their meaning, for --help."""


def plain(reason: str) -> str:
    """Return a reason of the budget or tracker in plain words."""
    return _STATES.get(reason, reason)


def state(report: "Report", frozen: bool = False) -> str:
    """Return what a run is doing at the moment."""
    if frozen:
        return "frozen"
    now = plain(report.reason)
    if not report.frames.new and (now.startswith(LIVE) or now in _WAITING):
        return "starting"
    return now
