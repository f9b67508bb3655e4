"""issuers/core/registration: numbers of French registers, and of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import registration


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("73282932000074", "73282932000074"),  # the example of INSEE's documentation
        ("732 829 320 00074", "73282932000074"),
        ("732.829.320\u00a0000\u202f74", "73282932000074"),
        ("130 025 265 00013", "13002526500013"),  # DINUM
        ("35600000000048", "35600000000048"),  # the seat of La Poste satisfies Luhn
        ("35600000049837", "35600000049837"),  # an office of La Poste does not
    ],
)
def test_a_siret_is_kept_as_fourteen_digits(written, kept):
    assert registration.siret(written) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "not_digits"),
        ("7328293200007", "not_digits"),
        ("732829320000745", "not_digits"),
        ("7328293200007a", "not_digits"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "not_digits"),
        ("73282932000075", "wrong_sum"),
        ("35600000049838", "wrong_sum"),
        ("73282932100073", "wrong_sum"),
    ],
)
def test_what_is_no_siret_is_refused_with_a_reason(written, reason):
    with pytest.raises(registration.RegistrationError) as refused:
        registration.siret(written)

    assert refused.value.reason == reason


@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(place, shift):
    right = "73282932000074"
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]

    with pytest.raises(registration.RegistrationError):
        registration.siret(wrong)


def test_a_long_text_is_not_read_to_its_end():
    with pytest.raises(registration.RegistrationError):
        registration.siret("7" * 10_000_000)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("11 75 12345 67", "11751234567"),
        ("11.75.12345.67", "11751234567"),
        ("942A1234567", "942A1234567"),
        ("94 2b 12345 67", "942B1234567"),
    ],
)
def test_a_declaration_of_activity_is_kept_without_spaces(written, kept):
    assert registration.declaration_of_activity(written) == kept


@pytest.mark.parametrize(
    "written", ["", "1175123456", "117512345678", "A1751234567", "942C1234567"]
)
def test_what_is_no_declaration_is_refused(written):
    with pytest.raises(registration.RegistrationError) as refused:
        registration.declaration_of_activity(written)

    assert refused.value.reason == "not_a_declaration"


@pytest.mark.parametrize("written", ["NEQ 1141234567", "HRB 12345 B", "W751234567", "BN 123456789"])
def test_a_number_of_another_register_is_kept(written):
    assert registration.other(f"  {written} ") == written


@pytest.mark.parametrize("written", ["", "-", "a", "<b>1</b>", "1\u202e2", "x" * 41])
def test_what_is_no_number_of_a_register_is_refused(written):
    with pytest.raises(registration.RegistrationError):
        registration.other(written)
