"""issuers/core/colours: contrast, as WCAG 2.2 defines it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import colours

HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the grey that WCAG is often explained by: it fails
        ("#767676", "#ffffff", 4.54),  # and the first that passes
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_the_contrast_is_that_of_wcag(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(HEX, HEX)
def test_contrast_has_no_direction_and_its_bounds(one, other):
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert 1 <= colours.contrast(one, other) <= 21.000001


@pytest.mark.parametrize(
    ("written", "kept"),
    [("#1D4F91", "#1d4f91"), ("1d4f91", "#1d4f91"), (" #abc ", "#aabbcc")],
)
def test_a_colour_is_kept_in_one_form(written, kept):
    assert colours.colour(written) == kept


@pytest.mark.parametrize("written", ["", "#12", "red", "#12345g", "#1d4f91;}", "url(x)", "#" * 99])
def test_what_is_no_colour_is_refused(written):
    with pytest.raises(colours.ColourError):
        colours.colour(written)
