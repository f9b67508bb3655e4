"""What a child does before it becomes a program: tie its life to its parent's, leave root.

Run as a script, `python -I -S launch.py PARENT SIGNAL USER COMMAND...`, and not as `preexec_fn`:
code that runs between fork and exec of a process with threads may find any lock taken.

    PARENT   pid of the process that starts us; when it is gone already, nothing is started
    SIGNAL   number the kernel sends to COMMAND the moment PARENT dies, however it dies
    USER     "same", "namespace" (root becomes `nobody` in a user namespace) or "nobody" (setuid)

PostgreSQL refuses to run as uid 0. In a user namespace where our uid 0 is seen as `nobody`, it does
not know that it is root, its files stay ours, and no account is created. Docker's default seccomp
profile forbids namespaces: hence "nobody".
"""

import ctypes
import os
import sys
from typing import NoReturn

# `nobody`: the one ordinary account that every Debian has; initdb insists on a uid with a name.
NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_namespace(libc: ctypes.CDLL) -> None:
    """Move this process into a user namespace where it is `nobody` and alone."""
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - no site, few imports
            file.write(text)


def become_nobody() -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def main(arguments: list[str]) -> NoReturn:
    parent, signal, user, *command = arguments
    libc = ctypes.CDLL(None, use_errno=True)
    if user == "namespace":
        enter_namespace(libc)
    elif user == "nobody":
        become_nobody()
    # After the change of user, which would clear it.
    if libc.prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # The parent may have died before the line above: then no signal will ever come.
    if os.getppid() != int(parent):
        raise SystemExit(0)
    os.execvp(command[0], command)  # noqa: S606 - no shell, on purpose


if __name__ == "__main__":
    main(sys.argv[1:])
