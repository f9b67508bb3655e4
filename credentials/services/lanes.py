"""Lanes: where an issuer's credentials are anchored, and that its DID document names the accounts.

The witness knows no issuer, and issuers know no chain; here the two meet.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core import lanes as names
from blockchain.core.lanes import Lane
from issuers import models as issuer_models
from issuers import selectors as issuers
from issuers import services as parties

log = logging.getLogger(__name__)

# Each is a fee for every batch.
MOST = 5
# Signers that are at work at the time of a change have ended by then, on clocks that agree roughly.
SOON = timedelta(minutes=1)
# What keeps an account from being known here and now; its leaves wait, and nothing is lost.
UNKNOWN = (anchoring.NoSubmitter, anchoring.Unavailable, ImproperlyConfigured)


class ImpossibleLane(Exception):  # noqa: N818 - it says what is wrong
    """The issuer cannot have these lanes; the message names the one, and the remedy."""


def choose_lanes(
    *, issuer: issuer_models.Issuer, lanes: Sequence[str], now: datetime
) -> list[Lane]:
    """Let what the issuer signs a minute from now on be anchored on these lanes, and no others.

    What was signed before keeps its own. The issuer's DID document names their accounts at once.

    Args:
        issuer: Whose credentials they are.
        lanes: Each a chain, "eip155:10", where the account is the one that all share; or with the
            name of an account of the issuer's own, "eip155:10/school". That name is the issuer's
            short name, or begins with it and a dot. None to follow the installation again.
        now: The instant of the decision.

    Returns:
        The lanes that it then has.

    Raises:
        ImpossibleLane: see there; nothing was changed.
    """
    chosen = [_possible(issuer, text) for text in lanes]
    if len(chosen) > MOST:
        raise ImpossibleLane(_("At most {} lanes: each costs a fee for every batch.").format(MOST))
    if len(set(chosen)) < len(chosen):
        raise ImpossibleLane(_("A lane is named twice."))
    accounts = [_account(lane) for lane in chosen]
    parties.choose_lanes(
        issuer=issuer, lanes=[(lane.chain, lane.signer) for lane in chosen], starts=now + SOON
    )
    parties.accept_submitters(issuer_id=issuer.pk, accounts=accounts, now=now)
    return chosen or [anchoring.first_lane()]


def _possible(issuer: issuer_models.Issuer, text: str) -> Lane:
    try:
        lane = names.parse(text)
    except names.LaneError as error:
        raise ImpossibleLane(str(error)) from error
    known = witnessed.configured_chains()
    if lane.chain not in known:
        raise ImpossibleLane(
            _("{lane}: this installation asks {chains}. Add others to CHAINS_FILE.").format(
                lane=lane, chains=", ".join(known)
            )
        )
    own = lane.signer in ("", issuer.slug) or lane.signer.startswith(f"{issuer.slug}.")
    if not own:
        raise ImpossibleLane(
            _(
                "{lane}: this account is not the issuer's: its name must be {slug} or {slug}.…"
            ).format(lane=lane, slug=issuer.slug)
        )
    return lane


def _account(lane: Lane) -> str:
    try:
        return anchoring.submitter_account(lane=lane)
    except UNKNOWN as trouble:
        raise ImpossibleLane(
            _("{lane}: its account is not known here: {why}").format(lane=lane, why=trouble)
        ) from trouble


def lanes_for(*, issuer: issuer_models.Issuer, now: datetime) -> list[Lane]:
    """Return the lanes of what the issuer signs now, and let its DID document name the accounts.

    An account that cannot be found out now holds up no signature: `accept_submitters` names it
    before anything is sent from it.

    Raises:
        NoSubmitter: the issuer follows the installation, which has no account yet.
        Unavailable: as before, and its key service does not answer.
    """
    chosen = [Lane(*lane) for lane in issuers.lanes_at(issuer=issuer, instant=now)]
    if not chosen:
        first = anchoring.first_lane()
        account = anchoring.submitter_account(lane=first)
        parties.accept_submitter(issuer=issuer, account=account, now=now)
        return [first]
    accounts = [account for lane in chosen if (account := _account_if_known(lane))]
    parties.accept_submitters(issuer_id=issuer.pk, accounts=accounts, now=now)
    return chosen


def _account_if_known(lane: Lane) -> str:
    try:
        return anchoring.submitter_account(lane=lane)
    except UNKNOWN as trouble:
        log.warning("the account of %s is not known now: %s", lane, trouble)
        return ""


def accept_submitters(*, now: datetime) -> int:
    """Let every issuer's DID document name the accounts that anchor for it now; return how many.

    A key may have been replaced since the issuer last signed, while leaves of its wait.
    """
    wanted: dict[int, set[Lane]] = {
        issuer_id: {Lane(each.chain, each.signer) for each in rows}
        for issuer_id, rows in issuers.lanes_of_issuers().items()
    }
    first = anchoring.first_lane()
    for issuer_id in issuers.issuers_who_accept(prefix=f"{first.chain}:"):
        wanted.setdefault(issuer_id, {first})
    accounts = {lane: _account_if_known(lane) for lane in set().union(*wanted.values())}
    accepted = issuers.issuers_who_accept(prefix="eip155:")
    named = 0
    for issuer_id, lanes in wanted.items():
        missing = {accounts[lane] for lane in lanes} - accepted.get(issuer_id, set()) - {""}
        if missing:
            named += parties.accept_submitters(
                issuer_id=issuer_id, accounts=sorted(missing), now=now
            )
    return named
