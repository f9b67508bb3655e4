"""Tell learners by e-mail that they have a badge. The row is the queue.

    claimed, and that is committed  ->  written  ->  handed over  ->  what became of it, on the row

A worker that dies after claiming leaves rows of which nobody knows whether they left: they are
shown as such, and not sent again unless a person says so. So nobody gets an e-mail twice because a
machine failed. What waits of one learner leaves in one e-mail.

Any number of workers may run this at once: each claims rows that nobody else holds (SKIP LOCKED).
"""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from badges.models import Achievement
from credentials import models
from credentials.core import letters as words
from credentials.resolvers import post
from credentials.resolvers.post import Fate, Handed
from credentials.selectors import address as page_of
from credentials.services import letters
from issuers import models as issuers
from issuers import scope
from learners import selectors as people

log = logging.getLogger(__name__)

State = models.Message.State
Kind = models.Message.Kind
# E-mails of one organisation in a round: another's one e-mail does not wait for a hundred thousand.
SHARE = 20
# Longer than any task may take: what is claimed for so long is held by nobody any more.
LOST = timedelta(minutes=15)
# How long to wait after each attempt that came to nothing; after the last one it is given up.
PATIENCE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720, 1440))
UNREACHABLE = timedelta(minutes=1)
# A number that nobody else locks by: one worker at a time counts what left, and claims.
_LOCK = 7_211_033
# Those that say that an address takes no e-mail from us, and those that say it does.
BAD, GOOD = (State.BOUNCED, State.COMPLAINED), (State.SENT, State.DELIVERED)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
MARK = "acquis.mail"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A row that this worker sends; `attempts` were made before."""

    id: int
    credential_id: int
    learner_id: int
    kind: str
    attempts: int
    is_asked: bool


def send(*, now: datetime, limit: int) -> int:
    """Send what is due, at most `limit` messages, a share of each organisation's; return how many.

    Where nothing can be handed over at present it returns 0: there is no use in going on.

    Args:
        now: The instant.
        limit: How many rows are claimed at most.
    """
    _give_up_lost(now)
    taken, after = 0, 0
    with post.Line() as line:
        while taken < limit and (issuer := _next_with_work(now, after)) is not None:
            after = issuer.pk
            claimed = _claim(issuer, now, min(SHARE, limit - taken))
            taken += len(claimed)
            with scope.inside(issuer):
                if claimed and not _send_claimed(issuer, claimed, line, now):
                    return 0
    return taken


def _next_with_work(now: datetime, after: int) -> issuers.Issuer | None:
    # Across issuers: a worker serves them all.
    found = (
        models.Message.objects.across_issuers()
        .filter(state=State.WAITING, due_at__lte=now, issuer_id__gt=after)
        .filter(issuer__suspended_at=None)
        .order_by("issuer_id")
        .values_list("issuer_id", flat=True)
        .first()
    )
    return None if found is None else issuers.Issuer.objects.get(pk=found)


def _give_up_lost(now: datetime) -> None:
    """Say of what a worker left behind that nobody knows whether it was sent."""
    # Across issuers: a worker serves them all.
    rows = models.Message.objects.across_issuers()
    lost = rows.filter(state=State.SENDING, claimed_at__lt=now - LOST)
    for issuer_id in set(lost.values_list("issuer_id", flat=True)):
        mine = models.Message.objects.of(issuer_id)
        number = mine.filter(state=State.SENDING, claimed_at__lt=now - LOST).update(
            state=State.UNSURE, settled_at=now
        )
        log.warning("%d message(s) of organisation %d may have been sent", number, issuer_id)


# -- claiming --------------------------------------------------------------------------------------
def _room(now: datetime) -> int:
    """Return how many may leave now, of what may leave in a minute."""
    most: int = settings.EMAIL_PER_MINUTE
    if not most:
        return SHARE
    # Across issuers: the mail server is everybody's.
    rows = models.Message.objects.across_issuers()
    return most - rows.filter(claimed_at__gt=now - timedelta(minutes=1)).count()


@transaction.atomic
def _claim(issuer: issuers.Issuer, now: datetime, most: int) -> list[_Claimed]:
    """Take rows that nobody else has, with all that waits of the same learners."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rows = models.Message.objects.of(issuer)
    due = rows.filter(state=State.WAITING, due_at__lte=now).select_for_update(
        skip_locked=True, of=("self",)
    )
    most = min(most, _room(now))
    if most <= 0:
        return []
    first = list(due.order_by("due_at", "id").values_list("id", "learner_id")[:most])
    learners = {learner for _pk, learner in first}
    found = [
        _Claimed(pk, credential, learner, kind, attempts, is_asked=asked is not None)
        for pk, credential, learner, kind, attempts, asked in due.filter(learner_id__in=learners)
        .order_by("learner_id", "kind", "id")
        .values_list("id", "credential_id", "learner_id", "kind", "attempts", "asked_by_id")
    ]
    rows.filter(pk__in=[each.id for each in found]).update(
        state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    for group in _together(found):
        if len(group) > 1:
            rows.filter(pk__in=[each.id for each in group]).update(sent_as=group[0].id)
    return found


def _together(claimed: Iterable[_Claimed]) -> list[list[_Claimed]]:
    return [
        list(group)
        for _key, group in groupby(claimed, key=lambda each: (each.learner_id, each.kind))
    ]


# -- sending ---------------------------------------------------------------------------------------
class _Round:
    """What the e-mails of one organisation have in common, gathered once for a round."""

    def __init__(self, issuer: issuers.Issuer, claimed: Sequence[_Claimed]) -> None:
        self.issuer = issuer
        self.people = people.addressees(
            issuer_id=issuer.pk, learner_ids=[each.learner_id for each in claimed]
        )
        rows = models.Credential.objects.of(issuer).select_related("achievement", "corrects")
        heavy = ("sealed", "details", "corrects__sealed", "corrects__details")
        self.credentials = rows.defer(*heavy).in_bulk([each.credential_id for each in claimed])
        self.refused = _refused_addresses(issuer, self.people)
        self._letters: dict[tuple[str, str], words.Letter] = {}
        self._pictures: dict[int, dict[str, bytes]] = {}

    def message(
        self, first: _Claimed, person: people.Addressee, told: Sequence[models.Credential]
    ) -> EmailMultiAlternatives:
        """Write one e-mail about some credentials of one learner."""
        language = letters.language_of(learner=person.language, issuer=self.issuer)
        written = letters.write(
            issuer=self.issuer,
            letter=self._letter(first.kind, language),
            language=language,
            name=person.name,
            told=[
                letters.Badge(each.achievement.name, page_of(token=each.token), each.valid_from)
                for each in told
            ],
            pictures=self._pictures_of(told[0].achievement),
            reason=" · ".join(dict.fromkeys(filter(None, map(_reason, told)))),
        )
        message = letters.enclose(written, issuer=self.issuer, to=person.email)
        # Once more is the same e-mail: who receives may drop what they have.
        about = f"{self.issuer.pk}/{first.id}"
        name = salted_hmac(MARK, about, algorithm="sha256").hexdigest()[:40]
        host = urlsplit(settings.PUBLIC_URL).hostname
        message.extra_headers["Message-ID"] = f"<{name}@{host}>"
        # For a provider: it hands the mark back with what became of it, and watches nobody.
        mark = signing.dumps([self.issuer.pk, first.id], salt=MARK)
        vars(message).update(metadata={"acquis": mark}, track_opens=False, track_clicks=False)
        return message

    def _letter(self, kind: str, language: str) -> words.Letter:
        if (kind, language) not in self._letters:
            self._letters[kind, language] = letter_of(
                issuer=self.issuer, kind=kind, language=language
            )
        return self._letters[kind, language]

    def _pictures_of(self, badge: Achievement) -> dict[str, bytes]:
        if badge.pk not in self._pictures:
            self._pictures[badge.pk] = letters.pictures_of(
                issuer=self.issuer, image=bytes(badge.image or b"")
            )
        return self._pictures[badge.pk]


def _send_claimed(
    issuer: issuers.Issuer, claimed: Sequence[_Claimed], line: post.Line, now: datetime
) -> bool:
    """Send what was claimed; return False where nothing can be handed over at present."""
    common = _Round(issuer, claimed)
    groups = _together(claimed)
    for place, group in enumerate(groups):
        handed = _send_one(common, group, line, now)
        if handed is not None and handed.fate is Fate.UNREACHABLE:
            log.error("no e-mail can be handed over: %s", without_addresses(handed.said))
            _give_back(issuer, [each for rest in groups[place + 1 :] for each in rest], now)
            return False
    return True


def _send_one(
    common: _Round, group: Sequence[_Claimed], line: post.Line, now: datetime
) -> Handed | None:
    """Send one e-mail; return what was answered, None where it was not to be sent."""
    first, issuer = group[0], common.issuer
    person = common.people.get(first.learner_id)
    told = [common.credentials[each.credential_id] for each in group]
    standing = [each for each in told if _is_so(first.kind, each)]
    if person is None or not standing:
        _settle(issuer, group, State.WITHHELD, now)
        return None
    address = fingerprint(person.email)
    # Where a person said so, it is tried again.
    is_asked = first.kind != Kind.REMINDER and any(each.is_asked for each in group)
    if address in common.refused.get(first.learner_id, ()) and not is_asked:
        _settle(issuer, group, State.WITHHELD, now, address=address)
        return None
    handed = line.hand_over(common.message(first, person, standing))
    language = letters.language_of(learner=person.language, issuer=issuer)
    _record(issuer, group, handed, now, address=address, language=language)
    return handed


def letter_of(*, issuer: issuers.Issuer, kind: str, language: str) -> words.Letter:
    """Return an organisation's words for a kind of message, or the standard ones; one query."""
    own = models.Wording.objects.of(issuer).filter(kind=kind, language=language).first()
    if own is None:
        return letters.standard(kind=kind, language=language)
    return words.read(own.subject, own.body, known=letters.known_of(kind))


def _is_so(kind: str, credential: models.Credential) -> bool:
    """Say whether what a message tells of a credential still holds when it leaves."""
    match kind:
        case Kind.REVOKED:
            return credential.is_revoked
        case Kind.SUSPENDED:
            return credential.is_suspended and not credential.is_revoked
        case Kind.REINSTATED:
            return not credential.is_suspended and not credential.is_revoked
    return not credential.is_revoked


def _reason(credential: models.Credential) -> str:
    """Return why something was done to a credential, or why there is this one."""
    if credential.corrects is not None and not credential.is_revoked:
        return credential.suspension_reason or credential.corrects.revocation_reason
    return credential.revocation_reason or credential.suspension_reason


def _refused_addresses(
    issuer: issuers.Issuer, found: dict[int, people.Addressee]
) -> dict[int, set[str]]:
    """Return, by learner, the addresses of theirs that took no e-mail the last time; one query."""
    rows = (
        models.Message.objects.of(issuer)
        .filter(learner_id__in=found, state__in=[*BAD, *GOOD])
        .exclude(address="")
        .order_by("id")
        .values_list("learner_id", "address", "state")
    )
    last = {(learner, address): state for learner, address, state in rows}
    refused: dict[int, set[str]] = {}
    for (learner, address), state in last.items():
        if state in BAD:
            refused.setdefault(learner, set()).add(address)
    return refused


# -- what became of it -----------------------------------------------------------------------------
def _record(
    issuer: issuers.Issuer, group: Sequence[_Claimed], handed: Handed, now: datetime, **more: str
) -> None:
    """Write what became of an e-mail onto its rows."""
    problem = without_addresses(handed.said)[:300]
    if handed.fate is Fate.TAKEN:
        _settle(issuer, group, State.SENT, now, provider_id=handed.provider_id, **more)
    elif handed.fate is Fate.UNREACHABLE:
        _give_back(issuer, group, now)
    elif handed.fate is Fate.LATER and group[0].attempts < len(PATIENCE):
        _mine(issuer, group).update(
            state=State.WAITING, due_at=now + PATIENCE[group[0].attempts], problem=problem
        )
    else:
        state = {Fate.NO_SUCH_ADDRESS: State.BOUNCED, Fate.UNKNOWN: State.UNSURE}.get(
            handed.fate, State.FAILED
        )
        _settle(issuer, group, state, now, problem=problem, **more)


def _settle(
    issuer: issuers.Issuer, group: Sequence[_Claimed], state: State, now: datetime, **more: str
) -> None:
    _mine(issuer, group).update(state=state, settled_at=now, **({"problem": ""} | more))


def _give_back(issuer: issuers.Issuer, group: Sequence[_Claimed], now: datetime) -> None:
    """Let rows wait that were not handed over: an outage, however long, is no attempt."""
    _mine(issuer, group).update(
        state=State.WAITING, due_at=now + UNREACHABLE, attempts=F("attempts") - 1, sent_as=None
    )


def _mine(issuer: issuers.Issuer, group: Sequence[_Claimed]) -> Any:
    rows = models.Message.objects.of(issuer).filter(pk__in=[each.id for each in group])
    return rows.filter(state=State.SENDING)


@transaction.atomic
def tell_delivery(*, mark: str, state: State, said: str, now: datetime) -> int:
    """Write down what a provider says of an e-mail; return of how many messages it was.

    Args:
        mark: What was handed to the provider with the e-mail; anything else is about none of ours.
        state: Delivered, came back, or reported as unwanted.
        said: In the provider's words.
        now: The instant.
    """
    try:
        issuer_id, first = signing.loads(mark, salt=MARK)
    except signing.BadSignature:
        return 0
    before = {
        # A server may take an e-mail and send it back later; one that came back is not delivered.
        State.DELIVERED: (State.SENDING, State.SENT, State.UNSURE),
    }.get(state, (State.SENDING, State.SENT, State.UNSURE, State.DELIVERED))
    rows = models.Message.objects.of(int(issuer_id))
    learner = rows.filter(pk=first).values("learner_id")
    return rows.filter(
        Q(pk=first) | Q(sent_as=first), learner_id__in=learner, state__in=before
    ).update(state=state, settled_at=now, problem=without_addresses(said)[:300])


def fingerprint(email: str) -> str:
    """Return what tells whether an address is still the same, and nothing else about it."""
    return salted_hmac(f"{MARK}.address", email, algorithm="sha256").hexdigest()[:32]


def without_addresses(said: str) -> str:
    """Return what a server said without whom it is about: servers repeat the address."""
    return _ADDRESS.sub("…", " ".join(said.split()))
