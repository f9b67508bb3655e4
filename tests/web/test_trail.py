"""The audit trail in the console: searched, read, and exported whole."""

import csv
import hashlib
import io
import json
import re

import pytest
import rfc8785
from django.apps import apps

from issuers import models, scope, selectors, services, trail
from issuers.serializers import columns
from issuers.serializers import trail as shapes
from issuers.trail import kept as trails
from issuers.views import trail as views
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

TRAIL = "/console/ecole-a/trail"
PAGES = (TRAIL, f"{TRAIL}.csv", f"{TRAIL}.jsonl")


@kept.fixture
def eve(ecole_a):
    """Return an auditor of École A."""
    return factories.member(issuer=ecole_a, name="Eve", role="auditor")


@kept.fixture
def cast(alice, bob, eve, charlie):
    """Return an administrator, an issuer and an auditor of École A, and a stranger."""
    return alice, bob, eve, charlie


@kept.fixture
def busy(ecole_a, alice, bob):
    """Let much be changed, each by itself."""
    for role in ("approver", "viewer", "issuer", "designer"):
        models.Membership.objects.of(ecole_a).filter(user=bob).update(role=role)


@kept.fixture
def changed(ecole_a, alice, bob):
    """Let Alice make Bob an approver."""
    with trail.acting(door="POST console-role", user_id=alice.pk):
        models.Membership.objects.of(ecole_a).filter(user=bob).update(role="approver")
    return models.TrailEntry.objects.of(ecole_a).latest("pk")


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


# -- Who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_it_is_for_administrators_and_auditors(client, address, cast):
    statuses = {}
    for person in cast:
        client.force_login(person)
        statuses[person.name] = client.get(address).status_code

    assert statuses == {"Alice": 200, "Bob": 403, "Eve": 200, "Charlie": 404}


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_asked_to_sign_in(client, ecole_a, address):
    assert client.get(address).status_code == 302


# -- The page --------------------------------------------------------------------------------------


def test_an_entry_is_read_in_words(client, eve, changed):
    client.force_login(eve)

    page = read(client.get(TRAIL))

    for text in ("Membership", "changed", "issuer of credentials", "approver", "Alice"):
        assert text in page.text
    assert "POST console-role" in page.text


def test_it_speaks_french(client, eve, changed):
    client.force_login(eve)

    page = read(client.get(TRAIL, {"lang": "fr"}))

    for text in ("Journal d’audit", "modifié", "approbateur"):  # noqa: RUF001
        assert text in page.text


@pytest.mark.parametrize(
    "case",
    [
        ({"subject": "issuers.membership"}, True),
        ({"subject": "badges.achievement"}, False),
        ({"act": "changed"}, True),
        ({"act": "removed"}, False),
        ({"who": "ALICE"}, True),
        ({"who": "0"}, False),
        ({"row": "ROW"}, True),
        ({"row": "999999"}, False),
        ({"since": "2000-01-01", "until": "2100-01-01"}, True),
        ({"until": "2000-01-01"}, False),
        ({"since": "2100-01-01"}, False),
    ],
)
def test_it_is_searched_by_its_address(client, alice, eve, changed, case):
    asked, is_found = case
    client.force_login(eve)
    given = {
        name: value.replace("ALICE", str(alice.pk)).replace("ROW", str(changed.rows[0]))
        for name, value in asked.items()
    }

    page = read(client.get(TRAIL, given))

    assert (f"entry {changed.pk}" in page.text) is is_found


@pytest.mark.parametrize(
    "asked",
    [
        {"subject": "nothing.there"},
        {"who": "x"},
        {"row": "-1"},
        {"row": "9" * 40},
        {"since": "yesterday"},
        {"since": "9999-12-31", "until": "9999-12-31"},
        {"until": "0001-01-01"},
        {"before": "x"},
        {"before": "9" * 40},
        {"act": "\0"},
    ],
)
@pytest.mark.parametrize("address", PAGES[:2])
def test_what_cannot_be_looked_for_is_told_and_no_fault(client, eve, changed, address, asked):
    client.force_login(eve)

    assert client.get(address, asked).status_code == 200


def test_it_comes_a_page_at_a_time(client, ecole_a, eve, busy, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 3)
    every = models.TrailEntry.objects.of(ecole_a).order_by("-pk").values_list("pk", flat=True)
    every = list(every)
    client.force_login(eve)

    numbers, address = [], TRAIL
    for _page in range(len(every)):
        page = read(client.get(address))
        numbers += [int(part) for part in _entries(page.text)]
        older = [found["href"] for tag, found in page.elements if found.get("rel") == "next"]
        if not older:
            break
        address = TRAIL + older[0]

    assert numbers == every
    assert len(numbers) > 6


def _entries(text: str) -> list[str]:
    return re.findall(r"\bentry (\d+)", text)


def test_somebody_who_works_here_no_longer_is_still_looked_for(client, ecole_a, eve, bob):
    with trail.acting(door="POST console-role", user_id=bob.pk):
        models.Membership.objects.of(ecole_a).filter(user=eve).update(role="auditor")
        models.Membership.objects.of(ecole_a).filter(user=eve).update(role="administrator")
    models.Membership.objects.of(ecole_a).filter(user=bob).delete()
    client.force_login(eve)

    page = read(client.get(TRAIL, {"who": str(bob.pk), "act": "changed"}))
    rows = list(csv.DictReader(io.StringIO(body(client.get(f"{TRAIL}.csv", {"who": bob.pk})))))

    assert "administrator" in page.text
    assert {row["name"] for row in rows} == {"Bob"}


def test_nobody_is_named_who_never_changed_anything_here(client, eve, changed, charlie):
    client.force_login(eve)

    page = read(client.get(TRAIL, {"who": str(charlie.pk)}))

    assert "Charlie" not in page.text


def kinds_shown(issuer) -> int:
    """Return of how many kinds a page shows rows: it asks for their names once a kind."""
    return models.TrailEntry.objects.of(issuer).values("subject").distinct().count()


def test_a_page_takes_few_questions(client, ecole_a, eve, changed, django_assert_max_num_queries):
    client.force_login(eve)
    client.get(TRAIL)

    with django_assert_max_num_queries(11 + kinds_shown(ecole_a)):
        client.get(TRAIL)


def test_a_row_is_called_by_its_name(client, ecole_a, eve, changed):
    unit = services.add_unit(issuer=ecole_a, name="Campus Nord", kind="campus", place="", now=NOW)
    services.add_unit(issuer=ecole_a, name="Atelier", kind="campus", place="", parent=unit, now=NOW)
    client.force_login(eve)

    page = read(client.get(TRAIL))

    assert f"Bob #{changed.rows[0]}" in page.text
    assert page.text.count(f"Campus Nord #{unit.pk}") == 2


def test_a_row_that_is_gone_is_called_as_it_was(client, ecole_a, eve, bob):
    models.Membership.objects.of(ecole_a).filter(user=bob).delete()
    client.force_login(eve)

    page = read(client.get(TRAIL, {"subject": "issuers.membership", "act": "removed"}))

    assert "Bob #" in page.text


def test_a_learner_is_named_to_those_who_may_see_learners(client, ecole_a, alice, eve):
    learner = factories.learner(issuer=ecole_a, name="Awa Diop")
    shown = {}
    for person in (alice, eve):
        client.force_login(person)
        page = read(client.get(TRAIL, {"subject": "learners.learner"}))
        shown[person.name] = "Awa Diop" in page.text
        assert f"#{learner.pk}" in page.text

    assert shown == {"Alice": True, "Eve": False}


def test_no_row_of_another_organisation_is_named(ecole_a, ecole_b):
    unit = services.add_unit(issuer=ecole_b, name="Secret", kind="campus", place="", now=NOW)
    asked = {"issuers.unit": {unit.pk}, "nothing.there": {1}, "issuers.user": {1}}

    assert selectors.rows_named(issuer=ecole_a, rows=asked) == {}
    assert selectors.rows_named(issuer=ecole_b, rows=asked) == {("issuers.unit", unit.pk): "Secret"}


def test_every_column_that_the_trail_tells_of_has_a_name_for_people():
    unnamed = set()
    for table in trails.tables():
        model = apps.get_model(table.subject)
        told = {column.name for column in table.shown} | set(table.noted)
        for field in model._meta.local_concrete_fields:
            if field.column in told and field.name not in columns.NAMES:
                unnamed |= set() if columns.is_named(field) else {f"{table.subject}.{field.name}"}

    assert unnamed == set()


def test_what_a_new_row_does_not_say_is_left_out(client, ecole_a, eve):
    client.force_login(eve)

    page = read(client.get(TRAIL, {"subject": "issuers.signingkey"}))

    assert "Valid from" in page.text
    assert "Revoked on" not in page.text


# -- Exports ---------------------------------------------------------------------------------------


def test_a_table_holds_what_was_found(client, eve, alice, changed):
    client.force_login(eve)

    response = client.get(f"{TRAIL}.csv", {"subject": "issuers.membership", "act": "changed"})

    [row] = csv.DictReader(io.StringIO(body(response)))
    assert response["Content-Disposition"] == 'attachment; filename="trail-ecole-a.csv"'
    assert (row["number"], row["user"], row["name"]) == (str(changed.pk), str(alice.pk), "Alice")
    assert json.loads(row["before"]) == {"role": "issuer"}
    assert json.loads(row["after"]) == {"role": "approver"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(ecole_a, alice, changed, text):
    changed.door = text

    [_head, *lines] = list(shapes.table([changed], names={alice.pk: text}))

    [row] = csv.reader(io.StringIO("".join(lines)))
    for cell in row:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert f"'{text}" in row


def test_an_export_can_be_checked_by_anybody(client, ecole_a, eve, changed):
    services.seal_trails(now=NOW)
    with scope.inside(ecole_a):
        models.Issuer.objects.filter(pk=ecole_a.pk).update(country="CA")
    services.seal_trails(now=NOW)
    with scope.inside(ecole_a):
        models.Issuer.objects.filter(pk=ecole_a.pk).update(country="BE")
    client.force_login(eve)

    text = body(client.get(f"{TRAIL}.jsonl"))

    last = _check(text)
    seal = models.TrailSeal.objects.of(ecole_a).latest("sequence")
    assert last == bytes(seal.digest).hex()
    kinds = [json.loads(line)["type"] for line in text.splitlines()]
    assert kinds.count("AuditSeal") == 2
    assert kinds[-3:] == ["AuditEntry", "AuditSeal", "AuditEntry"]


def _check(text: str) -> str | None:
    """Do what docs/trail.md tells its reader to do."""

    def digest(each):
        return hashlib.sha256(rfc8785.dumps(each))

    together, previous = hashlib.sha256(), None
    for line in text.splitlines():
        each = json.loads(line)
        if each["type"] == "AuditEntry":
            together.update(digest(each).digest())
        else:
            assert (each["entries"], each["previous"]) == (together.hexdigest(), previous)
            previous, together = digest(each).hexdigest(), hashlib.sha256()
    return previous


def test_an_export_of_another_past_does_not_check(client, ecole_a, eve, changed):
    services.seal_trails(now=NOW)
    client.force_login(eve)
    text = body(client.get(f"{TRAIL}.jsonl"))

    with pytest.raises(AssertionError):
        _check(text.replace("approver", "auditor"))


def test_exports_are_read_a_piece_at_a_time(client, ecole_a, eve, busy, monkeypatch):
    from issuers.selectors import trail as questions

    monkeypatch.setattr(questions, "PIECE", 2)
    client.force_login(eve)
    count = models.TrailEntry.objects.of(ecole_a).count()

    response = client.get(f"{TRAIL}.csv")

    assert len(body(response).splitlines()) == count + 1
    assert count > 6
