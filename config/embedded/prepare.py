"""Bring the database and the chain up to date, in one process: Django takes a second to import.

Run by the supervisor as `python -m config.embedded.prepare`, as the owner of the tables. It imports
while PostgreSQL and the chain start, and reads on standard input when each is there; what it says
on standard output, the supervisor waits for.

    <- database       PostgreSQL has its roles
    -> migrated       the tables are as the code wants them
    <- chain          the chain answers
    -> registry TEXT  where the contract is, or why that is not known
"""

import sys
import time
from datetime import UTC, datetime

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from issuers.scope import walls


def main() -> None:
    """Migrate, then deploy the registry."""
    django.setup()
    _wait_for("database")
    if is_behind():
        call_command("migrate", verbosity=0, interactive=False)
    else:  # what it does at the end, too: nothing, where the wall stands
        walls.raise_walls(connection)
    _say("migrated")
    # Not at the top: it imports models, which are there after the setup only.
    from blockchain import selectors as witnessed  # noqa: PLC0415
    from blockchain import services as anchoring  # noqa: PLC0415
    from blockchain.core import anchor  # noqa: PLC0415
    from blockchain.services import deployment  # noqa: PLC0415

    _wait_for("chain")
    told = []
    for chain, terms in witnessed.configured_chains().items():
        if terms.number not in deployment.DEVELOPMENT_CHAINS:
            told.append("deploying it costs gas here; run `manage.py deploy_registry` once")
            continue
        try:
            # Such a chain is quick, so look for the block twenty times a second.
            address = anchoring.deploy_registry(
                now=datetime.now(UTC),
                wait=lambda _: time.sleep(0.05),
                lane=anchoring.Lane(chain),
            )
        except anchoring.Unavailable as error:
            told.append(f"unknown, {chain} does not answer ({error})")
        else:
            told.append(address)
    _say(f"registry: {told[0]}" if told[0] != anchor.REGISTRY else f"registry {told[0]}")


def is_behind() -> bool:
    """Say whether a migration has not been applied; `migrate` itself takes longer to say."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _wait_for(word: str) -> None:
    if sys.stdin.readline().strip() != word:
        raise SystemExit(1)  # the supervisor is gone


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
