"""One client may ask for so many verifications, and is told when to come again."""

import json
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoConnection

from credentials import services

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def limit(settings, time_machine):
    """Three in a minute, at noon and twenty seconds, counted from nothing."""
    settings.VERIFY_LIMIT, settings.VERIFY_LIMIT_SECONDS, settings.PROXY_COUNT = 3, 60, 0
    cache.clear()
    time_machine.move_to(NOON, tick=False)
    yield
    cache.clear()


def ask(client, address="198.51.100.7", **headers):
    return client.post(
        "/api/verify", b"{}", content_type="application/json", REMOTE_ADDR=address, headers=headers
    )


def test_the_fourth_in_a_minute_is_told_when_to_come_again(client, time_machine):
    first = [ask(client).status_code for _ in range(3)]

    refused = ask(client)

    assert first == [200, 200, 200]
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "40"
    assert json.loads(refused.content)["code"] == "too_many"
    assert ask(client, "198.51.100.8").status_code == 200
    time_machine.move_to(NOON.replace(minute=1, second=0), tick=False)
    assert ask(client).status_code == 200


def test_the_page_says_so_in_words_and_in_french(client):
    for _ in range(3):
        ask(client)

    page = client.post("/verify", {"document": "{}"}, REMOTE_ADDR="198.51.100.7")
    french = client.post("/verify?lang=fr", {"document": "{}"}, REMOTE_ADDR="198.51.100.7")

    assert (page.status_code, page.headers["Retry-After"]) == (429, "40")
    assert "You have asked for many checks in a short time." in page.content.decode()
    assert french.status_code == 429
    assert "beaucoup de vérifications" in french.content.decode()


def test_looking_at_the_form_is_not_counted(client):
    statuses = {client.get("/verify").status_code for _ in range(9)}

    assert statuses == {200}


def test_what_a_client_says_of_itself_is_not_believed_without_a_proxy(client):
    answers = [
        ask(client, **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code for number in range(5)
    ]

    assert answers == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("count", "forwarded"),
    [(1, "spoofed, 203.0.113.{}"), (2, "spoofed, 203.0.113.{}, 10.0.0.1")],
)
def test_behind_proxies_the_address_that_the_first_of_ours_saw_counts(
    client, settings, count, forwarded
):
    settings.PROXY_COUNT = count

    others = {
        ask(client, "10.0.0.2", **{"X-Forwarded-For": forwarded.format(number)}).status_code
        for number in range(9)
    }
    same = [
        ask(client, "10.0.0.2", **{"X-Forwarded-For": f"{number}, {forwarded.format(99)}"})
        for number in range(4)
    ]

    assert others == {200}
    assert [answer.status_code for answer in same] == [200, 200, 200, 429]


def admitted(remote: str) -> bool:
    return services.admit(remote=remote, forwarded="", now=NOON) is None


def test_one_network_of_ipv6_is_one_client():
    same = [admitted(f"2001:db8:1:2::{number}") for number in range(4)]

    assert same == [True, True, True, False]
    assert admitted("2001:db8:1:3::1")
    assert admitted("::ffff:198.51.100.7")
    assert [admitted("198.51.100.7") for _ in range(3)] == [True, True, False]


def test_who_cannot_be_told_is_not_counted(settings):
    assert all(admitted("") for _ in range(9))
    settings.VERIFY_LIMIT = 0
    assert all(admitted("198.51.100.7") for _ in range(9))


def test_no_address_is_written_down():
    admitted("198.51.100.7")

    names = [key.decode() for key in cache._cache.get_client().keys("*verify:*")]

    assert len(names) == 1
    assert "198.51" not in names[0]


def test_without_a_cache_pages_still_work(monkeypatch):
    def gone(*args, **options):
        raise NoConnection

    monkeypatch.setattr(cache, "incr", gone)

    assert all(admitted("198.51.100.7") for _ in range(9))
