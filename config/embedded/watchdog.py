"""Stop the stack when its supervisor is gone, whatever happened to it.

Run as a script, `python -I -S watchdog.py GRACE`. The supervisor holds the other end of standard
input and writes a line for each process group that it starts; the kernel closes that end when the
supervisor dies, by SIGKILL too. Then every group still listed is asked to stop with its own signal,
given GRACE seconds, and killed. The signal of a parent's death (launch.py) reaches children only;
this reaches the workers of gunicorn and Celery as well.

    watch GROUP SIGNAL     a process group, and the signal that stops it in order
    forget GROUP           it ended
    remove PATH            a folder that should not outlive the supervisor
    done                   the supervisor stopped everything itself
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

# Long enough for PostgreSQL to end its sessions and write a checkpoint, short enough that one may
# start again at once.
GRACE = 6.0


class Charge:
    """What the supervisor has asked us to see to."""

    def __init__(self) -> None:
        self.groups: dict[int, int] = {}
        self.folders: list[str] = []

    def read(self, lines: Iterable[str]) -> bool:
        """Follow the lines to their end; return whether the supervisor took its leave."""
        for line in lines:
            verb, _, rest = line.rstrip("\n").partition(" ")
            if verb == "watch":
                group, number = rest.split(" ")
                self.groups[int(group)] = int(number)
            elif verb == "forget":
                self.groups.pop(int(rest), None)
            elif verb == "remove":
                self.folders.append(rest)
            elif verb == "done":
                return True
        return False


def tell(group: int, number: int) -> bool:
    """Send a signal (0: none) to a process group; return whether anybody is there."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        # One of them is another user's: then the others were told.
        return True
    return True


def is_running(group: int) -> bool:
    """Return whether the group has more than zombies (pid 1 of a container may never reap)."""
    if not tell(group, 0):
        return False
    for name in os.listdir("/proc"):  # noqa: PTH208 - no site, few imports
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                    state, _, owner = file.read().rpartition(") ")[2].split(" ")[:3]
            except OSError:
                continue
            if int(owner) == group and state not in "ZX":
                return True
    return False


def ask(group: int, number: int) -> None:
    """Ask a group's leader to stop, who sees to its workers; without a leader, ask them all."""
    try:
        leader = os.getpgid(group) == group
    except ProcessLookupError:
        leader = False
    if leader:
        try:
            os.kill(group, number)
        except ProcessLookupError:
            leader = False
    if not leader:
        tell(group, number)


def stop(groups: dict[int, int], *, grace: float) -> None:
    """Ask every group to stop, wait, and kill those that did not."""
    for group, number in groups.items():
        ask(group, number)
    remaining = set(groups)
    deadline = time.monotonic() + grace
    while remaining and time.monotonic() < deadline:
        remaining = {group for group in remaining if is_running(group)}
        if remaining:
            time.sleep(0.05)
    for group in remaining:
        tell(group, signal.SIGKILL)


def main(grace: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    charge = Charge()
    if charge.read(sys.stdin):
        return
    stop(charge.groups, grace=grace)
    for folder in charge.folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
