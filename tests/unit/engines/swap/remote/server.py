"""An inference server on this machine: a face comes back as its negative, or as something goes wrong."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from tests.unit.engines.swap.remote.messages import CLASSES

KINDS = {"FP32": np.float32, "FP16": np.float16, "UINT8": np.uint8}


@dataclass
class Served:
    """What is served, and how it goes wrong.

    Attributes:
        kind: Datatype of both pictures.
        fault: "", or what goes wrong with the next answers.
        go_on: Lets answers that wait go.
        asked: Pictures that came, as 0..1.
        sizes: Of the requests, in bytes.
        timeouts: The deadlines that requests stated, in microseconds.
    """

    kind: str = "FP32"
    side: int = 96
    fault: str = ""
    place: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[np.ndarray] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    timeouts: list[int] = field(default_factory=list)

    def metadata(self, request, context):
        import grpc

        if request.name != "negative":
            context.abort(grpc.StatusCode.NOT_FOUND, f"no model {request.name}")
        shape, kind = [-1, 3, self.side, self.side], "INT64" if self.fault == "kind" else self.kind
        answer = CLASSES["MetadataResponse"](name="negative", platform="test")
        answer.inputs.add(name="face", datatype=kind, shape=shape)
        if self.fault != "no outputs":
            answer.outputs.add(name="texture", datatype=kind, shape=shape)
        return answer

    def infer(self, request, context):
        import grpc

        kind = KINDS[request.inputs[0].datatype]
        top = 255 if self.kind == "UINT8" else 1
        face = np.frombuffer(request.raw_input_contents[0], kind).reshape(request.inputs[0].shape)
        self.asked.append(face.astype(np.float32) / top)
        self.sizes.append(request.ByteSize())
        assert [wanted.name for wanted in request.outputs] == ["texture"]
        if self.fault == "late":
            self.go_on.wait(600)
        if self.fault == "full":
            context.abort(grpc.StatusCode.UNAVAILABLE, "Exceeds maximum queue size")
        self.timeouts += [each.value.int64_param for each in request.parameters if each.key == "timeout"]
        if self.fault == "raises":
            context.abort(grpc.StatusCode.INTERNAL, "out of memory\non the GPU")
        texture = (top - face).astype(kind)
        if self.fault == "nan":
            texture = np.full_like(texture, np.nan)
        answer = CLASSES["InferResponse"](model_name="negative")
        shape = [1, 3, 1 << 20, 1 << 20] if self.fault == "huge" else texture.shape
        out = answer.outputs.add(name="other" if self.fault == "missing" else "texture",
                                 datatype="BYTES" if self.fault == "bytes" else self.kind, shape=shape)  # fmt: skip
        if self.fault == "inline":
            out.contents.fp32_contents.extend(texture.ravel())
        elif self.fault == "two":
            answer.raw_output_contents.extend([b"", b""])
        else:
            answer.raw_output_contents.append(texture.tobytes()[: -4 if self.fault == "short" else None])
        return answer


@contextmanager
def serving(served: Served, port: int = 0) -> Iterator[Served]:
    import grpc

    garbage = b"\xff" * 40

    def handler(method, request):
        def answered(answer) -> bytes:
            return garbage if served.fault == "garbage" else answer.SerializeToString()

        return grpc.unary_unary_rpc_method_handler(method, CLASSES[request].FromString, answered)

    methods = {
        "ModelMetadata": handler(served.metadata, "MetadataRequest"),
        "ModelInfer": handler(served.infer, "InferRequest"),
    }
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("inference.GRPCInferenceService", methods)])
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    served.place = f"127.0.0.1:{port}"
    try:
        yield served
    finally:
        served.go_on.set()
        server.stop(grace=None).wait()
