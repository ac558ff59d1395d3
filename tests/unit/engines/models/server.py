"""A web server on this machine that sends one file, in part where asked, and fails where set to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Shelf:
    """What is sent, and how.

    Attributes:
        content: The file.
        cut_at: Bytes of a body after which the connection is closed, once.
        ranges: Whether parts are sent.
        moves: Answer where another part is sent than was asked for.
        silent_size: Leave out how long it is.
        asked: The ranges that were asked for.
        sends_on_to: Another address, where it sends whoever asks.
    """

    content: bytes
    cut_at: int | None = None
    ranges: bool = True
    moves: int = 0
    silent_size: bool = False
    asked: list[str | None] = field(default_factory=list)
    url: str = ""
    sends_on_to: str = ""


@contextmanager
def serving(shelf: Shelf) -> Iterator[Shelf]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            shelf.asked.append(asked)
            if self.path != "/model.onnx":
                return self.send_error(404, "nothing of that name")
            if shelf.sends_on_to:
                self.send_response(302)
                self.send_header("Location", shelf.sends_on_to)
                return self.end_headers()
            begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and shelf.ranges else 0
            if begin >= len(shelf.content) and begin:
                return self.send_error(416, "no such part")
            begin += shelf.moves if begin else 0
            body = shelf.content[begin:]
            self.send_response(206 if begin else 200)
            if begin:
                self.send_header("Content-Range", f"bytes {begin}-{len(shelf.content) - 1}/{len(shelf.content)}")
            if not shelf.silent_size:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cut, shelf.cut_at = shelf.cut_at, None
            with suppress(ConnectionError):  # whoever asked may go away
                self.wfile.write(body[:cut])

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shelf.url = f"http://127.0.0.1:{server.server_port}/model.onnx"
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
