"""The socket for pictures between the studio and the process of its session.

An open descriptor where the system hands those down; elsewhere, as on Windows, a port of this computer alone that
takes one caller, who knows a secret.
"""

import hmac
import secrets
import socket
import sys
from collections.abc import Mapping
from typing import Any, Final

_SECRET_BYTES: Final = 32
_CALL_S: Final = 30.0
_LOOPBACK: Final = "127.0.0.1"


class PreviewLine:
    """Both ends of the socket, before the process starts.

    Args:
        hands_down: Whether the process gets an open descriptor.
    """

    def __init__(self, hands_down: bool = sys.platform != "win32") -> None:
        self._theirs: socket.socket | None = None
        self._ours: socket.socket | None = None
        self._secret = secrets.token_hex(_SECRET_BYTES)
        if hands_down:
            self._ours, self._theirs = socket.socketpair()
        else:
            self._door = socket.create_server((_LOOPBACK, 0), backlog=1)
            self._door.settimeout(_CALL_S)

    @property
    def inherited(self) -> tuple[int, ...]:
        """Descriptors that the process inherits."""
        return () if self._theirs is None else (self._theirs.fileno(),)

    @property
    def words(self) -> Mapping[str, Any]:
        """What the process is sent, so that it finds its end."""
        if self._theirs is not None:
            return {"descriptor": self._theirs.fileno()}
        return {"port": self._door.getsockname()[1], "secret": self._secret}

    def accept(self) -> socket.socket:
        """Return the studio's end, once the process runs; may wait for it.

        Raises:
            OSError: The process did not call, or a stranger did.
        """
        if self._theirs is not None and self._ours is not None:
            self._theirs.close()
            ours, self._ours = self._ours, None
            return ours
        with self._door:
            line, _ = self._door.accept()
        line.settimeout(_CALL_S)
        said = b""
        while len(said) < 2 * _SECRET_BYTES and (piece := line.recv(2 * _SECRET_BYTES - len(said))):
            said += piece
        if not hmac.compare_digest(said, self._secret.encode()):
            line.close()
            raise OSError("another program called the port of the preview")
        return line

    def close(self) -> None:
        """Close what was not handed out. Idempotent."""
        if self._theirs is None:
            self._door.close()
            return
        self._theirs.close()
        if self._ours is not None:
            self._ours.close()


def open_line(words: Mapping[str, Any]) -> socket.socket:
    """Return the process's end.

    Raises:
        OSError: The studio is gone.
    """
    if "descriptor" in words:
        return socket.socket(fileno=int(words["descriptor"]))
    line = socket.create_connection((_LOOPBACK, int(words["port"])), _CALL_S)
    line.settimeout(None)
    line.sendall(str(words["secret"]).encode())
    return line
