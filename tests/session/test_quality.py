"""Quality on real pictures with the real networks: a few frames of the sample clip as a folder of pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.bench.pictures import preload
from livecam.bench.quality.run import run_quality
from livecam.config.settings import Settings
from livecam.core.errors import CameraError, EngineError

FRAMES = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip")
    for number, picture in enumerate(preload("sample", (1280, 720), FRAMES)):
        cv2.imwrite(str(path / f"{number:03}.png"), picture)
    return path


def settings(camera: Path) -> Settings:
    return Settings(persona="robin", camera=str(camera), sink="null", fps=30.0)


def test_a_persona_on_a_still_face_is_steady_follows_it_and_leaks_nothing(folder: Path):
    result = run_quality(settings(folder), ["robin"], (), lambda _: None)
    figures = result.personas[0]
    assert (figures.frames, figures.held, figures.unswapped_shown) == (FRAMES, 0, 0)
    assert figures.flicker_ratio < 1.5
    assert 0 < figures.outline_error < 12
    assert figures.pose_error_deg < 4
    assert figures.identity is None
    assert result.tracking is None


def test_a_clip_without_a_face_cannot_be_judged(tmp_path: Path):
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((240, 320, 3), 90, np.uint8))
    with pytest.raises(CameraError, match="no face was found"):
        run_quality(settings(tmp_path), ["robin"], (), lambda _: None)


def test_a_file_that_is_no_network_is_refused(folder: Path, tmp_path: Path):
    nothing = tmp_path / "none.onnx"
    with pytest.raises(EngineError, match="cannot be read"):
        run_quality(settings(folder), ["robin"], [nothing], lambda _: None)
    nothing.write_bytes(b"not a network")
    with pytest.raises(EngineError, match="does not load"):
        run_quality(settings(folder), ["robin"], [nothing], lambda _: None)
