"""What is offered for gas, and how it is raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import fees
from blockchain.core.fees import GWEI, Offer

amounts = st.integers(0, 10**15)


def test_an_offer_leaves_room_for_the_base_fee_to_double():
    assert fees.offer(base=10 * GWEI, tip=GWEI, cap=200 * GWEI) == Offer(21 * GWEI, GWEI)


def test_an_offer_never_exceeds_the_cap():
    assert fees.offer(base=10 * GWEI, tip=GWEI, cap=15 * GWEI) == Offer(15 * GWEI, GWEI)
    assert fees.offer(base=10 * GWEI, tip=GWEI, cap=11 * GWEI) == Offer(11 * GWEI, GWEI)


def test_nothing_is_offered_while_gas_costs_more_than_the_cap():
    assert fees.offer(base=10 * GWEI, tip=GWEI, cap=11 * GWEI - 1) is None


def test_a_replacement_offers_a_fifth_more():
    raised = fees.replacement(Offer(100, 10), base=1, tip=1, cap=1000)

    assert raised == Offer(120, 12)


def test_a_replacement_offers_what_is_usual_now_if_that_is_more():
    raised = fees.replacement(Offer(100, 10), base=300, tip=50, cap=1000)

    assert raised == Offer(650, 50)


@pytest.mark.parametrize(
    ("cap", "raised"),
    [(119, Offer(119, 12)), (110, Offer(110, 12)), (109, None), (100, None), (10, None)],
)
def test_a_replacement_stays_below_the_cap_or_is_none(cap, raised):
    assert fees.replacement(Offer(100, 10), base=1, tip=1, cap=cap) == raised


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (Offer(110, 11), True),
        (Offer(109, 11), False),
        (Offer(110, 10), False),
        (Offer(500, 500), True),
    ],
)
def test_nodes_want_a_tenth_more_of_both(offered, taken):
    assert fees.replaces(offered, Offer(100, 10)) is taken


@given(former_fee=amounts, former_tip=amounts, base=amounts, tip=amounts, cap=amounts)
def test_a_replacement_is_always_one_that_nodes_take(former_fee, former_tip, base, tip, cap):
    former = Offer(former_fee, min(former_tip, former_fee))

    raised = fees.replacement(former, base=base, tip=tip, cap=cap)

    if raised is not None:
        assert raised.max_tip <= raised.max_fee <= cap
        # geth compares with the integer part of 110 % (core/txpool, price bump).
        assert raised.max_fee * 100 >= former.max_fee * 110
        assert raised.max_tip * 100 >= former.max_tip * 110
        assert raised.max_fee > former.max_fee
