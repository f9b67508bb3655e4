"""Units: a tree, bounded, whose parts teach until they are closed."""

import pytest
from django.core.exceptions import ValidationError

from issuers import selectors, services
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def add(issuer, name, parent=None, kind="department"):
    return services.add_unit(issuer=issuer, name=name, kind=kind, parent=parent, now=NOW)


def paths(issuer) -> list[str]:
    return [each.path for each in selectors.units(issuer=issuer)]


def test_units_are_shown_with_what_they_are_a_part_of(ecole_a, django_assert_num_queries):
    lyon = add(ecole_a, "Campus de Lyon", kind="campus")
    add(ecole_a, " Soudure  et métal ", lyon)
    add(ecole_a, "Campus de Brest", kind="campus")

    with django_assert_num_queries(1):
        assert paths(ecole_a) == [
            "Campus de Brest",
            "Campus de Lyon",
            "Campus de Lyon › Soudure et métal",  # noqa: RUF001 - text for people
        ]


def test_the_tree_is_four_levels_deep(ecole_a):
    at = None
    for level in range(4):
        at = add(ecole_a, f"Level {level}", at)

    with pytest.raises(ValidationError) as refused:
        add(ecole_a, "Too deep", at)

    assert list(refused.value.message_dict) == ["parent"]


def test_a_branch_is_not_put_where_it_would_be_too_deep(ecole_a):
    a = add(ecole_a, "a")
    b = add(ecole_a, "b", a)
    c = add(ecole_a, "c")
    d = add(ecole_a, "d", c)
    add(ecole_a, "e", d)

    with pytest.raises(ValidationError):
        services.change_unit(issuer=ecole_a, unit=c, name="c", kind="team", parent=b, place="")
    services.change_unit(issuer=ecole_a, unit=c, name="c", kind="team", parent=a, place="Brest")

    assert "a › c › d › e" in paths(ecole_a)  # noqa: RUF001 - text for people


def test_a_unit_cannot_be_a_part_of_itself(ecole_a):
    a = add(ecole_a, "a")
    b = add(ecole_a, "b", a)

    for parent in (a, b):
        with pytest.raises(ValidationError):
            services.change_unit(
                issuer=ecole_a, unit=a, name="a", kind="team", parent=parent, place=""
            )

    assert paths(ecole_a) == ["a", "a › b"]  # noqa: RUF001 - text for people


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"kind": "planet"}, "kind")],
)
def test_what_is_malformed_is_refused_by_name(ecole_a, changes, field):
    with pytest.raises(ValidationError) as refused:
        services.add_unit(
            **({"issuer": ecole_a, "name": "a", "kind": "team", "now": NOW} | changes)
        )

    assert list(refused.value.message_dict) == [field]


def test_two_units_beside_each_other_have_two_names(ecole_a):
    lyon = add(ecole_a, "Lyon")
    add(ecole_a, "Soudure", lyon)
    add(ecole_a, "Soudure")

    with pytest.raises(ValidationError):
        add(ecole_a, "Soudure", lyon)
    with pytest.raises(ValidationError):
        add(ecole_a, "Lyon")


def test_the_unit_of_another_organisation_is_no_parent_and_is_not_found(ecole_a, ecole_b):
    theirs = add(ecole_b, "Theirs")

    with pytest.raises(ValidationError):
        add(ecole_a, "Mine", theirs)

    assert selectors.find_unit(issuer=ecole_a, uuid=theirs.uuid) is None
    assert paths(ecole_a) == []


def test_to_close_a_unit_closes_its_parts(ecole_a):
    lyon = add(ecole_a, "Lyon")
    welding = add(ecole_a, "Welding", lyon)
    other = add(ecole_a, "Other")

    services.close_unit(issuer=ecole_a, unit=lyon, now=NOW)

    for unit in (lyon, welding, other):
        unit.refresh_from_db()
    assert (lyon.closed_at, welding.closed_at, other.closed_at) == (NOW, NOW, None)
