"""How a trained model follows on real clips: `python -m benchmarks.trained.real_clips PERSONA OPERATOR [--minutes 0]`.

The true swap is not known. What the mesh reads off the drawn face, on blocks that nothing was learned from, is compared
with what it reads off the operator's own: brows, lids, gaze, mouth. The photo engine's face goes the same way.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.trained.drawn import (
    ProcessorClock,
    as_textures,
    choose_photo,
    compare_traits,
    draw_by,
    draw_on_clip,
    read_once,
    train_within,
    with_live_openings,
)
from engines.swap.trained.model import TrainedModel
from trainer.basis import find_calm
from trainer.examples import export_examples, prepare
from trainer.judge import Judge
from trainer.linear import export_linear, train_linear
from trainer.material import Material
from trainer.scores import Scores


def train_network(persona: Material, operator: Material, minutes: float) -> tuple[bytes, Scores]:
    """Return the network as a file, and its scores."""
    from trainer.network.export import export_network
    from trainer.network.learner import NetworkLearner

    learner = NetworkLearner(persona, operator, ProcessorClock())
    with tempfile.TemporaryDirectory() as folder:
        train_within(learner, Path(folder), "real", minutes)
    return export_network(learner), learner.judge()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("persona", type=Path)
    parser.add_argument("operator", type=Path)
    parser.add_argument("--minutes", type=float, default=0.0, help="of processor time for the network; 0: none")
    parser.add_argument("--keep", type=Path, help="keep what was read of the clips in this folder")
    given = parser.parse_args()
    persona, operator = read_once(given.persona, given.keep), read_once(given.operator, given.keep)
    learned, driver = operator.select(~operator.is_held), operator.select(operator.is_held)
    linear, _ = train_linear(persona)
    lesson = prepare(persona, learned)
    judge = Judge(persona.select(persona.is_held), lesson.held, linear)
    scores = {"linear": judge.linear, "examples": judge.judge_each(lesson.model.draw(lesson.held.numbers[judge.which]))}
    models = {
        "linear": TrainedModel(Path("linear.onnx"), export_linear(linear, find_calm(learned))),
        "examples": TrainedModel(Path("examples.onnx"), export_examples(lesson.model)),
    }
    if given.minutes > 0:
        data, scores["network"] = train_network(persona, learned, given.minutes)
        models["network"] = TrainedModel(Path("network.onnx"), data)
    photo = [choose_photo(persona.select(~persona.is_held), linear.calm)] * len(driver)
    drawn = {"photo": (with_live_openings(photo, driver), models["linear"])}
    for name, model in models.items():
        made = draw_by(model, driver)
        drawn[name] = (made if model.contract.is_own else with_live_openings(made, driver), model)
    found: dict[str, object] = {
        "pictures": {"persona": len(persona), "operator": len(learned), "held_out": len(driver)},
        "scores": {name: asdict(one) for name, one in scores.items()},
    }
    for name, (textures, model) in drawn.items():
        seen = draw_on_clip(given.operator, as_textures(textures, driver, model), driver)
        moved = np.diff(seen.points[:, :, :2], 2, axis=0), np.diff(driver.points[:, :, :2], 2, axis=0)
        flicker = float(np.abs(moved[0]).mean() / max(float(np.abs(moved[1]).mean()), 1e-9))
        found[name] = {**compare_traits(driver, seen), "mesh_flicker": round(flicker, 3)}
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
