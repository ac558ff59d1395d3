"""`livecam bench soak` next to other programs that keep cores busy.

    python benchmarks/soak.py --minutes 10            quiet machine: the same as livecam bench soak --seconds 600
    python benchmarks/soak.py --minutes 10 --busy 1   one core kept busy by another process

The exit code is 1 when a promise is broken.
"""

import argparse
import sys
from pathlib import Path

from busy_processes import busy_processes

from livecam.cli.endurance_command import measure_soak
from livecam.config.settings import Settings
from livecam.personas.built_in import builtin_names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--busy", type=int, default=0, help="cores kept busy by other processes")
    parser.add_argument("--persona", default=builtin_names()[0])
    parser.add_argument("--camera", default="sample", help="clip of which the camera shows the beginning")
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args()
    settings = Settings(camera=given.camera, sink="null", persona=given.persona, json_path=given.json)
    with busy_processes(given.busy):
        kept = measure_soak(settings, given.minutes * 60, given.busy)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
