"""How a trained model follows on real clips: `python -m benchmarks.trained.real_clips PERSONA OPERATOR [--minutes 0]`.

The true swap is not known. What is read off the drawn face, on blocks that nothing was learned from, is compared with
what is read off the operator's own: brows, lids, gaze, mouth. The photo engine's face goes the same way. `own` is the
operator's own face drawn by the same renderer: what a perfect texture would reach. It is read by livecam's mesh, and
with `--landmarker` by MediaPipe's, which had no part in it. `--recogniser` says which person it shows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.trained.drawn import (
    ProcessorClock,
    as_textures,
    choose_photo,
    compare_traits,
    draw_by,
    draw_pictures,
    frames_at,
    read_once,
    read_pictures,
    train_within,
    with_live_openings,
)
from benchmarks.trained.followed import compare_blendshapes, compare_identity, read_blendshapes, recognise
from engines.swap.trained.model import TrainedModel
from livecam.core.texture import FaceTexture
from livecam.video.atlas.detail import GAIN
from trainer.basis import find_calm, texel_weights
from trainer.examples import export_examples, prepare
from trainer.judge import Judge
from trainer.linear import export_linear, train_linear
from trainer.material import Material
from trainer.scores import Scores

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """Who looks at the drawn pictures, and what they saw on the live ones.

    Attributes:
        clip, driver: The operator's clip and its held-out pictures.
        landmarker, recogniser: Files; None: not asked.
        shapes: (k, 52) blendshapes of the live pictures.
        people: Embeddings of the persona's held-out pictures and of the live ones.
        sharpness: Fine structure of eyes and mouth in the persona's own pictures.
    """

    clip: Path
    driver: Material
    landmarker: Path | None
    recogniser: Path | None
    shapes: Floats | None
    people: tuple[Floats, Floats] | None
    sharpness: float

    def judge(self, textures: Sequence[FaceTexture]) -> dict[str, object]:
        """Return what is read off the clip with these textures drawn on it."""
        made = draw_pictures(self.clip, textures, self.driver)
        seen, pictures = read_pictures(made, self.driver), [frame.pixels for frame in made]
        found: dict[str, object] = {
            "mesh": compare_traits(self.driver, seen),
            "flicker": measure_flicker(seen, self.driver),
        }
        found["sharpness"] = round(measure_sharpness(seen) / self.sharpness, 3)
        if self.landmarker is not None and self.shapes is not None:
            found["landmarker"] = compare_blendshapes(self.shapes, read_blendshapes(pictures, self.landmarker))
        if self.recogniser is not None and self.people is not None:
            found["identity"] = compare_identity(recognise(pictures, seen.points, self.recogniser), *self.people)
        return found


def open_judges(
    clips: tuple[Path, Path], people: tuple[Material, Material], landmarker: Path | None, recogniser: Path | None
) -> Judges:
    """Return who judges, after a look at the live pictures; clips and held-out pictures are persona and operator."""
    frames = [[frame.pixels for frame in frames_at(c, m.at_ns)] for c, m in zip(clips, people, strict=True)]
    shapes = None if landmarker is None else read_blendshapes(frames[1], landmarker)
    known = None
    if recogniser is not None:
        known = tuple(recognise(f, m.points, recogniser) for f, m in zip(frames, people, strict=True))
    assert known is None or len(known) == 2
    return Judges(clips[1], people[1], landmarker, recogniser, shapes, known, measure_sharpness(people[0]))


def measure_sharpness(material: Material) -> float:
    """Return the mean step between neighbouring texels at eyes, brows and lips, in the atlas."""
    where, faces = texel_weights(material.side_px) > 1.5, material.detail.astype(np.float32)
    across = np.abs(faces[:, :, 1:] - faces[:, :, :-1])[:, where[:, 1:]].mean()
    down = np.abs(faces[:, 1:] - faces[:, :-1])[:, where[1:]].mean()
    return float(across + down) / GAIN


def measure_flicker(drawn: Material, live: Material) -> float:
    """Return the second difference in time of the face's colours in the atlas, over that of the live face.

    Pictures that do not follow each other do not count.
    """
    face = texel_weights(live.side_px) > 0.5
    step_ns = np.diff(live.at_ns)
    near = (step_ns[1:] < 1.5 * np.median(step_ns)) & (step_ns[:-1] < 1.5 * np.median(step_ns))
    trembling = []
    for one in (drawn, live):
        colours = one.detail[:, face].astype(np.float32).mean(-1)
        second = colours[1:-1] - (colours[:-2] + colours[2:]) / 2
        trembling.append(float(np.sqrt((second[near] ** 2).mean())))
    return round(trembling[0] / max(trembling[1], 1e-9), 3)


def train_network(persona: Material, operator: Material, minutes: float) -> tuple[bytes, Scores]:
    """Return the network as a file, and its scores."""
    from trainer.network.export import export_network
    from trainer.network.learner import NetworkLearner

    learner = NetworkLearner(persona, operator, ProcessorClock())
    with tempfile.TemporaryDirectory() as folder:
        train_within(learner, Path(folder), "real", minutes)
    return export_network(learner), learner.judge()


def make_models(
    persona: Material, learned: Material, minutes: float
) -> tuple[Mapping[str, TrainedModel], Mapping[str, Scores], Floats]:
    """Return models by name, their scores, and the photo (n, n, 3)."""
    linear, _ = train_linear(persona)
    lesson = prepare(persona, learned)
    judge = Judge(persona.select(persona.is_held), lesson.held, linear)
    scores = {"linear": judge.linear, "examples": judge.judge_each(lesson.model.draw(lesson.held.numbers[judge.which]))}
    models = {
        "linear": TrainedModel(Path("linear.onnx"), export_linear(linear, find_calm(learned))),
        "examples": TrainedModel(Path("examples.onnx"), export_examples(lesson.model)),
    }
    if minutes > 0:
        data, scores["network"] = train_network(persona, learned, minutes)
        models["network"] = TrainedModel(Path("network.onnx"), data)
    return models, scores, choose_photo(persona.select(~persona.is_held), linear.calm)


def draw_all(
    models: Mapping[str, TrainedModel], photo: Floats, driver: Material, calm_shape: Floats
) -> dict[str, list[FaceTexture]]:
    """Return textures by name: the operator's own face, the photo, and each model's."""
    linear = models["linear"]
    own = as_textures([one.astype(np.float32) / GAIN for one in driver.detail], driver, models["examples"])
    drawn = {
        "own": [replace(one, shape=calm_shape) for one in own],
        "photo": as_textures(with_live_openings([photo] * len(driver), driver), driver, linear),
    }
    for name, model in models.items():
        made = draw_by(model, driver)
        drawn[name] = as_textures(made if model.contract.is_own else with_live_openings(made, driver), driver, model)
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("persona", type=Path)
    parser.add_argument("operator", type=Path)
    parser.add_argument("--minutes", type=float, default=0.0, help="of processor time for the network; 0: none")
    parser.add_argument("--keep", type=Path, help="keep what was read of the clips in this folder")
    parser.add_argument("--landmarker", type=Path, help="MediaPipe's face_landmarker.task with blendshapes")
    parser.add_argument("--recogniser", type=Path, help="a recogniser of faces as ONNX")
    given = parser.parse_args()
    persona, operator = read_once(given.persona, given.keep), read_once(given.operator, given.keep)
    learned, driver = operator.select(~operator.is_held), operator.select(operator.is_held)
    models, scores, photo = make_models(persona, learned, given.minutes)
    held = persona.select(persona.is_held), driver
    judges = open_judges((given.persona, given.operator), held, given.landmarker, given.recogniser)
    found: dict[str, object] = {
        "pictures": {"persona": len(persona), "operator": len(learned), "held_out": len(driver)},
        "scores": {name: asdict(one) for name, one in scores.items()},
    }
    for name, textures in draw_all(models, photo, driver, find_calm(learned).shape).items():
        found[name] = judges.judge(textures)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
