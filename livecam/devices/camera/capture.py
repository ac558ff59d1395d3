"""Read a webcam through OpenCV.

Pictures are stamped after the grab. A camera that was unplugged is found again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, cast

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import CameraError
from livecam.core.frame import Frame, Pixels
from livecam.devices.camera.listing import BACKEND, Camera, list_cameras
from livecam.devices.camera.open_errors import diagnose
from livecam.devices.media.fit import fit_pixels

_RETRY_NS = 500 * NS_PER_MS
_BAD_PICTURES = 5
_MEASURED = 31
_PLUG_IN = "plug it in again; livecam goes on by itself"


@dataclass(frozen=True, slots=True)
class CameraRequest:
    """Settings requested from a camera, which may differ from its own.

    The format is MJPG, since raw 720p30 does not fit through USB 2.
    """

    size_wh: tuple[int, int] | None = None
    rate_hz: float = 30.0
    fourcc: str = "MJPG"


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """Actual settings of a camera; the size is from its first picture."""

    fourcc: str
    size_wh: tuple[int, int]
    rate_hz: float


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: D102
        ...

    def grab(self) -> bool:  # noqa: D102
        ...

    def retrieve(self) -> tuple[bool, Pixels]:  # noqa: D102
        ...

    def set(self, prop: int, value: float, /) -> bool:  # noqa: D102
        ...

    def get(self, prop: int, /) -> float:  # noqa: D102
        ...

    def release(self) -> None:  # noqa: D102
        ...


def open_capture(index: int) -> Capture:
    """Open OpenCV's capture on the system's own camera interface."""
    return cast(Capture, cv2.VideoCapture(index, BACKEND))


class CameraSource:
    """One camera as a source of frames.

    After a `CameraError`, `read` searches the camera again, by name if its index has changed. It does so at most
    twice a second, and continues with it. Pictures keep the size of the first one.
    """

    live = True

    def __init__(
        self,
        camera: Camera,
        wish: CameraRequest,
        clock: Clock,
        *,
        open_capture: Callable[[int], Capture] = open_capture,
        cameras: Callable[[], tuple[Camera, ...]] = list_cameras,
    ) -> None:
        """Open the camera and take its first picture.

        Raises:
            CameraError: It does not exist, is in use, or may not be opened; the hint says what helps.
        """
        self._camera, self._wish, self._clock = camera, wish, clock
        self._open_capture, self._cameras = open_capture, cameras
        self._closed = False
        self._in_use = Lock()
        self._seq = -1
        self._retry_ns = 0
        self._stamps_ns: list[int] = []
        self._size_wh: tuple[int, int] | None = None
        self._capture: Capture | None = self._open_delivering()

    @property
    def name(self) -> str:
        """The camera's name."""
        return self._camera.name

    @property
    def rate_hz(self) -> float:
        """Rate measured over the first pictures.

        Until then it is the camera's own, or the requested one.
        """
        if len(self._stamps_ns) < _MEASURED:
            return self.format.rate_hz
        return NS_PER_S / float(np.median(np.diff(self._stamps_ns)))

    def _open_delivering(self) -> Capture:
        """Return a capture that has delivered a picture.

        A device in use fails only at the first picture.
        """
        capture = self._open_capture(self._camera.index)
        try:
            if capture.isOpened():
                _ask(capture, self._wish)
                if capture.grab():
                    ok, pixels = capture.retrieve()
                    if ok:
                        self.format = _read_back(capture, pixels, self._wish)
                        self._size_wh = self._size_wh or self.format.size_wh
                        return capture
        except cv2.error as error:
            capture.release()
            raise diagnose(self._camera) from error
        capture.release()
        raise diagnose(self._camera)

    def read(self) -> Frame:
        """Block for the next picture.

        Raises:
            CameraError: The camera is gone, delivers nothing, or is closed; reading again looks for it again.
        """
        with self._in_use:
            try:
                return self._read()
            finally:
                if self._closed:
                    self._release()

    def _read(self) -> Frame:
        if self._closed:
            raise CameraError(f"{self.name} is closed", advice="open it again")
        capture = self._capture or self._find_again()
        for _ in range(_BAD_PICTURES):
            grabbed = capture.grab()
            captured_ns = self._clock.now_ns()
            if not grabbed:
                break
            self._seq += 1
            pixels = _decode(capture)
            if pixels is not None:
                return self._frame(pixels, captured_ns)
        self._release()
        self._retry_ns = self._clock.now_ns() + _RETRY_NS
        raise CameraError(f"{self.name} delivers no picture any more", advice=_PLUG_IN)

    def _frame(self, pixels: Pixels, captured_ns: int) -> Frame:
        if len(self._stamps_ns) < _MEASURED:
            self._stamps_ns.append(captured_ns)
        assert self._size_wh is not None
        return Frame(fit_pixels(pixels, self._size_wh), captured_ns, self._seq)

    def _find_again(self) -> Capture:
        """Look for the camera, not before `_RETRY_NS` after the last time."""
        self._clock.sleep_until_ns(self._retry_ns)
        self._retry_ns = self._clock.now_ns() + _RETRY_NS
        same = [camera for camera in self._cameras() if camera.name == self._camera.name]
        if not same:
            raise CameraError(f"{self.name} is unplugged", advice=_PLUG_IN)
        self._camera = min(same, key=lambda camera: camera.index != self._camera.index)
        self._capture = self._open_delivering()
        self._stamps_ns.clear()
        return self._capture

    def close(self) -> None:
        """Close the camera.

        A `read` that still waits in another thread closes it when it returns.
        """
        self._closed = True
        if self._in_use.acquire(blocking=False):
            self._release()
            self._in_use.release()

    def _release(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _ask(capture: Capture, wish: CameraRequest) -> None:
    """Request the pixel format first, as size and rate depend on it."""
    code = wish.fourcc
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(code[0], code[1], code[2], code[3]))
    if wish.size_wh is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, wish.size_wh[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wish.size_wh[1])
    capture.set(cv2.CAP_PROP_FPS, wish.rate_hz)


def _read_back(capture: Capture, pixels: Pixels, wish: CameraRequest) -> CameraFormat:
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    fourcc = bytes(code >> shift & 0xFF for shift in (0, 8, 16, 24)).decode("ascii", "replace").strip("\0 ")
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    return CameraFormat(fourcc, (pixels.shape[1], pixels.shape[0]), rate_hz if 0 < rate_hz < 1000 else wish.rate_hz)


def _decode(capture: Capture) -> Pixels | None:
    """Return the grabbed picture; None where it is damaged."""
    try:
        ok, pixels = capture.retrieve()
    except cv2.error:
        return None
    return pixels if ok and pixels is not None and pixels.size else None
