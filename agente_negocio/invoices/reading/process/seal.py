"""On Linux, what a process of its own still shares with others of the same user: closed by Landlock."""

import ctypes
import os
import sys

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
"""System calls, of the same number on every machine."""
_NO_NEW_PRIVILEGES = 38
_MAKE_BLOCK_DEVICE = 1 << 11
"""A ruleset has to forbid something; nobody here makes devices."""
_CAPABILITY_VERSION = 0x20080522
_SYS_PTRACE, _SYS_ADMIN, _PERFMON = 19, 21, 38
"""Powers of root that would look past it (capabilities(7))."""


def seal() -> bool:
    """Keep this process and those it starts from looking into any other; whether that could be done.

    The kernel then refuses them the environment and the memory of others in /proc, above all of the caller
    with its secrets (landlock(7), "Ptrace restrictions"). Kernels before 5.13 cannot.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    forbidden = ctypes.c_uint64(_MAKE_BLOCK_DEVICE)
    ruleset = library.syscall(_CREATE_RULESET, ctypes.byref(forbidden), ctypes.c_size_t(8), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    try:
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _give_up_powers(library)
        return bool(library.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint(0)) == 0)
    finally:
        os.close(ruleset)


def _give_up_powers(library: ctypes.CDLL) -> None:
    """Two blocks of 32 capabilities, each effective, permitted and inheritable."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    held = (ctypes.c_uint32 * 6)()
    if library.capget(head, held) != 0:
        return
    for power in (_SYS_PTRACE, _SYS_ADMIN, _PERFMON):
        block, bit = divmod(power, 32)
        for place in range(3 * block, 3 * block + 3):
            held[place] &= ~(1 << bit)
    library.capset(head, held)
