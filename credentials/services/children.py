"""Processes that can be killed: each answers one request, and is gone.

To start an interpreter and load what a check needs takes a fifth of a second; to copy a process
that did takes a millisecond. So a *parent* is started once, limited, without a secret, and waits:
for each request it makes a copy of itself (fork), which answers and ends. Nothing that one document
does to its process is there for the next one. A request that takes too long costs the parent its
life as well: they are one group, and are killed together.

A request and an answer are bytes with their length before them.
"""

import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

# An idle parent takes 40 MB: it leaves by itself.
IDLE_SECONDS = 120
# No report is longer: whoever writes more is not believed.
MAX_ANSWER = 4_000_000
HEAD = struct.Struct(">Q")

# What a parent does first, before it reads anything. 1 GB is twenty times what a large document
# takes; the processor time of a copy matters only where nobody is left to kill it. pyld does
# without `requests` and `aiohttp`, which it loads to fetch contexts: then it cannot, and starts
# sooner.
START = """
import gc, importlib, os, resource, select, struct, sys, traceback
idle, most, checker, *sys.path = sys.argv[1:]
for limit, bound in (
    (resource.RLIMIT_AS, 1 << 30),
    (resource.RLIMIT_CPU, 10),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
):
    hard = resource.getrlimit(limit)[1]
    bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
    if limit != resource.RLIMIT_CPU:
        resource.setrlimit(limit, (bound, bound))
    else:
        seconds = bound
sys.modules["requests"] = sys.modules["aiohttp"] = None
module = importlib.import_module(checker)
module.prepare()
answer = module.answer
# What a copy never writes to is never copied; collecting garbage would write everywhere.
gc.disable()
gc.freeze()

def take(size):
    taken = bytearray()
    while len(taken) < size:
        more = os.read(0, min(size - len(taken), 65536))
        if not more:
            os._exit(0)
        taken += more
    return bytes(taken)

def give(writing, request):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        said = b"+" + answer(request)
    except BaseException:
        said = b"-" + traceback.format_exc()[-4000:].encode(errors="replace")
    while said:
        said = said[os.write(writing, said):]
    os._exit(0)

while select.select([0], [], [], float(idle))[0]:
    request = take(struct.unpack(">Q", take(8))[0])
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        os.close(0)
        give(writing, request)
    os.close(writing)
    said = b""
    while len(said) <= int(most):
        more = os.read(reading, 65536)
        if not more:
            break
        said += more
    if len(said) > int(most):
        said = b"-too long"
    os.close(reading)
    _pid, status = os.waitpid(copy, 0)
    if status or not said:
        said = b"-ended with %d" % os.waitstatus_to_exitcode(status)
    said = struct.pack(">Q", len(said)) + said
    while said:
        said = said[os.write(1, said):]
"""


class TooLong(Exception):  # noqa: N818 - it says what is wrong
    """There was no answer in time; whoever was at it is killed."""


class Gone(Exception):  # noqa: N818 - it says what is wrong
    """The process was not there any more when it was asked."""


class Child:
    """A parent of copies, from here: one question at a time."""

    def __init__(self, checker: str, root: Path) -> None:
        """Start it.

        Args:
            checker: Name of the module with the function `answer`, from bytes to bytes, and
                `prepare`, which is called once before.
            root: Where that module is found.

        Raises:
            OSError: no process or no memory is left.
        """
        self.checker = checker
        paths = [path for path in sys.path if Path(path).is_absolute()]
        # -S: the paths are handed over, so `site` and what packages hook into it need not run.
        command = [sys.executable, "-I", "-S", "-B", "-c", START, str(IDLE_SECONDS),
                   str(MAX_ANSWER), checker, str(root), *paths]  # fmt: skip
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Return the answer to one request: "+" and what it is, or "-" and why there is none.

        Raises:
            TooLong: it took longer than that; the process is gone.
            Gone: the process was gone already.
        """
        deadline = time.monotonic() + seconds
        try:
            self._send(HEAD.pack(len(request)) + request, deadline)
            (length,) = HEAD.unpack(self._receive(HEAD.size, deadline))
            return self._receive(length, deadline)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Kill it, with whatever it is at."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _send(self, data: bytes, deadline: float) -> None:
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            raise Gone
        os.set_blocking(pipe.fileno(), False)
        # A pipe takes 64 kB at a time: what is left of ten megabytes is not copied each time.
        rest = memoryview(data)
        while rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([], [pipe], [], left)[1]:
                raise TooLong
            try:
                rest = rest[os.write(pipe.fileno(), rest) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise Gone from error

    def _receive(self, size: int, deadline: float) -> bytes:
        pipe = self._process.stdout
        if pipe is None or pipe.closed:
            raise Gone
        received = b""
        while len(received) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise TooLong
            more = os.read(pipe.fileno(), size - len(received))
            if not more:
                raise Gone
            received += more
        return received
