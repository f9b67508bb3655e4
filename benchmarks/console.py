"""Every page of the console, of a large organisation: `python -m benchmarks.console [COUNT]`.

It has as many credentials as asked for (200,000), and of everything else what belongs to that many
(benchmarks/multiplying.py). Every address below `/console/SLUG/` that shows a page is asked for, as
an administrator who is signed in and as the role of PostgreSQL that serves pages: again and again,
as workers keep counted ahead what takes long to count (credentials.selectors.ahead); then once with
nothing kept, as after a new start of everything. Told are the queries, the first time, the time
that 95 of 100 take, and that last one: the whole way through Django, without a network.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from statistics import quantiles
from typing import Any

from benchmarks import figures
from config.embedded.pytest_plugin import SETTINGS, Servers

COUNT, TIMES = 200_000, 15
MOST_QUERIES, MOST_MS = 12, 200
# As many learners ask for something as a page shows.
ASKING = 100
# Files to take along are read from one end to the other, and pictures are no pages.
FILES = (".csv", ".jsonl", ".png", "/file")
FORMS = ("issue", "organisation", "leave", "four-eyes")
# What lists are asked besides, as people do.
ASKED = {
    "credentials": ("words=prenom12", "state=valid", "state=expired", "state=revoked",
                    "before=100000", "words=g-1234", "until=2025-06-01"),
    "mail": ("state=bounced", "state=failed", "state=sent", "state=delivered"),
    "search": ("q=nom12", "q=list-12", "q=g-77", "q=badge"),
    "figures": ("since=2020-01-01&until=2026-12-31", "badge=badge-7"),
    "trail": ("before=40000",),
}  # fmt: skip


@dataclass
class Page:
    """What was found of one page."""

    path: str
    queries: int
    first: float
    usual: float
    bare: float = 0.0

    @property
    def is_list(self) -> bool:
        """Say whether it shows many of something; a form or a page of one does not."""
        name = self.path.partition("?")[0].split("/", 3)[3]
        return "/" not in name and name not in FORMS

    @property
    def is_good(self) -> bool:
        """Say whether it is as it is to be."""
        within = max(self.first, self.usual) * 1e3 <= MOST_MS
        return within and (self.queries <= MOST_QUERIES or not self.is_list)


def main() -> None:
    """Make the rows, ask, and say how long it took."""
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else COUNT
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
            os.environ |= {
                **SETTINGS,
                "DATABASE_URL": servers.start_postgres(),
                "REDIS_URL": servers.start_valkey(),
                "MANIFEST_DIR": folder,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "LOG_LEVEL": "CRITICAL",
                "PYTHONWARNINGS": "ignore",
                "TESTS_AUDITOR_URL": servers.auditor_url,
                "TESTS_WEB_URL": servers.web_url,
            }
            measure(count, servers)
    finally:
        servers.stop()


def measure(count: int, servers: Servers) -> None:
    """Measure every page, and keep the worst of each."""
    import django  # noqa: PLC0415 - its settings are in the environment from now on

    django.setup()
    import time_machine  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415

    from tests.conftest import NOW  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with time_machine.travel(NOW, tick=True):
        start = time.perf_counter()
        world = made(count, servers, NOW)
        sys.stdout.write(f"{count:,} credentials in {time.perf_counter() - start:.0f} s\n")
        pages = ask(world)
    for page in sorted(pages, key=lambda page: max(page.first, page.usual)):
        mark = " " if page.is_good else "✗"
        sys.stdout.write(
            f"{mark} {page.first * 1e3:>8.1f} {page.usual * 1e3:>8.1f} {page.bare * 1e3:>8.1f}"
            f" {page.queries:>4}  {page.path}\n"
        )
    figures.keep(
        console_pages=len(pages),
        console_first_ms=max(page.first for page in pages) * 1e3,
        console_bare_ms=max(page.bare for page in pages) * 1e3,
        console_p95_ms=max(page.usual for page in pages) * 1e3,
        console_queries=max(page.queries for page in pages if page.is_list),
    )


def made(count: int, servers: Servers, now: Any) -> Any:
    """Return two organisations with something of everything, the first of them large."""
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.db import connection, transaction  # noqa: PLC0415
    from environ import Env  # noqa: PLC0415

    from benchmarks import multiplying  # noqa: PLC0415
    from credentials import models  # noqa: PLC0415
    from credentials.services.holding import wishes  # noqa: PLC0415
    from tests import roles  # noqa: PLC0415
    from tests.isolation import making  # noqa: PLC0415

    settings.SUBMITTER_KEY = f"{8:064x}"
    with transaction.atomic():
        roles.become(roles.WORKER)
        world = making.build()
    roles.become(roles.OWNER)
    of_server = Env.db_url_config(servers.superuser_url)
    where = {
        "host": of_server["HOST"], "user": of_server["USER"], "password": of_server["PASSWORD"],
        "dbname": connection.settings_dict["NAME"],
    }  # fmt: skip
    large, last = world.a.issuer.pk, world.a.at["run"].pk
    with multiplying.rows(where, large, now=now) as of:
        multiplying.enlarge(of, count, last=last)
    rows = models.Credential.objects.of(world.a.issuer).filter(reference__startswith="g-")
    for row in rows.select_related("learner").order_by("id")[:ASKING]:
        wishes.ask(
            issuer=world.a.issuer,
            credential=row,
            kind=models.Wish.Kind.NAME,
            said="Marie-Ève",
            now=now,
        )
    return world


def ask(world: Any) -> list[Page]:
    """Return what was found of every page of the large organisation."""
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.core.cache import cache  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from environ import Env  # noqa: PLC0415

    from credentials.selectors import ahead  # noqa: PLC0415
    from credentials.services import retelling  # noqa: PLC0415
    from tests.conftest import NOW  # noqa: PLC0415

    paths = list(addresses(world))
    start = time.perf_counter()
    ahead.count_ahead(now=NOW, patience=retelling.PATIENCE)
    sys.stdout.write(f"counted ahead in {time.perf_counter() - start:.1f} s\n")
    given = Env.db_url_config(os.environ["TESTS_WEB_URL"])
    connection.close()
    connection.settings_dict |= {"USER": given["USER"], "PASSWORD": given["PASSWORD"]}
    client = Client(SERVER_NAME="localhost")
    boss = world.a.staff["administrator"]
    client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[boss.pk]
    pages = [page for path in paths if (page := asked(client, path)) is not None]
    cache.clear()
    for page in pages:
        page.bare = taken(client, page.path)
        cache.clear()
    return pages


def addresses(world: Any) -> Iterator[str]:
    """Yield every address of the console, of rows of that organisation alone."""
    from tests.isolation.routes import addresses, routes  # noqa: PLC0415 - as above

    for route in routes():
        if not route.is_of_console or route.template.endswith(FILES):
            continue
        paths = [each.path for each in addresses(route, world) if set(each.whose) == {"A"}]
        yield from paths
        more = ASKED.get(route.template.removeprefix("/console/{slug}/"), ())
        yield from (f"{path}?{query}" for path in paths for query in more)


def asked(client: Any, path: str) -> Page | None:
    """Ask for a page; None where there is none for who reads (a form that is only sent)."""
    from django.db import connection  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    answer = client.get(path)  # and what every page of its kind loads once is loaded
    if answer.status_code != HTTPStatus.OK or answer.streaming:
        return None
    if not answer.headers["Content-Type"].startswith("text/html"):
        return None
    first = taken(client, path)
    usual = [taken(client, path) for _time in range(TIMES)]
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    said = [each["sql"] for each in queries.captured_queries]
    # What a transaction takes to begin and to end is no question.
    number = sum(1 for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN")))
    return Page(path, number, first, quantiles(usual, n=20, method="inclusive")[-1])


def taken(client: Any, path: str) -> float:
    """Return how many seconds a page takes."""
    start = time.perf_counter()
    client.get(path)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
