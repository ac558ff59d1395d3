"""A connection to an inference server.

One request at a time, each with a deadline. After a failure it is opened again.
"""

from typing import Any, Unpack

from engines.swap.remote.fair_use import Trouble
from livecam.core.errors import EngineError, Remedy, remedy
from livecam.core.install import install_command

LARGEST_BYTES = 64 * 2**20
_BUSY = "wait, or give the server more instances of the model"


class ServerError(EngineError):
    """A call that failed.

    Attributes:
        trouble: What that says about the server.
    """

    def __init__(self, message: str, trouble: Trouble, **help_text: Unpack[Remedy]) -> None:
        super().__init__(message, **help_text)
        self.trouble = trouble


class ServerLink:
    """Calls one server. Not for two threads at a time."""

    def __init__(self, place: str, secure: bool) -> None:
        """Keep the address; nothing is sent yet.

        Args:
            place: "host:port".
            secure: TLS, with this system's certificates.

        Raises:
            EngineError: grpcio is not installed.
        """
        try:
            import grpc
        except ImportError as error:
            raise EngineError(
                "a remote engine needs grpcio, which is not here", command=install_command("[remote]")
            ) from error
        self.place = place
        self._grpc: Any = grpc
        self._secure = secure
        self._channel: Any = None

    def call(self, method: str, request: bytes, within_s: float) -> bytes:
        """Send one request and wait for its answer.

        Raises:
            ServerError: The server is not reached, says no, or is late.
        """
        grpc = self._grpc
        if self._channel is None:
            self._channel = self._opened()
        ask = self._channel.unary_unary(method, request_serializer=None, response_deserializer=None)
        try:
            answer: bytes = ask(request, timeout=within_s)
        except grpc.RpcError as error:
            # A connection that was cut may look alive for minutes; a new one knows at once.
            self.close()
            raise self._failure(error, within_s) from error
        return answer

    def close(self) -> None:
        """Hang up; the next call opens the line again."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _opened(self) -> Any:
        options = [
            ("grpc.max_receive_message_length", LARGEST_BYTES),
            ("grpc.max_send_message_length", LARGEST_BYTES),
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_http_proxy", 0),
        ]
        if self._secure:
            return self._grpc.secure_channel(self.place, self._grpc.ssl_channel_credentials(), options)
        return self._grpc.insecure_channel(self.place, options)

    def _failure(self, error: Any, within_s: float) -> ServerError:
        codes, code = self._grpc.StatusCode, error.code()
        hint = "is the server running, and does the address lead there?"
        said = " ".join(str(error.details()).split())[:200]
        if code is codes.RESOURCE_EXHAUSTED or (code is codes.UNAVAILABLE and "queue" in said.lower()):
            return ServerError(f"{self.place} is overloaded: {said}", Trouble.BUSY, advice=_BUSY)
        if code is codes.UNAVAILABLE:
            return ServerError(f"{self.place} is not reached", Trouble.AWAY, **remedy(hint))
        if code is codes.DEADLINE_EXCEEDED:
            return ServerError(f"{self.place} gave no answer within {within_s:g} s", Trouble.BUSY, **remedy(hint))
        what = f"{self.place} says {code.name.lower()}: {said}"
        return ServerError(what, Trouble.FAULTY, advice="look at the server's log")
