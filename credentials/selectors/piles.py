"""Questions about what was handed over to be verified together."""

import json
from collections.abc import Mapping

from credentials import models
from issuers.services import enclosing


def find_pile(*, token: str) -> models.Pile | None:
    """Return a pile by the name that nobody can guess, without what was given; one query."""
    return models.Pile.objects.defer("content").filter(token=token).first()


def lines_of(*, pile: models.Pile) -> list[Mapping[str, str]]:
    """Return what came of each entry so far, in the order in which they were given; no query.

    Raises:
        EnvelopeError: SECRET_KEY is another than when it was kept.
    """
    if pile.found is None:
        return []
    kept = enclosing.disclose_file(bytes(pile.found), about=about(pile, "found"))
    found: list[Mapping[str, str]] = json.loads(kept)
    return found


def receipt_of(*, pile: models.Pile) -> bytes | None:
    """Return the signed receipt; None before it is there; no query.

    Raises:
        EnvelopeError: as above.
    """
    if pile.receipt is None:
        return None
    return enclosing.disclose_file(bytes(pile.receipt), about=about(pile, "receipt"))


def about(pile: models.Pile, what: str) -> str:
    """Return what a sealed part is bound to: moved to another pile, it does not open."""
    return f"acquis/pile/1|{what}|{pile.token}"
