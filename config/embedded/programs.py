"""The programs of Acquis itself: the same commands as in docker-compose.yml and the Procfile."""

import sys
from collections.abc import Mapping, Sequence

from config.embedded.process import Program

# Two processes, for two cores; threads, because a verification waits for other people's servers.
WEB_WORKERS, WEB_THREADS = 2, 4
TASK_WORKERS = 2


def web(environment: Mapping[str, str], *, listen: Sequence[str]) -> Program:
    """Return the web server."""
    return Program(
        name="web",
        command=[
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *(word for address in listen for word in ("--bind", address)),
            *(
                "--workers",
                str(WEB_WORKERS),
                "--worker-class",
                "config.answering.Worker",
                "--threads",
                str(WEB_THREADS),
            ),
            # Once for all workers: half the time to start, and memory shared.
            "--preload",
            *("--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"),
        ],
        environment=environment,
    )


def worker(environment: Mapping[str, str]) -> Program:
    """Return the worker: it signs, seals, broadcasts and follows."""
    return Program(
        name="worker",
        command=[
            *(sys.executable, "-m", "celery", "--app", "config", "worker", "--pool", "prefork"),
            *("--concurrency", str(TASK_WORKERS), "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        ],
        environment=environment,
    )


def beat(environment: Mapping[str, str]) -> Program:
    """Return the clock; its schedule is in the settings, and it keeps no file."""
    return Program(
        name="beat",
        command=[
            *(sys.executable, "-m", "celery", "--app", "config.clock", "beat"),
            *("--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING", "--pidfile", ""),
        ],
        environment=environment,
    )


def prepare(environment: Mapping[str, str]) -> Program:
    """Return what brings the tables and the chain up to date."""
    return Program(
        name="prepare",
        command=[sys.executable, "-m", "config.embedded.prepare"],
        environment=environment,
    )
