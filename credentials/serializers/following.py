"""How a credential of one's own stands, in the words of the console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.serializers import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from badges.models import Achievement
    from blockchain.selectors import Placing
    from credentials.models import Credential


@dataclass(frozen=True, slots=True)
class Standing:
    """How one stands, and how to show it.

    Attributes:
        code: what it is called in an address.
        tone: good, bad, over or open.
        words: what it is called on a page.
        sentence: what that means.
    """

    code: str
    tone: str
    words: Any
    sentence: Any


_STANDINGS = {
    each.code: each
    for each in (
        Standing(
            "valid", "good", gettext_lazy("valid"),
            gettext_lazy("It is signed, and whoever checks it reads that it is valid."),
        ),
        Standing(
            "future", "over", gettext_lazy("valid later"),
            gettext_lazy("It is signed, and its validity has not begun."),
        ),
        Standing(
            "expired", "over", gettext_lazy("expired"),
            gettext_lazy("It is authentic, and its validity is over."),
        ),
        Standing(
            "suspended", "bad", gettext_lazy("suspended"),
            gettext_lazy("It does not stand for now: you can reinstate it."),
        ),
        Standing(
            "revoked", "bad", gettext_lazy("revoked"),
            gettext_lazy("It stands no more. That cannot be taken back."),
        ),
        Standing(
            "corrected", "over", gettext_lazy("corrected"),
            gettext_lazy("A correction took its place, and its page leads there."),
        ),
        Standing(
            "due", "open", gettext_lazy("waiting to be signed"),
            gettext_lazy("It is recorded; a worker signs it when its time has come."),
        ),
        Standing(
            "held", "open", gettext_lazy("waiting for approval"),
            gettext_lazy("It is signed once a second person has released it."),
        ),
        Standing(
            "refused", "bad", gettext_lazy("could not be signed"),
            gettext_lazy("Nothing was sent or shown to anybody. The reason stands below."),
        ),
    )
}  # fmt: skip

ANCHORED = {
    "waiting": gettext_lazy("waiting for its batch"),
    "sealed": gettext_lazy("in a batch that is about to be sent"),
    "signed": gettext_lazy("in a batch that is being sent"),
    "broadcast": gettext_lazy("in a batch that is being sent"),
    "mined": gettext_lazy("in a block, not confirmed yet"),
    "confirmed": gettext_lazy("confirmed"),
    "finalized": gettext_lazy("confirmed for good"),
    "failed": gettext_lazy("its batch did not go through; operators know"),
}


def standing(credential: Credential, *, now: datetime, is_corrected: bool = False) -> Standing:
    """Return how a credential stands at an instant.

    Args:
        credential: the row.
        now: the instant.
        is_corrected: whether a correction took its place, if it is revoked.
    """
    code = _code(credential, now)
    return _STANDINGS["corrected" if is_corrected and code == "revoked" else code]


def _code(credential: Credential, now: datetime) -> str:
    if credential.state != credential.State.SIGNED:
        return str(credential.state)
    if credential.is_revoked:
        return "revoked"
    if credential.is_suspended:
        return "suspended"
    if credential.valid_until is not None and credential.valid_until <= now:
        return "expired"
    return "valid" if credential.valid_from <= now else "future"


@dataclass(frozen=True, slots=True)
class Record:
    """Where the fingerprint of a credential is, or will be, on record."""

    network: str
    words: Any
    tone: str
    placing: Placing


def records(placings: Iterable[Placing]) -> Sequence[Record]:
    """Return how far the record of a credential has come, on each chain."""
    return [
        Record(
            network=words.network(each.chain),
            words=ANCHORED.get(each.state, each.state),
            tone="good"
            if each.state in {"confirmed", "finalized"}
            else "bad"
            if each.state == "failed"
            else "open",
            placing=each,
        )
        for each in placings
    ]


def version(achievement: Achievement) -> str:
    """Return what a version of a badge is called where all of them are offered."""
    return _("%(name)s (version %(version)s, %(language)s)") % {
        "name": achievement.name, "version": achievement.version, "language": achievement.language,
    }  # fmt: skip


def table(
    rows: Iterable[Credential], *, now: datetime, address: str, most: int
) -> Iterator[Sequence[str]]:
    """Yield the lines of a table of credentials, its headings first.

    Args:
        rows: what there is, one more than `most` where there is more.
        now: by which they stand.
        address: of the public pages, to which a token is added.
        most: how many lines at most; one more says that they are not all.
    """
    yield (
        _("Name"), _("E-mail"), _("Badge"), _("Your reference"), _("State"), _("Issued"),
        _("Valid from"), _("Valid until"), _("Revoked"), _("Public page"),
    )  # fmt: skip
    for number, row in enumerate(rows):
        if number == most:
            yield (_("There are more: narrow what you look for."),)
            return
        found = standing(row, now=now, is_corrected=bool(getattr(row, "replaced_by", None)))
        yield (
            row.learner.name, row.learner.email, row.achievement.name, row.reference,
            str(found.words), _day(row.issued_at), _day(row.valid_from), _day(row.valid_until),
            _day(row.revoked_at), address + row.token if row.signed_at else "",
        )  # fmt: skip


def _day(instant: datetime | None) -> str:
    return "" if instant is None else instant.date().isoformat()
