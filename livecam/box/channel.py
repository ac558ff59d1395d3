"""Messages between a program and its box.

One line of JSON, bytes, and open files, over a local socket.
"""

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from livecam.core.files.reading import parse_json

_HEAD: Final = struct.Struct(">II")
_MOST_WORDS: Final = 1 << 20
MOST_BYTES: Final = 1 << 28
_MOST_FILES: Final = 4

Message = Mapping[str, Any]


class BrokenChannel(Exception):
    """The other end is gone, or sent an invalid message."""


def send(line: socket.socket, message: Message, data: bytes | memoryview = b"", files: Sequence[int] = ()) -> None:
    """Send one message.

    Raises:
        BrokenChannel: The other end is gone.
    """
    words = json.dumps(message).encode()
    try:
        head = _HEAD.pack(len(words), len(data))
        if files:
            socket.send_fds(line, [head], list(files))
        else:
            line.sendall(head)
        line.sendall(words)
        if len(data):
            line.sendall(data)
    except OSError as error:
        raise BrokenChannel(str(error)) from error


def receive(line: socket.socket) -> tuple[dict[str, Any], bytearray, list[int]]:
    """Return the next message, its bytes and its open files.

    Raises:
        BrokenChannel: The other end is gone, or sends an invalid message.
        TimeoutError: It sends nothing for as long as the socket waits.
    """
    files: list[int] = []
    try:
        head, files, _, _ = socket.recv_fds(line, _HEAD.size, _MOST_FILES)
        head += _receive_exactly(line, _HEAD.size - len(head)) if 0 < len(head) < _HEAD.size else b""
        if len(head) != _HEAD.size:
            raise BrokenChannel("the other end is gone")
        words, count = _HEAD.unpack(head)
        if words > _MOST_WORDS or count > MOST_BYTES:
            raise BrokenChannel("a message is too long")
        message = parse_json(_receive_exactly(line, words))
        if not isinstance(message, dict):
            raise BrokenChannel("a message is not an object")
        return message, _receive_exactly(line, count), files
    except TimeoutError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise BrokenChannel(str(error)) from error


def _receive_exactly(line: socket.socket, count: int) -> bytearray:
    got = bytearray(count)
    view, done = memoryview(got), 0
    while done < count:
        step = line.recv_into(view[done:])
        if step == 0:
            raise BrokenChannel("the other end is gone")
        done += step
    return got
