"""Answers that are kept: given again only as long as what they say is so."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from config import hosts, keeping, wsgi
from credentials import services
from issuers import models as issuers
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
HTML = "text/html,*/*;q=0.8"


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep the connection that the test's transaction is on, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def keeper(monkeypatch):
    """Give each test a keeper of its own, with a clock that stands."""
    found = keeping.Keeper(most=10_000_000, clock=lambda: 0.0)
    monkeypatch.setattr(keeping, "keeper", found)
    return found


def ask(path, *, method="GET", query="", **headers):
    """Ask as a server does; return status, headers and body."""
    answered = {}

    def start_response(status, given, _problem=None):
        answered.update(status=status, headers=dict(given))

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "HTTP_ACCEPT": HTML,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    body = b"".join(wsgi.application(environ, start_response))
    return answered["status"], answered["headers"], body


@pytest.mark.parametrize("file", ["", ".json", "/anchor.json", ".png", ".svg"])
def test_the_second_answer_is_the_first_one_and_costs_one_query(page, file):
    first = ask(page + file)

    with CaptureQueriesContext(connection) as queries:
        second = ask(page + file)

    assert first == second
    assert first[0] == "200 OK"
    assert len(queries) == 1


def test_who_has_it_already_is_told_so(page):
    _status, headers, _body = ask(page)

    for etag in (headers["ETag"], f'"other", {headers["ETag"]}', "*", f"W/{headers['ETag']}"):
        status, again, body = ask(page, if_none_match=etag)
        assert (status, body) == ("304 Not Modified", b"")
        assert again["ETag"] == headers["ETag"]
        assert again["Vary"] == headers["Vary"]
    assert ask(page, if_none_match='"other"')[0] == "200 OK"


def test_what_was_revoked_or_suspended_is_said_at_once(ecole_a, credential, page):
    assert b"verdict--good" in ask(page)[2]

    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    assert b"verdict--good" in ask(page)[2], "the list does not say so yet, so nothing is kept"
    services.publish_status_lists(now=NOW)

    assert b"verdict--bad" in ask(page)[2]


def test_of_who_was_erased_nothing_is_given_any_more(credential, page):
    for file in ("", ".json", ".png"):
        assert ask(page + file)[0] == "200 OK"

    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    for file in ("", ".json", ".png"):
        assert ask(page + file)[0] == "410 Gone"


def test_a_name_that_was_changed_is_not_shown_from_memory(credential, page):
    ask(page)

    learners.Learner.objects.of(credential.issuer).update(name="Somebody Else")

    assert b"verdict--bad" in ask(page)[2]


def test_each_language_and_kind_of_reader_gets_its_own(page):
    french = ask(page, accept_language="fr")
    english = ask(page, accept_language="en")
    asked = ask(page, query="lang=fr", accept_language="en")
    program = ask(page, accept="application/ld+json")

    assert "Vérifié".encode() in french[2]
    assert b"Verified" in english[2]
    assert "Vérifié".encode() in asked[2]
    assert program[1]["Content-Type"] == "application/ld+json"
    assert ask(page, accept_language="fr") == french


CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


def test_browsers_that_want_the_same_get_the_same_answer(page, keeper):
    first = ask(page, accept=HTML, accept_language="fr-FR,fr;q=0.9,en;q=0.8")

    with CaptureQueriesContext(connection) as queries:
        for kind in (CHROME, "text/html", "Text/HTML"):
            for languages in ("fr", "fr-CA,en;q=0.5", "de,fr;q=0.4"):
                assert ask(page, accept=kind, accept_language=languages) == first

    assert len(queries) == 9
    assert len(keeper._kept) == 1
    for kind in ("text/html;q=0.1,application/json", "text/html,application/LD+json", "*/*"):
        ask(page, accept=kind, accept_language="fr")
    ask(page, accept=HTML, accept_language="de")
    assert len(keeper._kept) == 5


def test_nothing_is_kept_of_what_is_not_final_or_is_asked_in_an_unusual_way(ecole_a, page, keeper):
    pending = factories.signed(issuer=ecole_a)

    ask(f"/credentials/{pending.token}")
    ask(f"/credentials/{'A' * 22}")
    ask(page, method="HEAD")
    ask(page, query="lang=fr&x=1")
    ask(page, cookie="django_language=fr")
    ask(page, range="bytes=0-1")
    ask(page, if_match='"another"')
    ask(page, if_unmodified_since="Mon, 01 Jan 2024 00:00:00 GMT")
    ask(page, accept="x" * 1_000)

    assert not keeper._kept


def test_a_page_is_kept_no_longer_than_its_credential_lasts(ecole_a):
    ends = factories.signed(issuer=ecole_a, valid_until=NOW + timedelta(seconds=40))
    factories.anchor_everything()
    seconds = [0.0]
    keeping.keeper = keeping.Keeper(most=10_000_000, clock=lambda: seconds[0])
    place = f"/credentials/{ends.token}"
    ask(place)
    [kept] = keeping.keeper._kept.values()
    assert 30 <= kept.until <= 40

    seconds[0] = 41.0
    with time_machine.travel(NOW + timedelta(seconds=41)):
        assert b"Expired" in ask(place)[2]


def test_what_was_not_asked_for_the_longest_time_makes_room(page, keeper):
    keeper._most = 50_000

    for kind in ("text/html", "*/*", "application/json", "application/vc", "image/png"):
        ask(page, accept=kind)

    assert keeper._size <= 50_000
    assert 0 < len(keeper._kept) < 5
    assert keeper._size == sum(kept.size for kept in keeper._kept.values())


def test_another_host_gets_no_copy(page):
    ask(page)

    assert ask(page, host="evil.example")[0] == "400 Bad Request"


def test_a_database_that_is_gone_is_djangos_to_tell(page, monkeypatch):
    ask(page)

    def gone(**_arguments):
        raise keeping.Error("gone")

    monkeypatch.setattr(keeping.asking, "facts", gone)

    assert ask(page)[0] == "200 OK"


def test_a_cache_in_front_of_us_may_keep_it_for_five_minutes(page, settings):
    settings.EDGE_CACHES = ["http://127.0.0.1:1"]

    shown, document = ask(page)[1], ask(f"{page}.json")[1]

    assert shown["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=300"
    assert document["Cache-Control"] == "public, max-age=60, immutable, s-maxage=300"
    assert shown["Surrogate-Key"] == document["Surrogate-Key"] == page.strip("/").replace("s/", "/")
    assert {"Accept", "Accept-Language"} <= {name.strip() for name in shown["Vary"].split(",")}
    assert "Set-Cookie" not in shown


def test_without_one_nobody_else_may(page):
    for file in ("", ".json", ".png", "/anchor.json"):
        assert ask(page + file)[1]["Cache-Control"] == "private, no-cache"


def test_a_page_takes_no_cookie_and_asks_no_chain(page, monkeypatch):
    from blockchain import services as anchoring

    monkeypatch.setattr(anchoring, "find", lambda **_arguments: pytest.fail("a chain was asked"))

    assert ask(page)[0] == "200 OK"
    assert issuers.Issuer.objects.exists()


@pytest.mark.parametrize("file", ["", ".json", ".png"])
def test_nothing_is_kept_under_the_host_of_an_organisation(page, credential, settings, file):
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.EDGE_CACHES = ["http://127.0.0.1:1"]
    live = issuers.LiveHost.objects.create(
        name="badges.example.org", owner=credential.issuer, since=NOW, confirmed_at=NOW
    )
    hosts.live.forget()
    status, headers, _body = ask(page + file, host="badges.example.org")
    assert status == "200 OK"
    assert headers["Cache-Control"].startswith("private")
    assert "Surrogate-Key" not in headers

    live.delete()  # its proof is gone
    hosts.live.forget()

    assert ask(page + file, host="badges.example.org")[0].startswith("400")
    assert ask(page + file)[0] == "200 OK"
