"""A page as camera over one WebSocket.

A picture whenever one is asked for, with a clock that both agree on.
"""

import struct
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from livecam.core.clock import SystemClock
from livecam.core.digits import read_count
from livecam.studio.access import Grant
from livecam.studio.needs import socket_studio

router = APIRouter()
HEAD: Final = struct.Struct("!QQI")
_REFUSED: Final = 4403
_TAKEN: Final = 4409
_WRONG: Final = 4400
_LARGEST_BYTES: Final = 4 << 20
_STAMP: Final = struct.Struct("!Q")


@router.websocket("/live/camera")
async def camera(socket: WebSocket) -> None:
    """Take a page's camera.

    The studio sends "next" when it wants a picture; the page answers with nanoseconds of the capture, 8 bytes, and a
    JPEG. To "clock N" the studio answers "clock N NOW": so the page learns the studio's clock.
    """
    here = socket_studio(socket, Grant.CAMERA)
    if here is None:
        await socket.close(_REFUSED)
        return
    await socket.accept()
    clock, number = SystemClock(), 0

    async def ask() -> None:
        await socket.send_text("next")

    if not await here.camera.enter(ask):
        await socket.close(_TAKEN, "another page is the camera")
        return
    here.feed.say("camera", {"page": True})
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            words, data = message.get("text"), message.get("bytes")
            if words is not None:
                name, _, rest = words[:40].partition(" ")
                if name == "clock" and read_count(rest) is not None:
                    await socket.send_text(f"clock {rest} {clock.now_ns()}")
            elif data is not None:
                if not _STAMP.size < len(data) <= _LARGEST_BYTES or data[8:10] != b"\xff\xd8":
                    await socket.close(_WRONG, "that is no picture")
                    return
                number += 1
                jpeg = data[_STAMP.size :]
                here.camera.take(HEAD.pack(number, _STAMP.unpack(data[: _STAMP.size])[0], len(jpeg)) + jpeg)
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        here.camera.leave(ask)
        here.feed.say("camera", {"page": False})
