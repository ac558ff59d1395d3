"""What stands in front of every preview picture, on the socket between the processes and on the WebSocket alike."""

import struct
from typing import Final

HEAD: Final = struct.Struct("!QQQIII")
"""Number, nanoseconds of the capture, of the sending, width, height, and length of the JPEG in bytes."""
