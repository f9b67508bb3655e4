"""Every part of an achievement, from the row to the frozen document; and what is refused."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from badges import models, selectors, services
from badges.core import schema
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_every_part_of_the_row_is_in_the_document(ecole_a, parts):
    badge = factories.achievement(issuer=ecole_a, **parts)

    found = json.loads(badge.document)

    own = selectors.address(achievement=badge)
    assert schema.achievement_problems(found, strict=True) == ()
    assert found["achievementType"] == "ext:BlocDeCompetences"
    assert found["criteria"]["id"] == "https://ecole-a.example/criteres/eclairage"
    assert found["image"]["caption"] == "Hexagone bleu, ruban jaune"
    assert (found["humanCode"], found["fieldOfStudy"]) == ("ECL-2", "Arts du spectacle")
    assert (found["specialization"], found["creditsAvailable"]) == ("Lumière", 6)
    assert found["otherIdentifier"][0]["identifierType"] == "ext:CPF"
    assert found["creator"]["name"] == "Branche du spectacle"
    assert [each["targetType"] for each in found["alignment"]] == [
        "ext:ROME", "ceasn:Competency", "CFItem", "ext:Referentiel",
    ]  # fmt: skip
    rubric, grade = found["resultDescription"]
    assert rubric["id"] == f"{own}#maitrise"
    assert rubric["requiredLevel"] == f"{own}#maitrise/initiation"
    assert rubric["rubricCriterionLevel"][1]["points"] == "2.0"
    assert (grade["valueMin"], grade["requiredValue"]) == ("0", "10")


WRONG = [
    ("achievement_type", "Micro", "standard"),
    ("language", "french", "fr-CA"),
    ("criteria_url", "criteres", "URL"),
    ("credits_available", -1, "0"),
    ("creator", {"id": "branche", "name": "Branche"}, "whole address"),
    ("creator", {"id": "https://branche.example/"}, "missing"),
    ("creator", {"id": "https://b.example/", "name": "B", "vat": "1"}, "Known are"),
    ("identifiers", [{"type": "CPF", "identifier": "1"}], "ext:Example"),
    ("identifiers", {"type": "ext:CPF"}, "list"),
    ("tags", [""], "blank"),
    ("alignments", [{"target_name": "N", "target_url": "nowhere"}], "target_url"),
    ("alignments", [{"target_name": "N", "target_url": "https://a.example/",
                     "target_type": "Skill"}], "ext:Example"),
    ("result_descriptions", [{"key": "A b", "name": "N", "result_type": "Percent"}], "small"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "Mark"}], "ext:Example"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "Percent",
                              "value_min": "9", "value_max": "1"}], "greater"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "Percent",
                              "value_min": 9}], "quotes"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "Percent",
                              "value_min": "nine"}], "12.5"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "RubricScore",
                              "required_level": "x"}], "no such level"),
    ("result_descriptions", [{"key": "a", "name": "N", "result_type": "Percent"}] * 2, "same key"),
    ("result_descriptions", [{"key": f"k{n}", "name": "N", "result_type": "Percent"}
                             for n in range(51)], "keep to 50"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "remedy"), WRONG)
def test_what_is_wrong_is_named_with_its_remedy(ecole_a, field, value, remedy):
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        factories.achievement(issuer=ecole_a, **{field: value})

    assert list(refusal.value.message_dict) == [field]
    assert remedy in refusal.value.message_dict[field][0]
    assert not models.Achievement.objects.of(ecole_a).exists()


def test_it_is_named_in_french_as_well(ecole_a):
    bad = [{"key": "a", "name": "N", "result_type": "Percent", "value_min": "neuf"}]

    with translation.override("fr"), pytest.raises(ValidationError) as refusal:
        factories.achievement(issuer=ecole_a, result_descriptions=bad)

    message = refusal.value.message_dict["result_descriptions"][0]
    assert "pas un nombre" in message
    assert message.startswith("À l")


class TestRevise:
    def test_a_new_version_names_the_old_one_which_stays_as_it_was(self, ecole_a, parts):
        old = factories.achievement(issuer=ecole_a, **parts)
        frozen = old.document

        new = services.revise(issuer=ecole_a, achievement=old, now=NOW, name="Éclairer, autrement")
        services.publish(issuer=ecole_a, achievement=new, now=NOW)

        old.refresh_from_db()
        found = json.loads(new.document)
        assert (old.document, old.state) == (frozen, "retired")
        assert (found["version"], found["name"]) == ("2", "Éclairer, autrement")
        assert found["related"] == [
            {
                "id": selectors.address(achievement=old),
                "type": ["Related"],
                "inLanguage": "fr",
                "version": "1",
            }
        ]
        assert len(found["alignment"]) == len(json.loads(frozen)["alignment"])
        assert found["resultDescription"][0]["id"].startswith(selectors.address(achievement=new))

    def test_one_draft_is_there_at_a_time(self, ecole_a):
        badge = factories.achievement(issuer=ecole_a)
        services.revise(issuer=ecole_a, achievement=badge, now=NOW)

        with pytest.raises(services.WrongState, match="draft"):
            services.revise(issuer=ecole_a, achievement=badge, now=NOW)

    def test_a_stranger_cannot_revise(self, ecole_a, ecole_b):
        badge = factories.achievement(issuer=ecole_a)

        with pytest.raises(services.WrongState):
            services.revise(issuer=ecole_b, achievement=badge, now=NOW)

        assert models.Achievement.objects.across_issuers().count() == 1

    @pytest.mark.parametrize("changes", [{"state": "published"}, {"version": 9}, {"slug": "x"}])
    def test_it_changes_only_what_a_version_may_change(self, ecole_a, changes):
        badge = factories.achievement(issuer=ecole_a)

        with pytest.raises(ValidationError, match=next(iter(changes))):
            services.revise(issuer=ecole_a, achievement=badge, now=NOW, **changes)


class TestLanguages:
    def draft(self, issuer, slug, language, **fields):
        return services.draft(
            issuer=issuer, slug=slug, image=factories.png(), now=NOW, language=language,
            name=slug, description="D", criteria="C", **fields,
        )  # fmt: skip

    def test_languages_published_together_name_each_other(self, ecole_a):
        french = self.draft(ecole_a, "eclairer", "fr")
        english = self.draft(ecole_a, "lighting", "en", translates=french)

        services.publish(issuer=ecole_a, achievement=french, now=NOW, languages=[english])

        english.refresh_from_db()
        [to_english] = json.loads(french.document)["related"]
        [to_french] = json.loads(english.document)["related"]
        assert to_english["id"] == selectors.address(achievement=english)
        assert (to_english["inLanguage"], to_french["inLanguage"]) == ("en", "fr")

    def test_a_later_language_names_the_newest_version_of_the_others(self, ecole_a):
        first = factories.achievement(issuer=ecole_a, slug="eclairer")
        second = services.revise(issuer=ecole_a, achievement=first, now=NOW)
        services.publish(issuer=ecole_a, achievement=second, now=NOW)

        english = self.draft(ecole_a, "lighting", "en", translates=first)
        services.publish(issuer=ecole_a, achievement=english, now=NOW)

        [found] = json.loads(english.document)["related"]
        assert found["id"] == selectors.address(achievement=second)

    def test_what_is_another_badge_is_no_language_of_this_one(self, ecole_a):
        french, other = self.draft(ecole_a, "a", "fr"), self.draft(ecole_a, "b", "en")

        with pytest.raises(ValidationError, match="languages"):
            services.publish(issuer=ecole_a, achievement=french, now=NOW, languages=[other])

    def test_a_badge_of_another_issuer_is_not_translated(self, ecole_a, ecole_b):
        theirs = factories.achievement(issuer=ecole_b)

        with pytest.raises(ValidationError, match="another issuer"):
            self.draft(ecole_a, "b", "en", translates=theirs)
