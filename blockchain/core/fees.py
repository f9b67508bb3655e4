"""What is offered for a unit of gas, and how an offer that nobody takes is raised.

All amounts are wei for one unit of gas. `max_fee` bounds everything that is paid, `max_tip` the
part of it that goes to whoever makes the block (EIP-1559).
"""

from dataclasses import dataclass

GWEI = 10**9
ETHER = 10**18
# A node drops a waiting transaction for another one with its nonce only if both fees are at least
# a tenth higher (geth, `txpool.pricebump`).
LEAST_RISE = 10
USUAL_RISE = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """The two fees of a transaction, in wei for one unit of gas."""

    max_fee: int
    max_tip: int


def offer(*, base: int, tip: int, cap: int) -> Offer | None:
    """Return what to offer now: room for twice the present base fee, six full blocks of rise.

    Args:
        base: Base fee of the last block.
        tip: Usual tip.
        cap: The most that may ever be paid.

    Returns:
        None if what gas costs now is above the cap: better to wait.

    Source: EIP-1559, a full block raises the base fee by an eighth.
    """
    if base + tip > cap:
        return None
    return Offer(max_fee=min(2 * base + tip, cap), max_tip=tip)


def replacement(former: Offer, *, base: int, tip: int, cap: int) -> Offer | None:
    """Return what to offer in place of `former`: a fifth more at least, and what is usual now.

    Args:
        former: What the last transaction with the same nonce offers.
        base: Base fee of the last block.
        tip: Usual tip.
        cap: The most that may ever be paid.

    Returns:
        None where nothing that nodes would take for a replacement fits under the cap.
    """
    max_fee = min(max(_raised(former.max_fee, USUAL_RISE), 2 * base + tip), cap)
    max_tip = min(max(_raised(former.max_tip, USUAL_RISE), tip), max_fee)
    raised = Offer(max_fee=max_fee, max_tip=max_tip)
    return raised if replaces(raised, former) else None


def replaces(offered: Offer, former: Offer) -> bool:
    """Say whether nodes take `offered` in place of `former`."""
    return offered.max_fee >= _raised(former.max_fee, LEAST_RISE) and offered.max_tip >= _raised(
        former.max_tip, LEAST_RISE
    )


def _raised(amount: int, percent: int) -> int:
    """Raise an amount, rounded up: to the next unit at least."""
    return amount + max(1, -(-amount * percent // 100))
