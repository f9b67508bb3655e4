"""One world for all tests of this folder; each leaves it as it found it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings as live
from django.db import connection, transaction

from tests import nameserver, roles
from tests.conftest import NOW
from tests.isolation import damage, making, walls
from tests.pictures import pictures_drawn_once  # noqa: F401 - a fixture
from tests.static_files import files_found_once  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.world import World


@pytest.fixture(scope="package")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Make the two organisations, once for all modules, in a transaction that is undone."""
    if not roles.are_there():
        pytest.skip("this PostgreSQL was made by somebody else: it has not our roles")
    with django_db_blocker.unblock(), transaction.atomic():
        roles.become(roles.WORKER)
        with pytest.MonkeyPatch.context() as monkeypatch, time_machine.travel(NOW, tick=False):
            monkeypatch.setattr(live, "MANIFEST_DIR", tmp_path_factory.mktemp("manifests"))
            monkeypatch.setattr(live, "SUBMITTER_KEY", f"{8:064x}")
            made = making.build()
        connection.check_constraints()  # what waits until the end would wait in every test
        yield made
        transaction.set_rollback(True)  # and with it, the role is again who we were


@pytest.fixture(scope="module")
def wall(request: pytest.FixtureRequest) -> str:
    """Say which walls stand in this module."""
    return str(getattr(request.module, "WALL", walls.BOTH))


@pytest.fixture(scope="module")
def world(made: World, wall: str, django_db_blocker: Any) -> Iterator[World]:
    """Take the walls away that are not to stand."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        walls.take_away(wall, monkeypatch)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch(world: World, django_db_blocker: Any) -> damage.Watch:
    """Watch over the rows as every test finds them."""
    with django_db_blocker.unblock():
        return damage.Watch(world)


@pytest.fixture(scope="module")
def unshared(world: World, django_db_blocker: Any) -> damage.Watch:
    """Watch over what one does not share with the other."""
    with django_db_blocker.unblock():
        return damage.Watch(world, to_nobody=True)


@pytest.fixture(scope="package")
def _empty_zone() -> Iterator[nameserver.Zone]:
    with nameserver.serving() as zone:
        yield zone


@pytest.fixture
def zone(settings: Any, _empty_zone: nameserver.Zone) -> nameserver.Zone:
    """Let a DNS be asked that knows nothing, the same for all of these tests."""
    settings.DNS_RESOLVERS = _empty_zone.servers
    return _empty_zone


@pytest.fixture(autouse=True)
def _the_hour() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _as_elsewhere(settings) -> None:
    """Tests ask as often as they like, and of nobody outside."""
    settings.SUBMITTER_KEY = f"{8:064x}"
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False


@pytest.fixture
def nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody outside be found: what asks them says so at once."""
    from dataclasses import replace

    from issuers.resolvers import fetching

    def lookup(host: str) -> list[str]:
        raise OSError(f"no {host} here")

    monkeypatch.setattr(fetching, "PUBLIC", replace(fetching.PUBLIC, lookup=lookup))
