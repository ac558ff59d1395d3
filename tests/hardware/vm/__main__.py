"""`python -m tests.hardware.vm missing | build | run [options] -- COMMAND`; 125: the guest failed, not the command."""

import argparse
import sys

from tests.hardware.vm import __doc__ as purpose
from tests.hardware.vm.guest import Limits, run
from tests.hardware.vm.image import cache_folder, image
from tests.hardware.vm.needs import VmError, missing_packages

VM_FAILED = 125


def main() -> int:
    asked = _arguments()
    try:
        if asked.verb == "missing":
            print(" ".join(missing_packages()))
            return 0
        if asked.verb == "run":
            environment = dict(pair.split("=", 1) for pair in asked.env)
            limits = Limits(memory_mb=asked.memory_mb, command_s=asked.limit_s)
            return run(image(cache_folder()), asked.command, limits, environment)
        built = image(cache_folder())
        print(f"{built.folder}: kernel {built.kernel}, v4l2loopback {', '.join(built.drivers)}")
    except VmError as error:
        print(f"livecam-vm: {error}", file=sys.stderr)
        return VM_FAILED
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.vm", description=purpose.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("missing", help="Debian packages this host lacks")
    verbs.add_parser("build", help="download and build the guest")
    runs = verbs.add_parser("run", help="run a command in the guest")
    runs.add_argument("--memory-mb", type=int, default=Limits().memory_mb)
    runs.add_argument("--limit-s", type=float, default=Limits().command_s)
    runs.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    runs.add_argument("command", nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
