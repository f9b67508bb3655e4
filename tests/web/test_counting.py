"""Public pages say that they were opened: counted by day, and nobody is told or watched."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from credentials import models
from credentials.selectors import tallies
from credentials.services import counting
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_hosts import THEIRS, live  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def say(client, said, **headers):
    return client.post("/counted", said, content_type="text/plain;charset=UTF-8", headers=headers)


def counts(credential):
    return {
        (row.day.isoformat(), row.act): row.count
        for row in tallies.of_credential(credential=credential)
    }


def test_each_act_is_counted_on_its_day(client, credential, time_machine):
    for act in ("opened", "opened", "linkedin"):
        assert say(client, f"{act} {credential.token}").status_code == 204
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    say(client, f"opened {credential.token}")

    assert counts(credential) == {
        ("2026-03-02", "opened"): 2,
        ("2026-03-02", "linkedin"): 1,
        ("2026-03-03", "opened"): 1,
    }


def test_it_costs_one_statement(client, credential, django_assert_num_queries):
    with django_assert_num_queries(1):
        say(client, f"opened {credential.token}")


@pytest.mark.parametrize(
    "said",
    [
        b"", b"opened", b"opened AAAAAAAAAAAAAAAAAAAAAA", b"liked %s", b"opened %s and more",
        b"opened " + b"A" * 5_000, b"\xff\xfe\x00", b"opened '; DROP TABLE x; --",
    ],
)  # fmt: skip
def test_what_is_not_there_is_answered_like_what_is(client, credential, said):
    known = say(client, f"opened {credential.token}")
    other = say(client, said.replace(b"%s", credential.token.encode()))

    assert (other.status_code, other.content, dict(other.headers)) == (
        known.status_code, known.content, dict(known.headers),
    )  # fmt: skip
    assert not other.cookies
    assert counts(credential) == {("2026-03-02", "opened"): 1}


@pytest.mark.parametrize(
    "asked", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_who_does_not_want_to_be_counted_is_not_and_nor_is_another_site(client, credential, asked):
    assert say(client, f"opened {credential.token}", **asked).status_code == 204

    assert counts(credential) == {}


def test_reading_a_page_counts_nothing_whoever_reads(client, credential, page):
    client.get(page)
    assert client.get("/counted").status_code == 405

    assert counts(credential) == {}


def test_what_is_not_signed_yet_is_not_counted(client, ecole_a):
    [waiting] = factories.due(issuer=ecole_a)

    assert say(client, f"opened {waiting.token}").status_code == 204

    assert counts(waiting) == {}


def test_one_client_is_counted_so_often_and_is_told_nothing(client, credential, settings):
    settings.VERIFY_LIMIT = 1
    cache.clear()

    statuses = {say(client, f"opened {credential.token}").status_code for _ in range(25)}

    assert statuses == {204}
    assert counts(credential) == {("2026-03-02", "opened"): 20}
    cache.clear()


def test_numbers_go_with_the_person_and_none_come_after(client, ecole_a, credential):
    say(client, f"opened {credential.token}")
    other = factories.signed(issuer=ecole_a)
    say(client, f"opened {other.token}")

    learners.LearnerKey.objects.of(ecole_a).filter(learner=credential.learner).delete()
    say(client, f"opened {credential.token}")

    assert counts(credential) == {}
    assert counts(other) == {("2026-03-02", "opened"): 1}


def test_numbers_of_another_organisation_are_not_seen(ecole_b, credential):
    counting.count(token=credential.token, act="opened", now=NOW)

    assert not models.Tally.objects.of(ecole_b).exists()


def test_pages_say_what_is_counted_and_a_page_that_verifies_says_so(client, credential, page):
    document = client.get(f"{page}.json").content.decode()

    pages = {
        "opened": client.get(page),
        "verified": client.post("/verify", {"document": document}),
    }
    checking = client.get(f"{page}/check")

    for act, response in (*pages.items(), ("verified", checking)):
        [script] = [
            attributes
            for tag, attributes in read(response).elements
            if tag == "script" and "data-token" in attributes
        ]
        assert script["data-act"] == act
        assert script["data-token"] == credential.token
        assert script["data-at"] == "/counted"
        assert "Who does it is neither asked nor kept" in read(response).text


def test_a_stranger_s_badge_is_not_counted(client, db):
    response = client.post("/verify", {"document": "{}"})

    assert "count.js" not in response.content.decode()


def test_a_page_under_the_organisation_s_own_host_is_counted(client, live, credential):  # noqa: F811
    response = client.post(
        "/counted", f"opened {credential.token}", content_type="text/plain", **THEIRS
    )

    assert response.status_code == 204
    assert counts(credential) == {("2026-03-02", "opened"): 1}
    assert client.post("/verify", {}, **THEIRS).status_code == 405
