"""A session without a camera: the persona's voice moves the persona's photo."""

from typing import Final

from livecam.config.settings import Settings
from livecam.core.errors import UsageError
from livecam.devices.source import NONE
from livecam.video.talking.face_finder import TalkingFaceFinder
from livecam.video.talking.mouth_track import MouthTrack

NO_CAMERA: Final = NONE


def check_no_camera(settings: Settings) -> None:
    """Check that settings without a camera have something that moves the persona.

    Raises:
        UsageError: The mode draws on a live face, no voice is named, or a face is to be compared.
    """
    if settings.camera != NO_CAMERA:
        return
    check_mode(settings.camera, settings.mode)
    if settings.voice == "off":
        raise UsageError("without a camera the voice moves the persona, and it is off", advice="add --voice NAME")
    if settings.identity_model is not None:
        raise UsageError(
            "without a camera no face can be compared with the persona", advice="leave out --identity-model"
        )


def check_mode(camera: str, mode: str) -> None:
    """Check that a mode has a face to draw on.

    Raises:
        UsageError: There is no camera, and the mode draws on a live face.
    """
    if camera == NO_CAMERA and mode != "puppet":
        raise UsageError(f"without a camera there is no face to draw on (mode {mode})", advice="add --mode puppet")


def open_talking_face() -> tuple[TalkingFaceFinder, MouthTrack]:
    """Return a face that no camera sees, and what moves its mouth."""
    track = MouthTrack()
    return TalkingFaceFinder(track), track
