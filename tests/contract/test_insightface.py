"""InsightFace where it is installed: our results against its own, on the same models, photo and points."""

from types import SimpleNamespace

import cv2
import numpy as np
import onnxruntime
import pytest
from onnx import helper

from engines.onnx.graph import read_graph
from engines.swap.neural.engine import open_engine
from engines.swap.neural.identity import embed_photo
from engines.swap.neural.insight import embed_by_insightface, is_scrfd
from engines.swap.neural.templates import five_points
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame
from livecam.personas.built_in import open_builtin
from tests import swap_models as tiny

inswapper = pytest.importorskip("insightface.model_zoo.inswapper", reason="the extra insightface is not installed")
KIM = open_builtin("kim")


@pytest.mark.filterwarnings("ignore:.*estimate:FutureWarning")  # InsightFace's own
@pytest.mark.parametrize(("centre", "eyes"), [((160, 110), 40), ((400.5, 300.25), 90)])
def test_the_same_face_comes_out_within_one_step_of_256(tmp_path, centre, eyes):
    path = tiny.inswapper(tmp_path / "model.onnx")
    arcface = read_graph(tiny.embedder(tmp_path / "arc.onnx"))
    noise = np.random.default_rng(2).integers(0, 256, (600, 800, 3), np.uint8)
    frame = Frame(cv2.GaussianBlur(noise, (0, 0), 4), 1, 0)
    mesh = FaceMesh(fake_face_points(centre, eyes), 1.0, 1)

    engine = open_engine(f"{path}@cpu")
    engine.prepare(KIM)
    ours = engine.refresh(frame, mesh).pixels

    embedding = embed_photo(arcface, KIM.photo)[0]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    theirs, _ = inswapper.INSwapper(str(path), session).get(
        frame.pixels,
        SimpleNamespace(kps=five_points(mesh.points).astype(np.float32)),
        SimpleNamespace(normed_embedding=embedding / np.linalg.norm(embedding)),
        paste_back=False,
    )
    assert np.abs(ours.astype(int) - theirs).max() <= 1


SIDES = {8: 80, 16: 40, 32: 20}


def scrfd(path, five):
    """A detector of SCRFD's shape that finds one face, always there: five points (5, 2) in its own 640 pixels."""
    at, stride = (10, 10), 32
    centre = np.array(at[::-1], np.float32) * stride
    row = (at[0] * SIDES[stride] + at[1]) * 2
    outputs, nodes, weights = [], [], []
    for kind, wide in (("score", 1), ("box", 4), ("points", 10)):
        for one, side in SIDES.items():
            values = np.zeros((side * side * 2, wide), np.float32)
            if one == stride:
                low, high = five.min(0), five.max(0)
                values[row] = {"score": 0.9, "box": np.concatenate([centre - low, high - centre]) / stride,
                               "points": ((five - centre) / stride).reshape(-1)}[kind]  # fmt: skip
            name = f"{kind}_{one}"
            weights.append(tiny.weight(f"{name}_kept", values))
            nodes.append(helper.make_node("Add", [f"{name}_kept", "nothing"], [name]))
            outputs.append(tiny.value(name, side * side * 2, wide))
    nodes.insert(0, helper.make_node("ReduceMax", ["input.1"], ["most"], keepdims=0))
    nodes.insert(1, helper.make_node("Mul", ["most", "zero"], ["nothing"]))
    weights.append(tiny.weight("zero", np.array(0, np.float32)))
    return tiny.save(path, nodes, [tiny.value("input.1", 1, 3, 640, 640)], outputs, weights)


def alike(one, other) -> float:
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.filterwarnings("ignore:.*estimate:FutureWarning")
def test_its_arcface_embeds_as_ours_does(tmp_path):
    arcface = read_graph(tiny.embedder(tmp_path / "arc.onnx"))
    theirs = embed_by_insightface(arcface, KIM.photo, [tmp_path])
    assert theirs.shape == (1, 512)
    assert alike(theirs, embed_photo(arcface, KIM.photo)) > 0.999


@pytest.mark.filterwarnings("ignore:.*estimate:FutureWarning")
def test_its_scrfd_says_where_the_face_is(tmp_path):
    arcface = read_graph(tiny.embedder(tmp_path / "arc.onnx"))
    height, width = KIM.photo.pixels.shape[:2]
    there = (five_points(KIM.photo.points) * (640 / max(height, width))).astype(np.float32)
    assert is_scrfd(scrfd(tmp_path / "det.onnx", there))
    right = embed_by_insightface(arcface, KIM.photo, [tmp_path])
    assert alike(right, embed_photo(arcface, KIM.photo)) > 0.99
    scrfd(tmp_path / "det.onnx", there * 0.5)
    assert alike(embed_by_insightface(arcface, KIM.photo, [tmp_path]), right) < 0.99
