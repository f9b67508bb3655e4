"""Look: write down what a chain shows now, so that people who look on need not ask it.

Nothing is decided by it. Whether something may be sent or is final, `broadcast` and `follow` find
out for themselves.
"""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from blockchain import chains
from blockchain.chains.interface import Unavailable
from blockchain.models import Sender, Sight
from blockchain.services import rounds

log = logging.getLogger(__name__)


def look(*, now: datetime, chain: str = "") -> int:
    """Note the head, the last final block and the balances; return how many chains answered.

    That one does not answer is noted too, and is no error here.

    Args:
        now: The instant that is noted; what a later one has noted stays.
        chain: Only this one; empty for all.

    Raises:
        Unavailable: the chain that is named is not among the settings.
    """
    return rounds.each({each: partial(_look, each, now) for each in rounds.asked(chain)})


def _look(name: str, now: datetime) -> int:
    try:
        chain = chains.get_chain(name)
        chain.check()
        head, finalized = chain.head(), chain.finalized()
        for sender in Sender.objects.filter(chain=name, arrived_at=None):
            Sender.objects.filter(pk=sender.pk).update(
                balance=chain.balance(sender.address), balance_at=now
            )
    except Unavailable as trouble:
        _note(name, now, trouble=str(trouble)[:200])
        return 0
    _note(
        name,
        now,
        trouble="",
        answered_at=now,
        head=head.number,
        head_time=head.time,
        finalized=finalized.number,
    )
    return 1


def _note(chain: str, now: datetime, **seen: Any) -> None:
    _sight, made = Sight.objects.get_or_create(chain=chain, defaults={"asked_at": now, **seen})
    if not made:
        Sight.objects.filter(chain=chain, asked_at__lte=now).update(asked_at=now, **seen)
