"""Our reading of inswapper against InsightFace's own, on the same model, photo and points."""

from types import SimpleNamespace

import cv2
import numpy as np
import onnxruntime
import pytest

from engines.onnx.engine import open_engine
from engines.onnx.graph import read_graph
from engines.onnx.identity import embedding_of
from engines.onnx.templates import five_points
from livecam.consent.builtin import builtin
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame
from tests import swap_models as tiny

inswapper = pytest.importorskip("insightface.model_zoo.inswapper", reason="not here: pip install insightface")
KIM = builtin("kim")


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

    embedding = embedding_of(arcface, KIM.photo)[0]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    theirs, _ = inswapper.INSwapper(str(path), session).get(
        frame.pixels,
        SimpleNamespace(kps=five_points(mesh.points).astype(np.float32)),
        SimpleNamespace(normed_embedding=embedding / np.linalg.norm(embedding)),
        paste_back=False,
    )
    assert np.abs(ours.astype(int) - theirs).max() <= 1
