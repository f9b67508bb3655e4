"""What an award says: encrypted while it waits, in the document once it is signed, then nowhere."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from badges import selectors as badges
from badges.core import schema
from credentials import models, selectors, services
from credentials.core import canonical
from learners import models as people
from tests import factories, kept, roles
from tests.conftest import NOW
from tests.services.badges.conftest import PARTS

pytestmark = pytest.mark.django_db

SAID = {
    "results": [
        {"result": "maitrise", "level": "maitrise"},
        {"result": "note", "value": "15", "status": "Completed"},
    ],
    "evidence": [
        {"id": "https://folio.example/plan", "name": "Plan de feux", "genre": "PDF"},
        {"narrative": "Observée pendant la générale."},
    ],
    "credits_earned": 4.5,
    "activity_start": "2026-01-05T08:00:00Z",
    "activity_end": NOW - timedelta(days=3),
    "awarded_at": NOW - timedelta(days=2),
    "license_number": "FC-2026-0001",
    "narrative": "Devant un jury de **trois** personnes.",
    "role": "Régisseuse",
    "term": "Printemps 2026",
    "source": {"id": "https://jury.example/", "name": "Jury de branche"},
}


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a, **PARTS)


@kept.fixture
def awa(ecole_a):
    return factories.learner(issuer=ecole_a)


def issue(issuer, badge, learner, details, reference="1"):
    award = services.Award(learner=learner, reference=reference, valid_from=NOW, details=details)
    services.issue(issuer=issuer, achievement=badge, awards=[award], now=NOW)
    return models.Credential.objects.of(issuer).select_related("learner").get(reference=reference)


def document(credential):
    credential.refresh_from_db()
    return canonical.loads(selectors.opened(credential=credential).document)


def in_the_database(table="credentials_credential"):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"select row::text from {table} row")  # noqa: S608 - a name of ours
        return "".join(row for (row,) in cursor.fetchall())


def test_everything_that_was_said_is_in_the_signed_document(ecole_a, badge, awa):
    credential = issue(ecole_a, badge, awa, SAID)

    services.sign(now=NOW, limit=10)

    found = document(credential)
    subject, own = found["credentialSubject"], badges.address(achievement=badge)
    assert schema.problems(found, strict=True) == ()
    assert subject["result"] == [
        {
            "type": ["Result"],
            "resultDescription": f"{own}#maitrise",
            "achievedLevel": f"{own}#maitrise/maitrise",
        },
        {
            "type": ["Result"],
            "resultDescription": f"{own}#note",
            "value": "15",
            "status": "Completed",
        },
    ]
    assert (subject["creditsEarned"], subject["licenseNumber"]) == (4.5, "FC-2026-0001")
    assert subject["activityStartDate"] == "2026-01-05T08:00:00Z"
    assert subject["activityEndDate"] == "2026-02-27T09:00:00Z"
    assert (subject["role"], subject["term"]) == ("Régisseuse", "Printemps 2026")
    assert subject["source"]["name"] == "Jury de branche"
    assert found["awardedDate"] == "2026-02-28T09:00:00Z"
    assert [each.get("name") for each in found["evidence"]] == ["Plan de feux", None]


def test_while_it_waits_it_can_be_read_under_the_learners_key_alone(ecole_a, badge, awa):
    credential = issue(ecole_a, badge, awa, SAID)

    stored = in_the_database()
    for word in ("Régisseuse", "FC-2026", "15", "générale", "Jury"):
        assert f'"{word}' not in stored
        assert word.encode().hex() not in stored
    waiting = selectors.waiting_details(credential=credential)
    assert waiting is not None
    assert waiting["role"] == "Régisseuse"
    people.LearnerKey.objects.of(ecole_a).all().delete()
    with pytest.raises(selectors.Erased):
        selectors.waiting_details(credential=credential)


def test_once_signed_it_is_gone_from_the_row(ecole_a, badge, awa):
    credential = issue(ecole_a, badge, awa, SAID)

    services.sign(now=NOW, limit=10)

    credential.refresh_from_db()
    assert credential.details is None
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Credential.objects.of(ecole_a).update(details=b"kept")


def test_erased_before_it_was_signed_nothing_is_signed(ecole_a, badge, awa):
    credential = issue(ecole_a, badge, awa, SAID)
    people.LearnerKey.objects.of(ecole_a).all().delete()

    services.sign(now=NOW, limit=10)

    credential.refresh_from_db()
    assert credential.state == "refused"
    assert "Régisseuse" not in credential.refusal


def test_details_moved_to_another_row_do_not_open(ecole_a, badge, awa):
    first = issue(ecole_a, badge, awa, SAID)
    second = issue(ecole_a, badge, awa, {"role": "Autre"}, reference="2")
    second.details = first.details

    with pytest.raises(Exception, match=r"(?i)open"):
        selectors.waiting_details(credential=second)


WRONG = [
    ("results", [{"result": "nothing", "value": "1"}], "no such result"),
    ("results", [{"result": "note", "value": "21"}], "out of bounds"),
    ("results", [{"result": "note", "value": 15}], "quotes"),
    ("results", [{"result": "maitrise", "level": "expert"}], "no such level"),
    ("results", [{"result": "note"}], "value, a level or a status"),
    ("results", [{"result": "note", "status": "Done"}], "Completed"),
    ("results", "15", "list"),
    ("evidence", [{"name": "Plan"}], "address, a narrative or a description"),
    ("evidence", [{"id": "plan.pdf"}], "whole address"),
    ("evidence", [{"id": "https://a.example/", "secret": "x"}], "Known are"),
    ("evidence", [{"file": "0" * 32}], "attach it first"),
    ("evidence", [{"file": "../../etc/passwd"}], "attach it first"),
    ("credits_earned", "four", "at least 0"),
    ("credits_earned", -1, "at least 0"),
    ("credits_earned", float("nan"), "between"),
    ("activity_start", "2026-01-05", "2026-01-31T12:00:00Z"),
    ("awarded_at", datetime(2026, 1, 5), "their zone"),  # noqa: DTZ001 - that is what is wrong
    ("source", {"name": "Jury"}, "missing"),
    ("role", "\ud800", "control character"),
    ("licence", "FC", "Known are"),
    ("narrative", "x" * 33_000, "32 kB"),
]


def test_nine_thousand_characters_are_enough_for_an_account(ecole_a, badge, awa):
    assert issue(ecole_a, badge, awa, {"narrative": "x" * 9_000}).details


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong[0])
def test_what_is_wrong_is_named_with_entry_field_and_remedy(ecole_a, badge, awa, wrong):
    field, value, remedy = wrong
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        issue(ecole_a, badge, awa, {field: value})

    [(named, [message])] = refusal.value.message_dict.items()
    assert named in {field, "details"}
    assert message.startswith("Entry 1: ")
    assert remedy in message
    assert not models.Credential.objects.of(ecole_a).exists()


def test_an_activity_that_ends_before_it_starts_is_refused_in_french(ecole_a, badge, awa):
    said = {"activity_start": "2026-02-01T00:00:00Z", "activity_end": "2026-01-01T00:00:00Z"}

    with translation.override("fr"), pytest.raises(ValidationError) as refusal:
        issue(ecole_a, badge, awa, said)

    assert refusal.value.message_dict["activity_end"][0].startswith("Entrée 1\N{NO-BREAK SPACE}: L")


class TestFiles:
    PDF = b"%PDF-1.7 plan de feux"

    def attach(self, issuer, learner, content=PDF):
        return services.attach(issuer=issuer, learner=learner, content=content, now=NOW)

    def test_a_file_is_named_by_address_and_digest(self, ecole_a, badge, awa):
        file = self.attach(ecole_a, awa)
        said = {"evidence": [{"file": str(file.uuid), "name": "Plan"}]}
        credential = issue(ecole_a, badge, awa, said)

        services.sign(now=NOW, limit=10)

        found, url = document(credential), selectors.evidence_address(token=file.token)
        assert found["evidence"] == [{"id": url, "type": ["Evidence"], "name": "Plan"}]
        [resource] = found["relatedResource"]
        assert (resource["id"], resource["mediaType"]) == (url, "application/pdf")
        assert resource["digestSRI"].startswith("sha384-")

    def test_it_is_stored_encrypted(self, ecole_a, awa):
        self.attach(ecole_a, awa)

        stored = in_the_database("credentials_evidencefile")
        assert self.PDF.hex() not in stored
        assert b"plan".hex() not in stored

    def test_a_file_of_another_learner_or_issuer_is_not_there(self, ecole_a, ecole_b, badge, awa):
        other = factories.learner(issuer=ecole_a, name="Zoé", email="zoe@example.org")
        theirs = factories.learner(issuer=ecole_b)

        for file in (self.attach(ecole_a, other), self.attach(ecole_b, theirs)):
            with pytest.raises(ValidationError, match="attach it first"):
                issue(ecole_a, badge, awa, {"evidence": [{"file": str(file.uuid)}]})

    def test_a_stranger_attaches_nothing_to_our_learner(self, ecole_b, awa):
        with pytest.raises(ValidationError, match="not yours"):
            self.attach(ecole_b, awa)

    @pytest.mark.parametrize(
        "content",
        [b"", b"<html>\x00", b"MZ\x90\x00", b"\xff\xfe", b"%PDF-" + bytes(5_000_000)],
        ids=["empty", "NUL", "program", "no UTF-8", "large"],
    )
    def test_other_kinds_and_sizes_are_refused(self, ecole_a, awa, content):
        with pytest.raises(ValidationError, match="file"):
            self.attach(ecole_a, awa, content)
