"""The quick video benchmark as a kind of job."""

from collections.abc import Mapping
from typing import Final

from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind


def _bench(call: Call) -> Mapping[str, object]:
    """Measure the sample at 720p, and write the figures and a page with plots.

    Raises:
        LivecamError: What measuring raises.
    """
    from livecam.bench.page import make_page
    from livecam.bench.run import QUICK, run_bench
    from livecam.config.settings import resolve
    from livecam.personas.built_in import builtin_names

    fixed = {"camera": "sample", "sink": "null", "voice": "off", "data-folder": str(call.data_folder)}
    settings = resolve({"persona": builtin_names()[0], **call.settings, **fixed}, {}).settings
    result = run_bench(settings, QUICK, lambda what: call.tell(Progress(None, f"measuring {what}")))
    (call.folder / "bench.json").write_text(result.to_json() + "\n", encoding="utf-8")
    (call.folder / "bench.html").write_text(make_page(result), encoding="utf-8")
    return {"files": ["bench.json", "bench.html"], "failed": dict(result.failed)}


BENCH: Final = Kind(
    "what this machine does, in half a minute", _bench, (0, 0), frozenset(("persona", "engine", "mode", "strength"))
)
