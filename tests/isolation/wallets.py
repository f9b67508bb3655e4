"""What the learner of each organisation made of their badges, in their wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials import models as awards
from credentials.selectors.holding import privacy
from credentials.services import holding
from credentials.services.holding import links, wishes
from learners.selectors import wallets as wallet_questions
from learners.services import collections, wallets
from tests.conftest import NOW

if TYPE_CHECKING:
    from tests.isolation import world


def hold(school: world.School) -> None:
    """Let the learner open a wallet, see two badges there, and use everything that it has."""
    badge = school.at["credential"]
    asked = wallets.ask_for_code(email=school.at["learner"].email, now=NOW)
    token = wallets.open_wallet(email=asked.email, now=NOW)
    wallet = wallet_questions.opened_in(token=token, now=NOW)
    if wallet is None:
        raise AssertionError("It was just opened.")
    holding.claim(credentials=[badge, school.at["revoked"]], now=NOW)
    links.make(
        issuer=school.issuer,
        credential=badge,
        label=school.word("i", "for whom a link is"),
        shown=privacy.EVERYTHING,
        days=30,
        now=NOW,
    )
    [school.at["link"]] = awards.AudienceLink.objects.of(school.issuer)
    school.at["wish"] = wishes.ask(
        issuer=school.issuer,
        credential=badge,
        kind=awards.Wish.Kind.NAME,
        said=school.word("i", "what a learner asks for"),
        now=NOW,
    )
    collections.put_together(
        wallet=wallet,
        token=None,
        name=school.word("l", "name of a collection"),
        badges=[badge.uuid],
        is_shown=True,
        now=NOW,
    )
    [school.at["collection"]] = wallet.collections.all()
    collections.keep(
        wallet=wallet,
        data=b"{}",
        name=school.word("i", "name of a badge from elsewhere"),
        now=NOW,
    )
    [school.at["import"]] = wallet.imports.all()
