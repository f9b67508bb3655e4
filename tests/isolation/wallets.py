"""What the learner of each organisation made of their badges, in their wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials.services import holding
from learners.services import wallets
from tests.conftest import NOW

if TYPE_CHECKING:
    from tests.isolation import world


def hold(school: world.School) -> None:
    """Let the learner open a wallet, and have seen two badges there."""
    asked = wallets.ask_for_code(email=school.at["learner"].email, now=NOW)
    wallets.open_wallet(email=asked.email, now=NOW)
    holding.claim(credentials=[school.at["credential"], school.at["revoked"]], now=NOW)
