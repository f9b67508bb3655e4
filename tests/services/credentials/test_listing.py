"""Lists of an issuer's credentials: whose, in which order, and by which index."""

from datetime import timedelta

import pytest
from django.db import connection

from credentials import models, services
from credentials.selectors import listing
from tests import factories, kept, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Look = listing.Look


def tokens(page):
    return [row.token for row in page.rows]


def test_pages_follow_one_another_the_newest_first(ecole_a):
    rows = factories.due(issuer=ecole_a, count=5)

    first = listing.page(issuer=ecole_a, look=Look(), limit=2)
    second = listing.page(issuer=ecole_a, look=Look(), before=first.following, limit=2)
    last = listing.page(issuer=ecole_a, look=Look(), before=second.following, limit=2)

    found = [*tokens(first), *tokens(second), *tokens(last)]
    assert found == [row.token for row in reversed(rows)]
    assert last.following is None


def test_charlie_sees_nothing_of_ecole_a(ecole_a, ecole_b):
    factories.due(issuer=ecole_a, count=2)
    [own] = factories.due(issuer=ecole_b)

    assert tokens(listing.page(issuer=ecole_b, look=Look())) == [own.token]
    look = Look(achievement_id=models.Credential.objects.of(ecole_a).first().achievement_id)
    assert listing.page(issuer=ecole_b, look=look).rows == []
    assert listing.page(issuer=ecole_b, look=Look(learner="eleve0@")).rows == [own]


def test_it_finds_by_badge_state_and_person(ecole_a):
    [first, second] = factories.due(issuer=ecole_a, count=2)
    other = factories.achievement(issuer=ecole_a, slug="other")
    [held] = factories.due(issuer=ecole_a, achievement=other)
    services.sign(now=NOW, limit=10)
    services.revoke(issuer=ecole_a, credential=first, reason="Mistake", now=NOW)

    def found(**look):
        return tokens(listing.page(issuer=ecole_a, look=Look(**look)))

    assert found(achievement_id=other.pk) == [held.token]
    assert found(state="revoked") == [first.token]
    assert found(state="suspended") == []
    assert found(state="signed") == [held.token, second.token, first.token]
    assert found(learner=" ELEVE1@") == [second.token]
    assert found(learner="nobody") == []
    assert found(words="Eleve 1") == [second.token]
    assert found(words="1 élève") == [second.token], "the last word first"
    assert found(words="award-2") == found(reference="award-2") == [held.token]
    assert found(words="awarD-2") == []
    assert found(learner_id=second.learner_id) == [second.token]
    assert found(state="valid", now=NOW) == [held.token, second.token]
    assert found(since=NOW + timedelta(days=1)) == found(until=NOW) == []


def test_a_page_costs_one_query_and_two_where_a_person_is_named(ecole_a, django_assert_num_queries):
    factories.due(issuer=ecole_a, count=3)

    with django_assert_num_queries(1):
        names = [row.learner.name for row in listing.page(issuer=ecole_a, look=Look()).rows]
    with django_assert_num_queries(2):
        listing.page(issuer=ecole_a, look=Look(learner="eleve"))
    assert len(names) == 3


def test_what_stands_is_listed_in_turn_by_badge(ecole_a):
    rows = factories.due(issuer=ecole_a, count=4)
    services.sign(now=NOW, limit=10)
    services.revoke(issuer=ecole_a, credential=rows[0], reason="Mistake", now=NOW)

    first = listing.standing(issuer=ecole_a, slug="welding", after=0, limit=2)
    rest = listing.standing(issuer=ecole_a, slug="welding", after=first[-1].pk, limit=2)

    assert [row.pk for row in [*first, *rest]] == [row.pk for row in rows[1:]]


# -- Plans -----------------------------------------------------------------------------------------

MANY = 40_000


@kept.fixture
def many(ecole_a, ecole_b):
    """Give both issuers so many rows that a plan which reads them all is the wrong one."""
    common = factories.achievement(issuer=ecole_a)
    rare = factories.achievement(issuer=ecole_a, slug="rare")
    [row] = factories.due(issuer=ecole_a, achievement=common)
    foreign = factories.achievement(issuer=ecole_b)
    [other] = factories.due(issuer=ecole_b, achievement=foreign)
    columns = (
        "uuid, token, issuer_id, achievement_id, learner_id, reference, state, valid_from,"
        " issued_at, sign_after, refusal, revocation_reason, suspension_reason, revoked_at"
    )
    with roles.as_owner(), connection.cursor() as cursor:
        for like, count in ((row, MANY), (other, MANY)):
            cursor.execute(
                "INSERT INTO learners_learner (uuid, issuer_id, name, email, language, created_at)"
                " SELECT gen_random_uuid(), issuer_id, 'Somebody', 'somebody-' || n || email,"
                " language, created_at FROM learners_learner, generate_series(1, 2000) AS n"
                " WHERE id = %s",
                [like.learner_id],
            )
            cursor.execute(
                "WITH people AS MATERIALIZED (SELECT array_agg(id) AS ids FROM learners_learner"  # noqa: S608 - our own words
                f" WHERE issuer_id = %s) INSERT INTO credentials_credential ({columns})"
                " SELECT gen_random_uuid(), substr(md5(n::text || issuer_id), 1, 22), issuer_id,"
                " CASE WHEN n %% 4000 = 7 AND issuer_id = %s THEN %s ELSE achievement_id END,"
                " ids[1 + n %% 2000], 'many-' || n,"
                " CASE WHEN n %% 5000 = 3 THEN 'refused' ELSE 'due' END, valid_from, issued_at,"
                " sign_after, '', '', '',"
                " CASE WHEN n %% 3000 = 5 THEN issued_at END"
                " FROM people, credentials_credential, generate_series(1, %s) AS n WHERE id = %s",
                [like.issuer_id, ecole_a.pk, rare.pk, count, like.pk],
            )
        # All that a list joins: what other tests left in statistics would decide otherwise.
        cursor.execute(
            "ANALYZE credentials_credential, learners_learner, badges_achievement, issuers_issuer"
        )
    return common, rare


@pytest.mark.parametrize(
    "look",
    [Look(), Look(state="revoked"), Look(state="suspended"), Look(state="refused"),
     Look(state="due"), Look(learner="eleve"), Look(words="eleve"),
     Look(words="many-1"),
     Look(reference="many-2"), Look(since=NOW), Look(until=NOW + timedelta(days=1))],
    ids=str,
)  # fmt: skip
def test_each_look_reads_little_more_than_it_shows(ecole_a, many, look):
    assert rows_read(ecole_a, look) < 1_000


def test_so_does_a_look_for_a_badge_rare_or_common(ecole_a, many):
    common, rare = many

    for achievement in (common, rare):
        assert rows_read(ecole_a, Look(achievement_id=achievement.pk)) < 1_000
        assert rows_read(ecole_a, Look(achievement_id=achievement.pk, state="due")) < 1_000


def rows_read(issuer, look) -> int:
    """Return how many rows the database touches for a page in the middle."""
    middle = models.Credential.objects.of(issuer).order_by("id")[MANY // 2].pk
    explained: list[int] = []

    def explain(execute, sql, params, many, context):
        asked_of = "credentials_credential" in sql or "learners_learner" in sql
        if asked_of and sql.startswith("SELECT"):
            said, mark, asked = sql.rpartition(", true); ")  # whose rows it is about comes first
            explained_sql = f"{said}{mark}EXPLAIN (ANALYZE, FORMAT JSON) {asked}"
            execute(explained_sql, params, many, context)
            [[plan]] = context["cursor"].fetchall()
            explained.append(_touched(plan[0]["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        listing.page(issuer=issuer, look=look, before=middle, limit=50)
    return max(explained)


def _touched(node) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return max(int(own), *(_touched(each) for each in node.get("Plans", [])), 0)
