"""Questions of a holder about their transcripts: which are mine, and what keeps one from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials import models
from credentials.selectors import transcripts
from credentials.selectors.holding import privacy
from learners.selectors import wallets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Of one organisation; nobody has more.
MOST = 100


def held(*, emails: Iterable[str]) -> list[models.Transcript]:
    """Return the signed transcripts of whoever has these (proven) addresses, the newest first.

    Two queries for each address, and two for each organisation that knows it.
    """
    found: list[models.Transcript] = []
    for email in emails:
        for issuer_id, learner in wallets.known_to(email=email).items():
            rows = (
                models.Transcript.objects.of(issuer_id)
                .select_related("issuer")
                .defer("issuer__logo", "sealed")
                .filter(learner=learner, state=models.Transcript.State.SIGNED)
            )
            found.extend(rows.order_by("-pk")[:MOST])
    return sorted(found, key=lambda each: each.pk, reverse=True)


def find_held(*, emails: Iterable[str], token: str) -> models.Transcript | None:
    """Return the transcript of that token if it is theirs; else None, as if there were none.

    One query.
    """
    found = transcripts.find_by_token(token=token)
    if found is None or found.state != found.State.SIGNED:
        return None
    return found if found.learner.email in set(emails) else None


def keeping_it_back(*, transcript: models.Transcript) -> Sequence[models.Credential]:
    """Return those of its badges for whose sake its page says nothing to others; one query."""
    return [
        each
        for each in transcripts.credentials_of(transcript=transcript)
        if not privacy.shown_of(credential=each).is_given_whole
    ]
