"""Try a model of the contract `livecam-atlas`.

Numbers, a face that is not of one colour, and how long it takes.
"""

import numpy as np

from engines.onnx.brought import ModelCopy
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from engines.onnx.threads import choose_thread_count
from engines.swap.neural.trial import measure_ms
from engines.swap.trained.contract import ATLAS, EXPRESSION, NUMBERS, match_atlas
from livecam.core.errors import EngineError

_LEAST_SPREAD = 0.01


def time_atlas_model(model: ModelCopy) -> float:
    """Return the milliseconds of a pass on the driver's own calm face.

    Raises:
        EngineError: It does not load, or gives no face.
    """
    if isinstance(model.model, str):
        raise EngineError(f"{model.graph.path.name} has its weights in other files", advice="make it again")
    contract = match_atlas(model.graph, model.model)
    runner = Runner(model.graph, CPU, choose_thread_count(), model=model.model)
    try:
        calm = {ATLAS: contract.calm_atlas[None], EXPRESSION: contract.calm_points.reshape(1, NUMBERS)}
        made = runner.run(calm)[0]
        if not np.isfinite(made).all():
            raise EngineError(f"{model.graph.path.name} gives numbers that are none", advice="make it again")
        if float(made[:, :3].std()) < _LEAST_SPREAD:
            raise EngineError(f"{model.graph.path.name} gives a picture of one colour", advice="make it again")
        return measure_ms(runner)
    finally:
        runner.close()
