"""Rounds: one chain or lane after the other, and none waits for another's luck.

A chain that is silent, a key that is missing, a fault of ours: each is told when all the others
have had their turn.
"""

import logging
from collections.abc import Callable, Mapping

from django.core.exceptions import ImproperlyConfigured

from blockchain import chains
from blockchain.chains.interface import Unavailable
from blockchain.services.submitter import NoSubmitter

log = logging.getLogger(__name__)

# Answers of the world, or of the settings: a line says enough, without the trace of a fault.
EXPECTED = (Unavailable, NoSubmitter, ImproperlyConfigured)


def each(work: Mapping[str, Callable[[], int]]) -> int:
    """Do everything, and return the sum of what it returned.

    Args:
        work: What is to be done, by the name of whom it is for.

    Raises:
        Exception: what went wrong first, after the others have had their turn. Where there is more
            than one, the log names whom each trouble belongs to.
    """
    done, first = 0, None
    for name, do in work.items():
        try:
            done += do()
        except Exception as trouble:
            if len(work) > 1:
                log.warning("%s: %s", name, trouble, exc_info=not isinstance(trouble, EXPECTED))
            first = first or trouble
    if first is not None:
        raise first
    return done


def asked(chain: str = "") -> list[str]:
    """Return the chains of a round: the one that is named, or all of the settings.

    Raises:
        Unavailable: the one that is named is not among them.
    """
    return [chains.terms_of(chain).chain] if chain else list(chains.configured())
