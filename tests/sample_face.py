"""The face in the sample clip's first frame, for tests of networks."""

from engines.face.finder import open_finder
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.devices.media.sample import open_sample


def read_first_face() -> tuple[Frame, FaceMesh]:
    """Return the first frame, 640 x 360, and the mesh of its face."""
    reel = open_sample((640, 360))
    reel.grab()
    frame = Frame(reel.retrieve(), 0, 0)
    reel.close()
    finder = open_finder(1, 1)
    mesh = finder.mesh(frame, finder.detect(frame)[0])
    finder.close()
    return frame, mesh
