"""Import: a list through the same services as everybody, all of it or its mistakes."""

import io
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credentials import models, selectors, services
from credentials.services import importing, issuing
from issuers import models as issuers
from issuers import services as parties
from issuers.services import suspending
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HEADING = "name,email,reference,language,valid_from,valid_until\n"


def lines(count: int, first: int = 0) -> str:
    return "".join(
        f"Élève {n},eleve{n}@example.org,r-{n},fr,2026-03-01,\n"
        for n in range(first, first + count)
    )


def imported(issuer, text: str, **more):
    badge = more.pop("achievement", None) or factories.achievement(issuer=issuer)
    return services.import_awards(
        issuer=issuer, achievement=badge, file=io.StringIO(text, newline=""), now=NOW, **more
    )


def mistakes(issuer, text: str, badge=None) -> list[tuple[int, str, str]]:
    with pytest.raises(services.MistakesInList) as refusal:
        imported(issuer, text, achievement=badge)
    assert not models.Credential.objects.of(issuer).exists()
    assert not learners.Learner.objects.of(issuer).exists()
    return [(each.line, each.column, each.reason) for each in refusal.value.mistakes]


def test_a_list_becomes_learners_and_awards_that_are_signed(ecole_a):
    found = imported(ecole_a, HEADING + lines(5))
    services.sign(now=NOW, limit=100)

    assert (found.rows, found.recorded, found.already) == (5, 5, 0)
    for row in models.Credential.objects.of(ecole_a).select_related("learner"):
        assert row.state == "signed"
        assert row.learner.language == "fr"
        assert [each.kind for each in selectors.history(credential=row)] == ["issued", "signed"]


def test_references_that_stand_twice_are_found_in_parts_as_in_one(ecole_a, monkeypatch):
    text = HEADING + lines(9) + lines(3, first=20).replace("r-2", "r-")
    badge = factories.achievement(issuer=ecole_a)
    whole = mistakes(ecole_a, text, badge)
    monkeypatch.setattr(importing, "PART", 2)

    assert mistakes(ecole_a, text, badge) == whole
    assert [line for line, _column, _reason in whole] == [11, 12, 13]


def test_the_same_list_again_issues_what_is_missing(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    imported(ecole_a, HEADING + lines(3), achievement=badge)

    again = imported(ecole_a, HEADING + lines(5), achievement=badge)

    assert (again.recorded, again.already) == (2, 3)
    assert learners.Learner.objects.of(ecole_a).count() == 5


def test_who_is_there_by_address_stays_as_they_are(ecole_a):
    awa = factories.learner(issuer=ecole_a)

    imported(ecole_a, HEADING + "A. Diallo, AWA@example.org,r-1,en,,\n")

    [row] = models.Credential.objects.of(ecole_a).select_related("learner")
    assert row.learner == awa
    assert (row.learner.name, row.learner.language) == ("Awa Diallo", "fr")
    assert row.valid_from == NOW


def test_chunks_are_of_any_size(ecole_a, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 3)

    found = imported(ecole_a, HEADING + lines(10))

    assert found.recorded == 10


def test_every_mistake_is_told_at_once_and_nothing_is_written(ecole_a):
    found = mistakes(
        ecole_a,
        HEADING + ",eleve@example.org,1,fr,,\nÉlève,nowhere,2,fr,,\n"
        "Élève,a@example.org,3,fr,,2020-01-01\nÉlève,b@example.org,2,fr,,\n",
    )

    assert found == [
        (2, "name", "the name is empty"),
        (3, "email", "the e-mail address is not of the form name@domain"),
        (4, "valid_until", "it would end before it begins"),
        (5, "reference", "the same stands in line 3"),
    ]


def test_mistakes_end_somewhere(ecole_a):
    found = mistakes(ecole_a, HEADING + "Élève,nowhere,1,fr,,\n" * 200)

    assert len(found) == importing.MAX_MISTAKES


def test_a_list_that_is_none_says_why(ecole_a):
    assert mistakes(ecole_a, "nom,email,reference\n") == [(1, "", "there is no column name")]


def test_a_mistake_never_repeats_what_was_given(ecole_a):
    found = mistakes(ecole_a, HEADING + "Secret Person,secret.person,1,fr,,\n")

    assert "ecret" not in str(found)


def test_a_badge_of_another_is_not_issued(ecole_a, ecole_b):
    theirs = factories.achievement(issuer=ecole_b)

    with pytest.raises(ValidationError, match="another issuer"):
        imported(ecole_a, HEADING + lines(1), achievement=theirs)

    assert not learners.Learner.objects.of(ecole_a).exists()


def test_where_four_eyes_are_asked_for_all_of_it_waits_together(ecole_a, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    alice = factories.member(issuer=ecole_a, name="Alice", role="owner")
    factories.change(ecole_a, four_eyes=True)

    found = imported(ecole_a, HEADING + lines(5), actor=alice)

    rows = models.Credential.objects.of(ecole_a)
    assert found.preparation is not None
    assert rows.filter(state="held", preparation=found.preparation).count() == 5


def test_a_longer_list_takes_no_more_queries_for_a_chunk(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    with CaptureQueriesContext(connection) as few:
        imported(ecole_a, HEADING + lines(3), achievement=badge)

    with CaptureQueriesContext(connection) as many:
        imported(ecole_a, HEADING + lines(300, first=3), achievement=badge)

    assert len(many) <= len(few)


def test_only_the_same_reference_is_passed_over(ecole_a, monkeypatch):
    monkeypatch.setattr(issuing.secrets, "token_urlsafe", lambda _size: "A" * 22)
    badge = factories.achievement(issuer=ecole_a)

    with pytest.raises(IntegrityError, match="token"):
        imported(ecole_a, HEADING + lines(2), achievement=badge)


def test_a_suspension_in_between_refuses_the_rest_in_words_and_nothing_is_lost(
    ecole_a, monkeypatch
):
    badge = factories.achievement(issuer=ecole_a)
    monkeypatch.setattr(importing, "CHUNK", 2)
    record_rows, again = importing.record_rows, issuers.Issuer.objects.get(pk=ecole_a.pk)

    def and_then_suspend(**given):
        issued = record_rows(**given)
        parties.suspend(issuer=again, reason="Un doute.", now=NOW)
        return issued

    monkeypatch.setattr(importing, "record_rows", and_then_suspend)
    with pytest.raises(ValidationError, match="suspended since"):
        imported(ecole_a, HEADING + lines(5), achievement=badge)
    monkeypatch.setattr(importing, "record_rows", record_rows)
    assert models.Credential.objects.of(ecole_a).count() == 2
    assert learners.Learner.objects.of(ecole_a).count() == 2

    parties.resume(issuer=again)
    done = imported(again, HEADING + lines(5), achievement=badge)

    assert (done.recorded, done.already) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_a_suspension_waits_until_a_chunk_is_recorded(ecole_a):
    told = []

    def suspend():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                parties.suspend(issuer=ecole_a, reason="Un doute.", now=NOW)
        except OperationalError as error:
            told.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        suspending.hold_active(issuer=ecole_a)
        other = Thread(target=suspend)
        other.start()
        other.join()

    assert "lock timeout" in told[0]


def command(tmp_path, text: str, **options: str) -> str:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    options = {"issuer": "ecole-a", "badge": "welding"} | options
    try:
        call_command("import_learners", str(path), stdout=out, stderr=err, **options)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


def test_the_command_says_what_it_did(ecole_a, tmp_path):
    factories.achievement(issuer=ecole_a)

    said = command(tmp_path, "\ufeff" + HEADING + lines(2))

    assert "2 rows: 2 awards recorded, 0 were there already." in said


def test_the_command_says_of_which_session_they_are(ecole_a, alice, tmp_path):
    factories.achievement(issuer=ecole_a)

    for number in (2, 3):
        said = command(
            tmp_path, HEADING + lines(number), session=" Spring ", actor="alice@example.org"
        )

    assert "3 rows: 1 awards recorded, 2 were there already." in said
    lists = models.Intake.objects.of(ecole_a).filter(cohort__name="Spring").order_by("id")
    assert list(lists.values_list("name", "size", "position", "already", "state")) == [
        ("list.csv", 2, 2, 0, "recorded"), ("list.csv", 3, 3, 2, "recorded"),
    ]  # fmt: skip
    assert models.Credential.objects.of(ecole_a).filter(intake__in=lists).count() == 3


@pytest.mark.parametrize(
    ("options", "text", "words"),
    [
        ({"issuer": "nobody"}, HEADING, "no issuer nobody"),
        ({"badge": "none"}, HEADING, "no badge none"),
        ({"actor": "charlie@example.org"}, HEADING, "no such member"),
        ({}, HEADING + "Élève,nowhere,1,fr,,\n", "line 2, email"),
        ({"session": "Spring"}, HEADING + lines(1), "Say who issues"),
    ],
)
def test_the_command_refuses_in_words(ecole_a, tmp_path, options, text, words):
    factories.achievement(issuer=ecole_a)

    assert words in command(tmp_path, text, **options)


def test_the_command_refuses_what_is_not_utf_8(ecole_a, tmp_path):
    factories.achievement(issuer=ecole_a)
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADING + lines(1)).encode("latin-1"))

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_learners", str(path), issuer="ecole-a", badge="welding")
