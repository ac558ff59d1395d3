"""The shipped mesh network keeps its contract: names, shapes, ranges, and it doubts pictures without a face."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

import engines.face
from engines.face.crop import CROP_PX

WEIGHTS = Path(engines.face.__file__).parent / "weights/mesh.onnx"
Outputs = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(WEIGHTS), options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, crop: NDArray[np.uint8]) -> Outputs:
    points, presence, occlusion = session.run(None, {"crop": crop.transpose(2, 0, 1)[None].astype(np.float32)})
    return points, presence, occlusion


def faceless(name: str) -> NDArray[np.uint8]:
    """Crops with nothing in them."""
    rng = np.random.default_rng(3)
    ramp = np.linspace(0, 255, CROP_PX)
    crops = {
        "black": np.zeros((CROP_PX, CROP_PX, 3)),
        "grey": np.full((CROP_PX, CROP_PX, 3), 127),
        "white": np.full((CROP_PX, CROP_PX, 3), 255),
        "noise": rng.integers(0, 256, (CROP_PX, CROP_PX, 3)),
        "ramp": np.broadcast_to(ramp[:, None, None], (CROP_PX, CROP_PX, 3)),
        "skin": np.broadcast_to([120, 150, 200], (CROP_PX, CROP_PX, 3)),
    }
    return crops[name].astype(np.uint8)


def test_inputs_and_outputs_are_named_and_shaped_as_promised(session: onnxruntime.InferenceSession) -> None:
    assert [(i.name, i.shape, i.type) for i in session.get_inputs()] == [
        ("crop", [1, 3, CROP_PX, CROP_PX], "tensor(float)")
    ]
    assert [(o.name, o.shape, o.type) for o in session.get_outputs()] == [
        ("points", [1, 468, 3], "tensor(float)"),
        ("presence", [1, 1], "tensor(float)"),
        ("occlusion", [1, 1, 32, 32], "tensor(float)"),
    ]


def test_the_file_is_small_enough_to_ship() -> None:
    assert WEIGHTS.stat().st_size < 3.5e6


@pytest.mark.parametrize("name", ["black", "grey", "white", "noise", "ramp", "skin"])
def test_a_crop_without_a_face_is_doubted(session: onnxruntime.InferenceSession, name: str) -> None:
    points, presence, occlusion = run(session, faceless(name))
    assert presence[0, 0] < 0.3
    assert np.isfinite(points).all()
    assert occlusion.min() >= 0.0
    assert occlusion.max() <= 1.0


def test_points_stay_near_the_crop_whatever_it_shows(session: onnxruntime.InferenceSession) -> None:
    points, _, _ = run(session, faceless("noise"))
    assert points[0, :, :2].min() > -CROP_PX
    assert points[0, :, :2].max() < 2 * CROP_PX


def test_the_same_crop_gives_the_same_points(session: onnxruntime.InferenceSession) -> None:
    first, second = (run(session, faceless("noise")) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
