"""Comparing names: who passes for whom, once, and for the operator alone."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from issuers import selectors, services
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def compared() -> list[tuple[str, str, str]]:
    services.compare_names(now=NOW, limit=100)
    return [
        (row.issuer.slug, row.resembles.slug, row.likeness)
        for row in selectors.look_alikes(judgements=["open"])
    ]


def test_honest_neighbours_are_not_flagged(ecole_a, ecole_b):
    assert compared() == []


def test_a_name_in_other_letters_is_flagged(ecole_a):
    factories.issuer(slug="lyon", name="Université de Lyon")
    assert compared() == []

    factories.issuer(slug="evil", name="Univеrsité de Lyоn")  # noqa: RUF001 - Cyrillic

    assert compared() == [("evil", "lyon", "confusable")]


def test_a_name_that_is_changed_is_compared_again(ecole_a):
    factories.issuer(slug="lyon", name="Université de Lyon", legal_name="UDL")
    compared()

    services.describe(issuer=ecole_a, name="Université de Lyon officiel")

    assert compared() == [("ecole-a", "lyon", "embellished")]


def test_a_likeness_is_found_once_whichever_side_changes(ecole_a):
    lyon = factories.issuer(slug="lyon", name="Université de Lyon")
    factories.issuer(slug="evil", name="Universite de Lyon")
    assert len(compared()) == 1

    services.describe(issuer=lyon, legal_name="Université Lyon et Saint-Étienne")

    assert len(compared()) == 1


def test_legal_names_are_compared_too(ecole_a):
    factories.issuer(slug="lyon", name="UDL", legal_name="Université de Lyon")
    factories.issuer(slug="evil", name="Universite Lyon")

    assert compared() == [("evil", "lyon", "same")]


def test_a_command_shows_them_in_letters_that_cannot_pass_and_takes_a_judgement(ecole_a):
    factories.issuer(slug="lyon", name="Université de Lyon")
    factories.issuer(slug="evil", name="Univеrsité de Lyоn")  # noqa: RUF001 - Cyrillic
    compared()
    [row] = selectors.look_alikes(judgements=["open"])
    shown = io.StringIO()

    call_command("lookalikes", "list", stdout=shown)
    call_command("lookalikes", "judge", str(row.pk), "harmless", stdout=io.StringIO())
    nothing, everything = io.StringIO(), io.StringIO()
    call_command("lookalikes", "list", stdout=nothing)
    call_command("lookalikes", "list", "--all", stdout=everything)

    assert r"Univ\u0435rsit\xe9 de Ly\u043en" in shown.getvalue()
    assert "No name waits" in nothing.getvalue()
    assert "harmless" in everything.getvalue()


def test_a_judgement_of_nothing_is_refused(db):
    with pytest.raises(CommandError):
        call_command("lookalikes", "judge", "7", "harmless")


def test_a_name_that_changes_while_it_is_compared_stays_to_be_compared(ecole_a, monkeypatch):
    from issuers.services import comparing

    true = comparing._compare

    def changing(issuer, everyone, now):
        factories.change(issuer.pk, name="Changed meanwhile")
        return true(issuer, everyone, now)

    monkeypatch.setattr(comparing, "_compare", changing)

    services.compare_names(now=NOW + timedelta(days=1), limit=10)

    ecole_a.refresh_from_db()
    assert not ecole_a.is_name_compared
