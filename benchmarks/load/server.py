"""A server of textures to measure against: `python -m benchmarks.load.server MODEL.onnx PORT`.

It speaks the Open Inference Protocol v2, runs one request at a time on each instance, and refuses what does not fit
into its queue. Every pass is timed; the times go to standard output when the input ends.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import perf_counter
from typing import Any

import grpc
import numpy as np
import onnxruntime

from engines.onnx import wire
from engines.swap.remote.protocol import INFER, METADATA

_NAMES = {"tensor(float)": "FP32", "tensor(uint8)": "UINT8"}
_TYPES = {"FP32": np.float32, "UINT8": np.uint8}


class TextureServer:
    """One model; its times by pass."""

    def __init__(self, path: str, instances: int, queued: int, pass_ms: float = 0.0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._sessions = [
            onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]) for _ in range(instances)
        ]
        self._pass_s = pass_ms / 1000
        self._free, self._lock = list(self._sessions), Lock()
        self._waiting, self._most = 0, queued + instances
        self._pool = ThreadPoolExecutor(instances)
        self.passes_s: list[float] = []
        for session in self._sessions:
            for _ in range(3):
                session.run(None, {value.name: np.zeros(value.shape, np.float32) for value in session.get_inputs()})

    def describe(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        session = self._sessions[0]
        answer = wire.put_text(1, "swap")
        for number, values in ((4, session.get_inputs()), (5, session.get_outputs())):
            for value in values:
                tensor = wire.put_text(1, value.name) + wire.put_text(2, _NAMES[value.type])
                answer += wire.put_bytes(number, tensor + wire.put_packed(3, value.shape))
        return answer

    def infer(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        with self._lock:
            if self._waiting >= self._most:
                context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "the queue is full")
            self._waiting += 1
        try:
            return self._pool.submit(self._pass, request).result()
        finally:
            with self._lock:
                self._waiting -= 1

    def _pass(self, request: bytes) -> bytes:
        with self._lock:
            session = self._free.pop()
        begin = perf_counter()
        try:
            value = session.get_inputs()[0]
            raw = next(field for field in wire.fields(memoryview(request), 0, len(request)) if field.number == 7)
            face = np.frombuffer(request[raw.begin : raw.end], np.float32).reshape(value.shape)
            if self._pass_s:
                Event().wait(self._pass_s)  # as long as a GPU elsewhere would take
                made = face
            else:
                made = session.run(None, {value.name: face})[0]
        finally:
            with self._lock:
                self._free.append(session)
                self.passes_s.append(perf_counter() - begin)
        name = session.get_outputs()[0].name
        tensor = wire.put_text(1, name) + wire.put_text(2, "FP32") + wire.put_packed(3, made.shape)
        return wire.put_text(1, "swap") + wire.put_bytes(5, tensor) + wire.put_bytes(6, made.tobytes())

    def handlers(self) -> dict[str, Any]:
        return {
            name.rpartition("/")[2]: grpc.unary_unary_rpc_method_handler(call)
            for name, call in ((METADATA, self.describe), (INFER, self.infer))
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("port", type=int)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--queued", type=int, default=64)
    parser.add_argument("--pass-ms", type=float, default=0.0, help="Wait this long instead of running the model.")
    asked = parser.parse_args()
    served = TextureServer(asked.model, asked.instances, asked.queued, asked.pass_ms)
    server = grpc.server(ThreadPoolExecutor(asked.queued + asked.instances + 8))
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("inference.GRPCInferenceService", served.handlers())]
    )
    port = server.add_insecure_port(f"127.0.0.1:{asked.port}")
    server.start()
    print(json.dumps({"port": port}), flush=True)
    sys.stdin.read()
    server.stop(0.5).wait()
    print(json.dumps({"passes_s": served.passes_s}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
