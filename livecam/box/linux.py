"""Use Landlock and seccomp, through the C library.

From then on the process can open no file or socket, and start no program.
"""

import ctypes
import errno
import os
import platform
import struct
from typing import Final

_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP, _FILTER = 22, 2
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION: Final = 1
# How many rights over files each version of Landlock knows.
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_FILE_RIGHTS: Final = 16
_NET_RIGHTS: Final = 3

_LOAD_WORD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_THREAD: Final = 0x10000
_X32: Final = 0x40000000

# By machine: its audit number, clone, clone3, tgkill, and the calls that are refused: opening and changing files,
# sockets, starting and reaching other processes, mounting, keys, and the parts of the kernel that decoding never needs.
_X86_64: Final = """
    2 41 42 43 49 50 53 57 58 59 62 76 82 83 84 85 86 87 88 90 92 101 129 133 155 161 165 166 188 200 248 249 250 257
    258 259 260 263 264 265 266 268 272 288 297 298 302 303 304 308 310 311 316 321 322 323 424 425 434 437 438
"""
_AARCH64: Final = """
    5 33 34 35 36 37 38 39 40 41 45 51 53 54 56 97 117 129 130 138 198 199 200 201 202 203 217 218 219 221 240 241 242
    261 264 265 268 270 271 276 280 281 282 424 425 434 437 438
"""
_MACHINES: Final = {
    "x86_64": (0xC000003E, 56, 435, 234, tuple(map(int, _X86_64.split()))),
    "aarch64": (0xC00000B7, 220, 435, 131, tuple(map(int, _AARCH64.split()))),
}


def forbid_files() -> bool:
    """Forbid opening files and TCP connections from now on.

    Returns:
        False where the kernel has no Landlock.
    """
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    files = (1 << _FILE_RIGHTS.get(version, _NEWEST_FILE_RIGHTS)) - 1
    rules = struct.pack("QQ", files, _NET_RIGHTS) if version >= 4 else struct.pack("Q", files)
    ruleset = library.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    try:
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(library.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def forbid_calls() -> bool:
    """Forbid system calls that decoding does not need.

    Returns:
        False where the kernel or machine has no such filter.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    code = _filter(*machine)
    held = ctypes.create_string_buffer(code, len(code))
    program = Program(len(code) // 8, ctypes.addressof(held))
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(library.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _filter(audit: int, clone: int, clone3: int, tgkill: int, refused: tuple[int, ...]) -> bytes:
    """Return the program of the filter, as the kernel reads it."""
    no = _ERROR | errno.EPERM
    lines = [(_LOAD_WORD, 0, 0, _MACHINE_AT), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, _KILL)]
    lines += [(_LOAD_WORD, 0, 0, _NUMBER_AT), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, no)]
    for number in refused:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, no)]
    # Threads are started, processes are not; who asks the newer way is sent to the older one, which can be looked into.
    lines += [(_EQUAL, 0, 1, clone3), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    lines += [(_EQUAL, 0, 4, clone), (_LOAD_WORD, 0, 0, _FIRST_ARGUMENT_AT), (_ANY_BIT, 1, 0, _THREAD)]
    lines += [(_RETURN, 0, 0, no), (_RETURN, 0, 0, _ALLOW)]
    lines += [(_EQUAL, 0, 4, tgkill), (_LOAD_WORD, 0, 0, _FIRST_ARGUMENT_AT), (_EQUAL, 1, 0, os.getpid())]
    lines += [(_RETURN, 0, 0, no), (_RETURN, 0, 0, _ALLOW)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
