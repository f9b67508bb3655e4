"""What serves all seeds is started, imported and prepared here, once."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.embedded import postgres
from config.embedded.pytest_plugin import SETTINGS, UNSET
from tests import anvil
from tests.chaos.children import fork
from tests.chaos.servers import TEMPLATE, Servers

if TYPE_CHECKING:
    from tests.chaos.storm import Stage

TICK_SECONDS = 0.4
# Alarms that have nothing to do here: they would only keep the workers from the others.
USELESS = ("sign_editions", "sign_transcripts", "look_at_chains")


@contextmanager
def built(logs: Path) -> Iterator["Stage"]:
    """Start the servers, import everything, fill the template; stop it all at the end."""
    servers = Servers()
    try:
        servers.start()
        _environment(servers)
        _import()
        _fill(servers)
        # They import models.
        from tests.chaos.board import Board
        from tests.chaos.nodes import Nodes
        from tests.chaos.storm import Stage
        from tests.chaos.world import NODES

        nodes = Nodes(NODES)
        try:
            yield Stage(servers, nodes, Board(), logs)
        finally:
            nodes.stop()
    finally:
        servers.stop()


def know_models() -> None:
    """Let this process import models; it asks them nothing."""
    import django

    _alike()
    django.setup()


def _alike() -> None:
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(SETTINGS, DJANGO_SETTINGS_MODULE="config.settings")


def _environment(servers: Servers) -> None:
    _alike()
    os.environ.update(
        # Of workers, who look for work across issuers; the clerks could do with less.
        DATABASE_URL=servers.url(postgres.WORKER, TEMPLATE),
        FSCK_DATABASE_URL=servers.url(postgres.AUDITOR, TEMPLATE),
        REDIS_URL=servers.redis_url(),
        CHAIN_ID=str(anvil.CHAIN_ID),
        TICK_SECONDS=str(TICK_SECONDS),
    )


def _import() -> None:
    """Import in advance what workers import at their first use: a fork then has it."""
    import celery.apps.worker
    import celery.beat
    import celery.bin.worker
    import celery.concurrency.solo  # noqa: F401
    import django
    import kombu.transport.redis  # noqa: F401

    django.setup()
    import blockchain.chains.events
    import blockchain.chains.evm
    import blockchain.chains.raw
    import blockchain.chains.signers
    import blockchain.tasks  # noqa: F401
    import config.celery
    import credentials.tasks  # noqa: F401

    config.celery.app.loader.import_default_modules()
    from django.conf import settings

    for name, call in list(settings.CELERY_BEAT_SCHEDULE.items()):
        if str(call["task"]).rpartition(".")[2] in USELESS:
            del settings.CELERY_BEAT_SCHEDULE[name]


def _fill(servers: Servers) -> None:
    """Make the tables as the owner, and the issuers as the application."""

    def migrate() -> None:
        from django.core.management import call_command
        from django.db import connection

        owner = servers.url(postgres.OWNER, TEMPLATE)
        name, password = owner.removeprefix("postgres://").partition("@")[0].split(":")
        connection.settings_dict.update(USER=name, PASSWORD=password)
        call_command("migrate", verbosity=0, interactive=False)

    def prepare() -> None:
        from django.db import connection

        connection.settings_dict["NAME"] = TEMPLATE
        from tests.chaos import clerks

        clerks.prepare()

    log = servers.logs / "prepare.log"
    for name, do in (("migrate", migrate), ("prepare", prepare)):
        if fork(name, do, log=log).wait(120):
            sys.stderr.write(log.read_text())
            raise RuntimeError(f"{name} does not succeed")
