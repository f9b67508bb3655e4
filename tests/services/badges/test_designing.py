"""Design a badge in all its languages at once; what is published stays as it is."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from badges import models, services
from badges.core import drawing
from badges.selectors import designs
from badges.services import designing, gallery
from credentials import services as awarding
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def begun(issuer, key="skill"):
    start = gallery.find(key)
    assert start is not None
    return designing.begin(issuer=issuer, start=start, now=NOW)


def published(issuer):
    row = begun(issuer)
    designing.publish(issuer=issuer, achievement=row, now=NOW)
    row.refresh_from_db()
    return row


def words(name="N", **said):
    return services.Words(name=name, **{"description": "D", "criteria": "C"} | said)


def write(row, **said):
    return designing.write(issuer=row.issuer, achievement=row, words=said, now=NOW)


@pytest.mark.parametrize("start", [each for each in gallery.STARTS if not each.is_blank])
def test_every_starting_point_is_a_whole_badge_in_french_and_english(ecole_a, start):
    row = designing.begin(issuer=ecole_a, start=start, now=NOW)

    drafts = designs.design_of(achievement=row).drafts
    assert {each.language for each in drafts} == {"fr", "en"}
    assert drafts[0].language == ecole_a.language
    assert len({each.name for each in drafts}) == 2
    missing = designing.missing(issuer=ecole_a, achievement=row, now=NOW)
    # Nothing but the words in brackets is for the organisation to say.
    told = [each for texts in missing.values() for lines in texts.values() for each in lines]
    assert all("square brackets" in each for each in told), told


def test_an_empty_badge_has_one_language_and_lacks_its_texts(ecole_a):
    row = begun(ecole_a, "blank")

    assert len(designs.design_of(achievement=row).drafts) == 1
    missing = designing.missing(issuer=ecole_a, achievement=row, now=NOW)
    assert set(missing[row.language]) == {"description", "criteria"}
    with pytest.raises(ValidationError, match="description"):
        designing.publish(issuer=ecole_a, achievement=row, now=NOW)


def test_a_language_comes_and_goes_with_its_texts(ecole_a):
    row = begun(ecole_a, "blank")

    write(row, fr=words("Un"), en=words("One"))
    both = [(each.language, each.name) for each in designs.design_of(achievement=row).drafts]
    left = write(row, fr=services.Words(), en=words("One"))

    assert sorted(both) == [("en", "One"), ("fr", "Un")]
    assert [(each.language, each.name) for each in designs.design_of(achievement=left).drafts] == [
        ("en", "One")
    ]


def test_the_original_language_may_go_while_another_is_left(ecole_a):
    row = begun(ecole_a)
    original = row.language
    other = "en" if original == "fr" else "fr"

    left = write(row, **{original: services.Words(), other: words("Left")})

    assert left.pk == row.pk
    assert [(each.language, each.name) for each in designs.design_of(achievement=left).drafts] == [
        (other, "Left")
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"fr": services.Words(), "en": services.Words()}, "name_fr"),
        ({"fr": services.Words(description="D"), "en": words()}, "name_fr"),
    ],
)
def test_a_badge_has_a_name_in_every_language_that_it_is_told_in(ecole_a, said, field):
    row = begun(ecole_a)

    with pytest.raises(ValidationError, match=field):
        write(row, **said)

    assert len(designs.design_of(achievement=row).drafts) == 2


def test_a_change_is_a_new_version_in_every_language_and_awards_keep_theirs(ecole_a):
    first = published(ecole_a)
    frozen = first.document
    award = factories.signed(issuer=ecole_a, achievement=first)

    draft = designing.change(issuer=ecole_a, achievement=first, now=NOW)
    again = designing.change(issuer=ecole_a, achievement=first, now=NOW)
    write(draft, fr=words("Deux"), en=words("Two"))
    assert first.state == models.Achievement.State.PUBLISHED
    designing.publish(issuer=ecole_a, achievement=draft, now=NOW)

    first.refresh_from_db()
    award.refresh_from_db()
    design = designs.design_of(achievement=first)
    assert again.pk == draft.pk
    assert (first.document, first.state) == (frozen, "retired")
    assert award.achievement_id == first.pk
    assert {(each.version, each.name) for each in design.published} == {(2, "Deux"), (2, "Two")}


def test_the_languages_of_a_badge_name_each_other_once_published(ecole_a):
    row = published(ecole_a)

    for each in designs.design_of(achievement=row).published:
        [other] = json.loads(each.document)["related"]
        assert other["inLanguage"] != each.language


def test_a_language_that_was_published_does_not_go_silently(ecole_a):
    draft = designing.change(issuer=ecole_a, achievement=published(ecole_a), now=NOW)

    with pytest.raises(ValidationError, match="published in this language"):
        write(draft, fr=words(), en=services.Words())


def test_what_is_published_is_not_written_drawn_nor_thrown_away(ecole_a):
    row = published(ecole_a)
    look = drawing.Drawing(shape="circle", colours=services.PALETTES["plum"], icon="star")

    for act in (
        lambda: write(row, fr=words(), en=words()),
        lambda: designing.draw(issuer=ecole_a, achievement=row, look=look, now=NOW),
        lambda: designing.redesign(issuer=ecole_a, achievement=row, now=NOW, validity_months=1),
        lambda: designing.discard(issuer=ecole_a, achievement=row),
        lambda: services.redraft(issuer=ecole_a, achievement=row, now=NOW, name="Other"),
    ):
        with pytest.raises(services.WrongState):
            act()

    before = row.document
    row.refresh_from_db()
    assert row.document == before


def test_a_picture_is_of_every_language_and_can_be_drawn_again(ecole_a):
    row = begun(ecole_a)
    look = drawing.Drawing(shape="circle", colours=services.PALETTES["plum"], monogram="ÉA")

    designing.draw(issuer=ecole_a, achievement=row, look=look, now=NOW)

    for each in designs.design_of(achievement=row).drafts:
        assert bytes(each.image) == drawing.png(look)
        assert each.look["monogram"] == "ÉA"


def test_an_uploaded_picture_is_not_said_to_be_drawn(ecole_a):
    row = begun(ecole_a)

    designing.redesign(
        issuer=ecole_a, achievement=row, now=NOW, image=factories.png(), drawing=None
    )

    row.refresh_from_db()
    assert (bytes(row.image), row.look, row.drawing) == (factories.png(), None, None)


def test_a_copy_is_another_badge_in_the_same_languages(ecole_a):
    row = published(ecole_a)

    copied = designing.duplicate(issuer=ecole_a, achievement=row, now=NOW)

    drafts = designs.design_of(achievement=copied).drafts
    assert designs.key_of(copied) != designs.key_of(row)
    assert {each.language for each in drafts} == {"fr", "en"}
    assert all(each.state == "draft" and each.version == 1 for each in drafts)
    with translation.override("fr"):
        assert any(each.name.endswith("(copie)") for each in drafts)


def test_a_draft_goes_in_every_language_and_what_is_published_stays(ecole_a):
    row = published(ecole_a)
    draft = designing.change(issuer=ecole_a, achievement=row, now=NOW)

    designing.discard(issuer=ecole_a, achievement=draft)

    design = designs.design_of(achievement=row)
    assert (design.drafts, len(design.published)) == ([], 2)


def test_a_badge_is_retired_in_every_language(ecole_a):
    row = published(ecole_a)

    designing.retire(issuer=ecole_a, achievement=row, now=NOW)

    assert designs.design_of(achievement=row).state == "retired"
    with pytest.raises(services.WrongState):
        designing.retire(issuer=ecole_a, achievement=row, now=NOW)


def test_a_retired_badge_is_taken_up_again_as_a_next_version(ecole_a):
    row = published(ecole_a)
    designing.retire(issuer=ecole_a, achievement=row, now=NOW)

    draft = designing.change(issuer=ecole_a, achievement=row, now=NOW)
    designing.publish(issuer=ecole_a, achievement=draft, now=NOW)

    design = designs.design_of(achievement=row)
    assert [each.version for each in design.published] == [2, 2]
    assert design.state == "published"


def test_another_organisation_changes_nothing(ecole_a, ecole_b):
    row = begun(ecole_a)

    with pytest.raises(services.WrongState):
        designing.publish(issuer=ecole_b, achievement=row, now=NOW)
    with pytest.raises(services.WrongState):
        services.redraft(issuer=ecole_b, achievement=row, now=NOW, name="Ours")

    row.refresh_from_db()
    assert row.state == "draft"


def test_an_award_without_evidence_is_refused_where_the_badge_asks_for_some(ecole_a):
    badge = factories.achievement(issuer=ecole_a, needs_evidence=True)
    award = awarding.Award(
        learner=factories.learner(issuer=ecole_a), reference="r1", valid_from=NOW
    )
    shown = awarding.Award(
        learner=factories.learner(issuer=ecole_a), reference="r2", valid_from=NOW,
        details={"evidence": [{"narrative": "Un rapport"}]},
    )  # fmt: skip

    with pytest.raises(ValidationError, match="must show what it rests on"):
        awarding.issue(issuer=ecole_a, achievement=badge, awards=[shown, award], now=NOW)
    issued = awarding.issue(issuer=ecole_a, achievement=badge, awards=[shown], now=NOW)

    assert issued.recorded == 1
