"""Lists of an organisation that issued a million credentials: `python -m benchmarks.lists [COUNT]`.

The database makes the rows, spread over a thousand days, a fifth as many learners, and beside them
a small organisation with a thousand. Then every way to look is asked, at the first page and at
pages far behind, as a console asks; and the same of the small one. Told is the time until the rows
are there, and of the page that shows them the time until a member has it: the whole way through
Django, without a network.
"""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from statistics import quantiles
from typing import Any

from benchmarks import figures
from config.embedded.pytest_plugin import SETTINGS, Servers

COUNT, SMALL, TIMES, FEW = 1_000_000, 1_000, 60, 5
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 1_000
LONG_AGO, BEFORE_ALL = (NOW - timedelta(days=days) for days in (DAYS - 5, DAYS + 5))
PAGES = ("the page of the newest", "a page far behind, whole", "the page of a learner")
# Asked once in a while, and kept.
SLOW = ("figures, counted anew", "what is on which day, read anew")
LEARNERS = """
INSERT INTO learners_learner (uuid, issuer_id, name, email, language, created_at)
SELECT gen_random_uuid(), %(issuer)s, 'L ' || n, 'l' || n || '@example.org', 'fr', %(now)s
FROM generate_series(1, %(learners)s) AS n
"""
CREDENTIALS = """
INSERT INTO credentials_credential (uuid, token, issuer_id, achievement_id, learner_id, reference,
    state, valid_from, issued_at, sign_after, signed_at, sealed, leaf, revoked_at, refusal,
    revocation_reason, suspension_reason)
SELECT gen_random_uuid(), left(md5(%(issuer)s || 't' || n), 22), %(issuer)s, %(badge)s,
    (SELECT min(id) FROM learners_learner WHERE issuer_id = %(issuer)s) + n %% %(learners)s,
    'g-' || n, 'signed', at, at, at, at, '\\x00',
    sha256((%(issuer)s || 'leaf' || n)::bytea), CASE WHEN n %% 500 = 0 THEN %(now)s END, '', '', ''
FROM generate_series(1, %(rows)s) AS n,
    LATERAL (SELECT %(now)s - (%(rows)s - n) * %(days)s * interval '1 day' / %(rows)s AS at) AS days
"""

# Everybody was told, and every third page was opened.
TOLD = """
INSERT INTO credentials_message (issuer_id, credential_id, learner_id, kind, state, asked_at,
    due_at, settled_at, attempts)
SELECT issuer_id, id, learner_id, 'issued', 'sent', %(now)s, %(now)s, %(now)s, 1
FROM credentials_credential WHERE issuer_id = %(issuer)s;
INSERT INTO credentials_tally (issuer_id, credential_id, day, act, count)
SELECT issuer_id, id, issued_at::date, 'opened', 2 FROM credentials_credential
WHERE issuer_id = %(issuer)s AND id %% 3 = 0
"""


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
                "LOG_LEVEL": "ERROR",
                "PYTHONWARNINGS": "ignore",
            }
            measure(count)
    finally:
        servers.stop()


def measure(count: int) -> None:
    """Measure both organisations."""
    import django  # noqa: PLC0415 - its settings are in the environment from now on

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tests import factories  # noqa: PLC0415 - the same rows as in tests

    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    small, large = (factories.issuer(slug=slug) for slug in ("small", "large"))
    for issuer, rows in ((small, SMALL), (large, count)):
        fill(issuer, factories.achievement(issuer=issuer), rows)
    sys.stdout.write(f"{count:,} rows made in {time.perf_counter() - start:.0f} s\n")
    few, many = ask(small, SMALL), ask(large, count)
    sys.stdout.write(f"{'':<28} {SMALL:>10,} {count:>14,}   (95th percentile, ms)\n")
    for name in many:
        sys.stdout.write(f"{name:<28} {few[name] * 1e3:>10.2f} {many[name] * 1e3:>14.2f}\n")
    pages = [many.pop(name) for name in PAGES]
    worst = max(taken for name, taken in many.items() if name not in SLOW)
    figures.keep(
        list_p95_ms=worst * 1e3,
        list_page_p95_ms=max(pages) * 1e3,
        list_small_p95_ms=max(few[name] for name in many if name not in SLOW) * 1e3,
    )


def fill(issuer: Any, badge: Any, rows: int) -> None:
    """Let the database make the rows of an organisation."""
    from django.db import connection  # noqa: PLC0415 - as above

    from issuers import scope  # noqa: PLC0415

    said = {"issuer": issuer.pk, "badge": badge.pk, "rows": rows, "now": NOW,
            "days": DAYS, "learners": max(rows // 5, 1)}  # fmt: skip
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for statement in (LEARNERS, CREDENTIALS, TOLD):
            cursor.execute(statement, said)
        cursor.execute("ANALYZE learners_learner")
        cursor.execute("ANALYZE credentials_credential")
        cursor.execute("ANALYZE credentials_message")
        cursor.execute("ANALYZE credentials_tally")


def ask(issuer: Any, count: int) -> dict[str, float]:
    """Return the 95th percentile of each way to look, in seconds."""
    from badges import models as badges  # noqa: PLC0415 - as above
    from credentials import models, selectors  # noqa: PLC0415
    from credentials.selectors import listing, reach, recorded  # noqa: PLC0415

    badge = badges.Achievement.objects.of(issuer).get()
    newest = models.Credential.objects.of(issuer).order_by("-id").values_list("id", flat=True)[0]
    look = listing.Look

    def far() -> int:
        return int(newest) - secrets.randbelow(count)

    def somebody() -> str:
        return f"l{secrets.randbelow(max(count // 5, 1)) + 1}@"

    ways: dict[str, Any] = {
        "the newest": lambda: listing.page(issuer=issuer, look=look()),
        "a page far behind": lambda: listing.page(issuer=issuer, look=look(), before=far()),
        "of a badge": lambda: listing.page(
            issuer=issuer, look=look(achievement_id=badge.pk), before=far()
        ),
        "revoked": lambda: listing.page(issuer=issuer, look=look(state="revoked"), before=far()),
        "could not be signed": lambda: listing.page(issuer=issuer, look=look(state="refused")),
        "of a learner": lambda: listing.page(issuer=issuer, look=look(learner=somebody())),
        "of many who begin alike": lambda: listing.page(issuer=issuer, look=look(learner="l1")),
        "by how a name begins": lambda: listing.page(
            issuer=issuer, look=look(words=f"l {secrets.randbelow(max(count // 5, 1)) + 1}")
        ),
        "by how references begin": lambda: listing.page(issuer=issuer, look=look(words="g-1")),
        "valid": lambda: listing.page(issuer=issuer, look=look(state="valid", now=NOW)),
        "expired, where none is": lambda: listing.page(
            issuer=issuer, look=look(state="expired", now=NOW)
        ),
        "of days long ago": lambda: listing.page(issuer=issuer, look=look(until=LONG_AGO, now=NOW)),
        "valid, where none is": lambda: listing.page(
            issuer=issuer, look=look(state="valid", until=BEFORE_ALL, now=NOW)
        ),
        "by reference": lambda: selectors.find_by_reference(
            issuer=issuer, reference=f"g-{secrets.randbelow(count) + 1}"
        ),
    }
    ways |= {
        "figures, counted anew": anew(
            partial(reach.reach, issuer=issuer, since=BEFORE_ALL.date(), until=NOW.date(), now=NOW)
        ),
        "what is on which day, read anew": anew(
            partial(recorded.days, issuer=issuer, now=NOW + timedelta(days=1))
        ),
    }
    page = reader(issuer)
    asked = (
        lambda: page({}), lambda: page({"before": far()}), lambda: page({"words": somebody()}),
    )  # fmt: skip
    ways |= dict(zip(PAGES, asked, strict=True))
    # What everything is read for is read before, as it is once a day and once in a while.
    recorded.days(issuer=issuer, now=NOW)
    found = {}
    for name, way in ways.items():
        taken = []
        for _time in range(FEW if name in SLOW else TIMES):
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
        found[name] = quantiles(taken, n=20)[-1]
    return found


def anew(ask: Callable[[], object]) -> Callable[[], None]:
    """Return what asks without anything that was kept."""
    from django.core.cache import cache  # noqa: PLC0415 - as above

    def empty_handed() -> None:
        cache.clear()
        ask()

    return empty_handed


def reader(issuer: Any) -> Callable[[dict[str, Any]], None]:
    """Return what asks for the console's list of what was issued, as a member who is signed in."""
    from django.test import Client  # noqa: PLC0415 - as above

    from tests import factories  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(factories.member(issuer=issuer, name=f"bob-{issuer.slug}", role="issuer"))

    def page(question: dict[str, Any]) -> None:
        answer = client.get(f"/console/{issuer.slug}/credentials", question)
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(f"The console answers {answer.status_code} {answer.headers}.")

    return page


if __name__ == "__main__":
    main()
