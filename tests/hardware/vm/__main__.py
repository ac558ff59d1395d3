"""`python -m tests.hardware.vm missing | build | ways | run [options] -- COMMAND`.

Exit code 125: the guest failed, not the command; 69: what it is made of does not come.
"""

import argparse
import signal
import sys
from pathlib import Path

from tests.hardware.vm import __doc__ as purpose
from tests.hardware.vm import emulator, user_mode
from tests.hardware.vm.guest import run
from tests.hardware.vm.image import Image, cache_folder, image
from tests.hardware.vm.needs import NotFetched, VmError, missing_packages
from tests.hardware.vm.way import Limits, Way

VM_FAILED, NOT_FETCHED = 125, 69


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(VM_FAILED))  # takes the guest along
    try:
        if asked.verb == "missing":
            print(" ".join(missing_packages(asked.native)))
            return 0
        if asked.verb == "ways":
            print("\n".join(way.name for way in ways()))
            return 0
        if asked.verb == "run":
            environment = dict(pair.split("=", 1) for pair in asked.env)
            limits = Limits(memory_mb=asked.memory_mb, command_s=asked.limit_s)
            return run(ways(), asked.command, limits, environment, asked.out)
        for built in _built(asked.native):
            print(f"{built.folder}: kernel {built.kernel}, v4l2loopback {', '.join(built.drivers)}")
    except VmError as error:
        print(f"livecam-vm: {error}", file=sys.stderr)
        return NOT_FETCHED if isinstance(error, NotFetched) else VM_FAILED
    return 0


def ways() -> list[Way]:
    """The ways to run a guest here, the best first: KVM, a kernel as a process if it was built, emulation.

    Raises:
        VmError: The guest cannot be built.
    """
    emulated = image(cache_folder())
    if emulator.has_kvm(emulated):
        return [emulator.way(emulated, "kvm"), emulator.way(emulated, "tcg")]
    native = user_mode.image(_native_folder())
    return [*([user_mode.way(native)] if native else []), emulator.way(emulated, "tcg")]


def _built(native: bool) -> list[Image]:
    emulated = image(cache_folder())
    if not native or emulator.has_kvm(emulated):
        return [emulated]
    return [emulated, user_mode.build_image(_native_folder())]


def _native_folder() -> Path:
    return cache_folder() / "user-mode"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.vm", description=purpose.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, purpose_of in {"missing": "Debian packages this host lacks", "build": "download and build it"}.items():
        verb = verbs.add_parser(name, help=purpose_of)
        verb.add_argument("--native", action="store_true", help="also a kernel that is a process, where KVM is none")
    verbs.add_parser("ways", help="how a guest would be run here, the best way first: kvm, uml or tcg")
    runs = verbs.add_parser("run", help="run a command in the guest")
    runs.add_argument("--memory-mb", type=int, default=Limits().memory_mb)
    runs.add_argument("--limit-s", type=float, default=Limits().command_s)
    runs.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    runs.add_argument("--out", type=Path, help="folder for what the command leaves in /run/livecam-vm/out")
    runs.add_argument("command", nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
