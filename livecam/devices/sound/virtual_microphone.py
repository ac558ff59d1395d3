"""The virtual microphone "livecam AI voice" on a sound server.

Other sounds are kept out of it.
"""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from livecam.config.paths import data_folder
from livecam.core.errors import OutputError, remedy
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.writing import private_folder
from livecam.devices.sound.pulse_server import LABEL, SINK, SOURCE, ask_pactl, is_running, run_pactl, start_hint
from livecam.devices.sound.pulse_streams import NOWHERE, StreamGuard, list_listeners

# Without another output our sink would become the default, and every program would speak into the call. So there is one
# that no program hears, and it comes before ours: by its class in PulseAudio, by its priority in PipeWire.
_PARTS: Final = (
    ("module-null-sink", f"sink_name={NOWHERE}", "rate=48000", "channels=1",
     "sink_properties=\"device.description='livecam (not audible)' priority.session=2\""),
    ("module-null-sink", f"sink_name={SINK}", "rate=48000", "channels=1",
     f"sink_properties=\"device.description='{LABEL} (internal)' device.class=modem priority.session=1\""),
    ("module-remap-source", f"source_name={SOURCE}", f"master={SINK}.monitor", "channels=1",
     f"source_properties=\"device.description='{LABEL}'\""),
)  # fmt: skip


class VirtualMicrophone:
    """A sink for livecam and a source "livecam AI voice" for other programs.

    Other streams on the sink are moved away. What the server loses, also by a restart, is added again.

    When a source is removed, the server gives its listeners the default microphone: the natural voice. That also
    happens to listeners that return after a mute. So it is removed only if no program ever listened. Otherwise it
    stays muted, and the next livecam takes it over, as it does after a kill. `unplug` removes it.

    Attributes:
        guard: Watches over it; None before it is there.
        stays: After `close`, whether it is still there.
    """

    def __init__(self) -> None:
        """Add what is missing.

        Raises:
            OutputError: No server, another livecam speaks already, or the server refuses.
        """
        if shutil.which("pactl") is None:
            raise OutputError("there is no pactl to add a virtual microphone with", **remedy(start_hint()))
        self._lock: int | None = _take_lock()
        self.guard: StreamGuard | None = None
        self.stays = False
        try:
            _add()
            self.guard = StreamGuard(_add)
        finally:
            if self.guard is None:
                self.close()

    @property
    def listeners(self) -> frozenset[str]:
        """Names of the programs that listen to it."""
        return frozenset() if self.guard is None else self.guard.listening

    def close(self) -> None:
        """Remove everything, unless a program listens or has listened.

        It may be called twice.
        """
        if self._lock is None:
            return
        if self.guard is not None:
            self.guard.close()
        self.stays = is_running() and bool(list_listeners() or (self.guard is not None and self.guard.was_heard))
        if self.stays:
            _mute(True)
        else:
            _remove()
        os.close(self._lock)
        self._lock = None


def is_present() -> bool:
    """Whether a virtual microphone is on the server, livecam's or one it left."""
    return bool(_list_own_modules())


def is_in_use() -> bool:
    """Whether a livecam process uses it at present."""
    try:
        os.close(_take_lock())
    except OutputError:
        return True
    return False


def unplug() -> bool:
    """Remove what livecam left; return whether there was any.

    Raises:
        OutputError: A livecam speaks through it, a program listens to it, or no server answers.
    """
    lock = _take_lock()
    try:
        if heard := list_listeners():
            raise OutputError(
                f"{len(heard)} program(s) listen to {LABEL}: without it they would be given your microphone",
                advice="choose another microphone there, or end the call, then: livecam voice unplug",
            )
        was_there = is_present()
        _remove()
    finally:
        os.close(lock)
    return was_there


def _mute(muted: bool) -> None:
    run_pactl("set-source-mute", SOURCE, str(int(muted)))
    run_pactl("set-sink-mute", SINK, str(int(muted)))


def _remove() -> None:
    if is_running():
        for number in sorted(_list_own_modules(), key=int, reverse=True):
            run_pactl("unload-module", number)


def _add() -> None:
    there = _list_own_modules()
    missing = [part for part in _PARTS if not any(f"{part[1]} " in arguments for arguments in there.values())]
    for part in missing:
        ask_pactl("load-module", *part)
    if missing or there:
        # It may have been left muted, and a server remembers that by name.
        _mute(False)


def _list_own_modules() -> dict[str, str]:
    """Return arguments of the modules that make the virtual microphone, by number."""
    rows = (line.split("\t") for line in ask_pactl("list", "short", "modules").splitlines())
    return {row[0]: row[2] for row in rows if len(row) > 2 and any(f"{part[1]} " in row[2] for part in _PARTS)}


def _lock_folder() -> Path:
    """Return a folder that only this user can access.

    It is that of the session, or that of data; never a shared one.

    Raises:
        OutputError: There is none.
    """
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(named):
        with suppress(OSError):
            state = os.lstat(named)
            if stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not state.st_mode & 0o022:
                return Path(named)
    return private_folder(data_folder())


def _take_lock() -> int:
    """Take the lock on the virtual microphone, which ends with the process.

    Raises:
        OutputError: Another process has it, or there is no place to note that.
    """
    # This module is loaded on systems without it too.
    import fcntl

    place = _lock_folder() / "livecam-voice.lock"
    with translate_write_errors(place):
        lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise OutputError(
            "another livecam speaks through the virtual microphone",
            advice="end it first, or run this one with --voice off",
        ) from None
    return lock
