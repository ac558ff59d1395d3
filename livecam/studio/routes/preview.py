"""The preview over one WebSocket.

A picture for every acknowledgement, the newest one only.
"""

import asyncio
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from livecam.studio.access import Grant
from livecam.studio.context import Studio
from livecam.studio.needs import socket_studio
from livecam.studio.preview_hub import Viewer

router = APIRouter()
_MOST_WORDS: Final = 100
_REFUSED: Final = 4403


@router.websocket("/live/preview")
async def preview(socket: WebSocket) -> None:
    """Send a picture, head and JPEG, for every message that comes.

    Who sends nothing costs nothing.
    """
    here = socket_studio(socket, Grant.VIEW)
    if here is None:
        await socket.close(_REFUSED)
        return
    await socket.accept()
    viewer, asked = here.preview.enter(), asyncio.Event()
    sending = asyncio.create_task(_send(socket, here, viewer, asked))
    try:
        while not sending.done() and len(await socket.receive_text()) <= _MOST_WORDS:
            asked.set()
    except (WebSocketDisconnect, RuntimeError, KeyError):
        pass  # gone; what follows cleans up
    finally:
        sending.cancel()
        here.preview.leave(viewer)
        with suppress(asyncio.CancelledError):
            await sending


async def _send(socket: WebSocket, here: Studio, viewer: Viewer, asked: asyncio.Event) -> None:
    """Send a picture per question, as long as the line holds."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await asked.wait()
            asked.clear()
            await socket.send_bytes(await here.preview.next_for(viewer))
