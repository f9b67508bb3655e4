"""The page of the documentation says what the tests of this folder find."""

import pytest

from tests.interop import matrix


@pytest.fixture
def items(request: pytest.FixtureRequest) -> list[pytest.Item]:
    """Every test of this folder; which it is to be is known without running any."""
    collected: list[pytest.Item] = request.config.stash[matrix.ITEMS]
    if {item.path for item in collected} != set(matrix.HERE.glob("test_*.py")):
        pytest.skip("only a part of the matrix was collected: pytest tests/interop")
    return collected


def test_the_page_is_what_a_run_in_which_all_passes_writes(items):
    written = matrix.PAGE.read_text()

    passed = {item.nodeid: "passed" for item in items}
    found, theirs = matrix.rows(items, passed), matrix.rows(items, passed, theirs=True)

    assert matrix.page(written, found, theirs) == written, "make interop writes it anew"


def test_every_test_about_a_verifier_counts_in_a_row(items):
    words = (matrix.ACCEPTS, matrix.REJECTS, matrix.CANNOT)
    told = [item for item in items if item.name.startswith(words)]

    assert [item.nodeid for item in told if item.get_closest_marker("row") is None] == []


def test_every_row_has_what_it_accepts_and_what_it_rejects(items):
    found = matrix.rows(items, {})

    assert {each.format for each in found} == set(matrix.FORMATS)
    assert [(each.format, each.verifier) for each in found if not each.accepts] == []
    assert [(each.format, each.verifier) for each in found if not each.rejects] == []


def test_every_maker_has_what_we_accept_and_what_we_refuse(items):
    found = matrix.rows(items, {}, theirs=True)

    assert {each.format for each in found} == set(matrix.THEIR_FORMATS)
    assert [(each.format, each.verifier) for each in found if not each.accepts] == []
    assert [(each.format, each.verifier) for each in found if not each.rejects] == []


def test_what_failed_or_was_not_asked_is_not_said_to_be_accepted(items):
    first, second, *_ = [item for item in items if item.name.startswith(matrix.REJECTS)]

    spoilt = matrix.rows([first], {first.nodeid: "failed"})
    absent = matrix.rows([second], {})

    assert "0 of 1" in matrix.table(spoilt)
    assert "not asked" in matrix.table(absent)


def test_every_format_that_pages_hand_out_is_asked_about_as_a_page_served_it(items):
    asked = {
        mark.args[0]
        for item in items
        if item.path.name.startswith("test_served") and item.name.startswith(matrix.ACCEPTS)
        if (mark := item.get_closest_marker("row")) is not None
    }

    assert asked == set(matrix.SERVED)
