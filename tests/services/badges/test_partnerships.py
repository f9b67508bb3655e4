"""Habilitation: who certifies lets who trains issue, on certain days, for certain things."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from badges import selectors
from badges import services as catalogue
from credentials import services
from credentials.selectors import opened
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
YEAR = timedelta(days=365)


@kept.fixture
def block(ecole_a):
    return catalogue.describe_block(
        issuer=ecole_a,
        certification={"code": "RNCP38596", "title": "Soudeur", "level": "4", "url": ""},
        code="RNCP38596BC02",
        title="Souder à l'arc",
    )


@pytest.fixture
def propose(ecole_a, ecole_b, block):
    """École A certifies, École B trains."""

    def propose(**changes):
        given = {
            "issuer": ecole_a, "partner": ecole_b, "blocks": [block], "start_date": TODAY,
            "end_date": TODAY + YEAR, "now": NOW,
        }  # fmt: skip
        return catalogue.propose_partnership(**(given | changes))

    return propose


@pytest.fixture
def partnership(propose, ecole_b):
    proposed = propose()
    catalogue.accept_partnership(issuer=ecole_b, partnership=proposed, now=NOW)
    return proposed


@pytest.fixture
def badge(partnership, ecole_b):
    [habilitation] = selectors.standing_habilitations(partner=ecole_b, day=TODAY)
    return factories.achievement(issuer=ecole_b, habilitation=habilitation)


def issue(badge, *, valid_from: datetime = NOW, now: datetime = NOW):
    return services.issue(
        issuer=badge.issuer,
        achievement=badge,
        awards=[
            services.Award(
                learner=factories.learner(issuer=badge.issuer),
                reference=f"at {valid_from}",
                valid_from=valid_from,
            )
        ],
        now=now,
    )


# -- Proposing and answering -----------------------------------------------------------------------


def test_what_is_proposed_counts_once_it_is_accepted(propose, ecole_b):
    proposed = propose()
    assert selectors.standing_habilitations(partner=ecole_b, day=TODAY) == []

    catalogue.accept_partnership(issuer=ecole_b, partnership=proposed, now=NOW)

    [habilitation] = selectors.standing_habilitations(partner=ecole_b, day=TODAY)
    assert (habilitation.code, habilitation.title) == ("RNCP38596BC02", "Souder à l'arc")
    assert habilitation.whole == "RNCP38596 Soudeur"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"blocks": []}, "named"),
        ({"end_date": TODAY - timedelta(days=1)}, "end_date"),
        ({"agreement": "x" * 101}, "agreement"),
    ],
)
def test_what_cannot_be_proposed_names_the_field(propose, changes, field):
    with pytest.raises(ValidationError) as refused:
        propose(**changes)

    assert list(refused.value.message_dict) == [field]


def test_nobody_habilitates_themselves_or_names_what_is_anothers(propose, ecole_a, ecole_b, block):
    theirs = factories.achievement(issuer=ecole_b)
    draft = catalogue.draft(
        issuer=ecole_a, slug="draft", image=factories.png(), now=NOW, name="x", description="x",
        criteria="x",
    )  # fmt: skip

    for changes in (
        {"partner": ecole_a},
        {"issuer": ecole_b, "partner": ecole_a, "blocks": [block]},
        {"achievements": [theirs]},
        {"achievements": [draft]},
    ):
        with pytest.raises(ValidationError):
            propose(**changes)


def test_only_the_partner_answers_and_only_once(propose, ecole_a, ecole_b):
    charlie = factories.issuer(slug="ecole-c", name="École C")
    proposed = propose()

    for stranger in (ecole_a, charlie):
        for verb in (catalogue.accept_partnership, catalogue.decline_partnership):
            with pytest.raises(catalogue.NotYours):
                verb(issuer=stranger, partnership=proposed, now=NOW)
    catalogue.decline_partnership(issuer=ecole_b, partnership=proposed, now=NOW)
    with pytest.raises(catalogue.NotYours):
        catalogue.accept_partnership(issuer=ecole_b, partnership=proposed, now=NOW)

    assert selectors.standing_habilitations(partner=ecole_b, day=TODAY) == []


@pytest.mark.parametrize("side", ["ecole_a", "ecole_b"])
def test_either_side_ends_it_and_nobody_else(request, partnership, ecole_b, side):
    charlie = factories.issuer(slug="ecole-c", name="École C")
    with pytest.raises(catalogue.NotYours):
        catalogue.end_partnership(issuer=charlie, partnership=partnership, now=NOW)

    catalogue.end_partnership(
        issuer=request.getfixturevalue(side), partnership=partnership, now=NOW
    )

    assert selectors.standing_habilitations(partner=ecole_b, day=TODAY) == []
    with pytest.raises(catalogue.NotYours):
        catalogue.end_partnership(issuer=ecole_b, partnership=partnership, now=NOW)


def test_a_stranger_sees_nothing_of_it(partnership, ecole_a, ecole_b):
    charlie = factories.issuer(slug="ecole-c", name="École C")

    assert selectors.find_partnership(issuer=charlie, uuid=partnership.uuid) is None
    assert selectors.partnerships_of(issuer=charlie) == []
    assert selectors.partnerships_with(partner=charlie) == []
    assert selectors.partnerships_with(partner=ecole_a) == []
    assert selectors.partnerships_of(issuer=ecole_b) == []


def test_each_side_is_a_few_queries_however_many_there_are(
    propose, ecole_a, ecole_b, django_assert_num_queries
):
    for _each in range(4):
        propose()

    for rows in (
        lambda: selectors.partnerships_of(issuer=ecole_a),
        lambda: selectors.partnerships_with(partner=ecole_b),
    ):
        with django_assert_num_queries(2):
            for row in rows():
                assert len(row.habilitations.all()) == 1
                assert row.issuer_id != row.partner_id


# -- Badges under habilitation ---------------------------------------------------------------------


def test_the_document_says_who_certifies_and_for_what(badge, ecole_a, ecole_b):
    document = json.loads(badge.document)

    assert document["creator"]["id"] == ecole_a.did
    assert document["creator"]["name"] == "École A"
    assert document["humanCode"] == "RNCP38596BC02"
    [alignment] = document["alignment"]
    assert alignment["targetCode"] == "RNCP38596BC02"
    assert alignment["targetDescription"] == "RNCP38596 Soudeur"


def test_a_signed_credential_says_both(badge, ecole_a, ecole_b):
    credential = factories.signed(issuer=ecole_b, achievement=badge)

    document = json.loads(opened(credential=credential).document)

    assert document["issuer"]["id"] == ecole_b.did
    assert document["credentialSubject"]["achievement"]["creator"]["id"] == ecole_a.did


def test_a_named_badge_leads_to_the_one_of_who_certifies(propose, ecole_a, ecole_b):
    original = factories.achievement(issuer=ecole_a, name="Soudeur certifié")
    proposed = propose(blocks=[], achievements=[original])
    catalogue.accept_partnership(issuer=ecole_b, partnership=proposed, now=NOW)
    [habilitation] = selectors.standing_habilitations(partner=ecole_b, day=TODAY)

    badge = factories.achievement(issuer=ecole_b, habilitation=habilitation)

    [alignment] = json.loads(badge.document)["alignment"]
    assert alignment["targetUrl"] == selectors.address(achievement=original)
    assert alignment["targetType"] == "ceterms:Credential"


def test_the_habilitation_of_another_is_refused(badge, partnership, ecole_a):
    charlie = factories.issuer(slug="ecole-c", name="École C")

    for issuer in (charlie, ecole_a):
        with pytest.raises(ValidationError) as refused:
            factories.achievement(issuer=issuer, habilitation=badge.habilitation)
        assert list(refused.value.message_dict) == ["habilitation"]


def test_what_the_habilitation_says_is_not_said_again(badge, ecole_b, block):
    other = catalogue.describe_block(
        issuer=ecole_b,
        certification={"code": "RNCP38596", "title": "Soudeur", "level": "4", "url": ""},
        code="RNCP38596BC02",
        title="Souder à l'arc",
    )
    for field, value in (("block", other), ("creator", {"id": "did:web:x.example", "name": "x"})):
        with pytest.raises(ValidationError) as refused:
            factories.achievement(
                issuer=ecole_b, slug="other", habilitation=badge.habilitation, **{field: value}
            )
        assert list(refused.value.message_dict) == [field]


def test_a_new_version_keeps_the_habilitation(badge, ecole_b):
    following = catalogue.revise(issuer=ecole_b, achievement=badge, now=NOW, name="Autrement")

    assert following.habilitation == badge.habilitation
    assert following.certificateur == badge.certificateur


def test_it_is_not_published_once_the_habilitation_has_ended(badge, partnership, ecole_a, ecole_b):
    following = catalogue.revise(issuer=ecole_b, achievement=badge, now=NOW)
    catalogue.end_partnership(issuer=ecole_a, partnership=partnership, now=NOW)

    with pytest.raises(ValidationError):
        catalogue.publish(issuer=ecole_b, achievement=following, now=NOW)


# -- Issuing on a day ------------------------------------------------------------------------------


def test_it_is_issued_on_a_day_on_which_the_habilitation_stands(badge):
    assert issue(badge).recorded == 1


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + YEAR + timedelta(days=1)])
def test_an_award_of_another_day_is_refused(badge, day):
    with pytest.raises(ValidationError) as refused:
        issue(badge, valid_from=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    assert "École A does not let this badge be issued on" in str(refused.value)


def test_the_last_day_is_included(badge):
    last = datetime.combine(TODAY + YEAR, datetime.max.time(), UTC)

    assert issue(badge, valid_from=last, now=last).recorded == 1


def test_nobody_dates_an_award_back_once_it_has_ended(badge, partnership, ecole_a):
    catalogue.end_partnership(issuer=ecole_a, partnership=partnership, now=NOW + timedelta(days=30))

    with pytest.raises(ValidationError):
        issue(badge, valid_from=NOW + timedelta(days=1), now=NOW + timedelta(days=31))


def test_what_was_issued_before_the_end_is_signed_and_stands(badge, partnership, ecole_a, ecole_b):
    issue(badge)
    catalogue.end_partnership(issuer=ecole_a, partnership=partnership, now=NOW)

    assert services.sign(now=NOW + timedelta(minutes=1), limit=10) == 1


def test_what_waits_for_a_second_person_is_not_released_after_the_end(
    badge, partnership, ecole_a, ecole_b, charlie
):
    factories.change(ecole_b, four_eyes=True)
    dora = factories.member(issuer=ecole_b, name="Dora", role="approver")
    badge.issuer.refresh_from_db()
    held = services.issue(
        issuer=ecole_b, achievement=badge, actor=charlie, now=NOW,
        awards=[services.Award(factories.learner(issuer=ecole_b), "r", NOW)],
    )  # fmt: skip
    catalogue.end_partnership(issuer=ecole_a, partnership=partnership, now=NOW)

    with pytest.raises(ValidationError):
        services.release(
            issuer=ecole_b, preparation=held.preparation, actor=dora, now=NOW + timedelta(hours=1)
        )


def test_a_badge_without_a_habilitation_asks_nothing(ecole_a, django_assert_num_queries):
    own = factories.achievement(issuer=ecole_a)

    with django_assert_num_queries(0):
        catalogue.require_habilitation(achievement=own, days=[date(1990, 1, 1)])


# -- Units -----------------------------------------------------------------------------------------


def test_an_award_says_which_unit_taught_and_assessed_it(ecole_a):
    from issuers import services as parties

    lyon = parties.add_unit(issuer=ecole_a, name="Campus de Lyon", kind="campus", now=NOW)
    badge = factories.achievement(issuer=ecole_a, unit=lyon)
    credential = factories.signed(issuer=ecole_a, achievement=badge)

    document = json.loads(opened(credential=credential).document)

    source = document["credentialSubject"]["source"]
    assert source["name"] == "École A, Campus de Lyon"
    assert source["id"].endswith(f"/issuers/ecole-a#unit-{lyon.uuid}")


def test_an_award_that_names_who_assessed_keeps_it(ecole_a):
    from issuers import services as parties

    lyon = parties.add_unit(issuer=ecole_a, name="Campus de Lyon", kind="campus", now=NOW)
    badge = factories.achievement(issuer=ecole_a, unit=lyon)
    services.issue(
        issuer=ecole_a, achievement=badge, now=NOW,
        awards=[
            services.Award(
                factories.learner(issuer=ecole_a), "r", NOW,
                details={"source": {"id": "did:web:jury.example.org", "name": "Jury"}},
            )
        ],
    )  # fmt: skip
    services.sign(now=NOW, limit=10)
    from credentials import selectors as credentials

    credential = credentials.find_by_reference(issuer=ecole_a, reference="r")
    document = json.loads(opened(credential=credential).document)

    assert document["credentialSubject"]["source"]["name"] == "Jury"


def test_the_unit_of_another_is_refused(ecole_a, ecole_b):
    from issuers import services as parties

    theirs = parties.add_unit(issuer=ecole_b, name="Theirs", kind="team", now=NOW)

    with pytest.raises(ValidationError) as refused:
        factories.achievement(issuer=ecole_a, unit=theirs)

    assert list(refused.value.message_dict) == ["unit"]
