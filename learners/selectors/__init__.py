"""Questions about learners."""

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass

from issuers import models as issuers
from issuers.resolvers import keyrings
from learners import models

Learner = models.Learner
# More that begin alike are no answer.
MANY = 200
# Nothing that begins as it does comes after this letter, the last one of Unicode.
LAST = "\U0010ffff"
_PLAINLY = str.maketrans(models.ACCENTED, models.PLAIN)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a document is about, and the key that keeps it theirs (32 bytes)."""

    name: str
    email: str
    data_key: bytes


class Erased(Exception):  # noqa: N818 - it says what happened
    """The learner's key is gone: what was encrypted under it cannot be read by anyone."""


def names(*, learner: models.Learner) -> list[str]:
    """Return the name of a learner, and then those before it, the latest first; no query."""
    return [learner.name, *reversed(learner.former_names or [])]


def find(*, issuer: issuers.Issuer, email: str) -> models.Learner | None:
    """Return the issuer's learner at that (normalised) address; one query."""
    return models.Learner.objects.of(issuer).filter(email=email).first()


def find_by_name(*, issuer: issuers.Issuer, name: str) -> models.Learner | None:
    """Return the issuer's learner of that public name (uuid) or address; one query."""
    try:
        wanted = {"uuid": uuids.UUID(name)}
    except ValueError:
        return find(issuer=issuer, email=name.strip().lower())
    return models.Learner.objects.of(issuer).filter(**wanted).first()


def beginning(
    *, issuer: issuers.Issuer, words: str, limit: int, by_address: bool = False
) -> list[int]:
    """Return the keys of the issuer's learners whose name or address begins so.

    A name by its first or by its last word, without regard to accents and capitals. Each column is
    asked for a range of its index: what a pattern matches, a wall within the database would have to
    read whole (row-level security lets an index serve comparisons that give nothing away). One
    query.

    Args:
        issuer: Whose.
        words: How it begins.
        limit: How many at most.
        by_address: Whether the address alone is meant.
    """
    typed = " ".join(words.split()).lower()
    if not typed:
        return []
    plain = typed.translate(_PLAINLY)
    rows = models.Learner.objects.of(issuer)
    way = rows.filter(email__gte=typed, email__lt=typed + LAST).order_by("email")
    ways = [way.values_list("pk", flat=True)[:limit]]
    if not by_address:
        others = [
            rows.filter(sought__gte=plain, sought__lt=plain + LAST).order_by("sought"),
            rows.filter(sought_last__gte=plain, sought_last__lt=plain + LAST).order_by(
                "sought_last"
            ),
        ]
        ways += [each.values_list("pk", flat=True)[:limit] for each in others]
    # Either of them is at most as long as what is asked for, and one of each is told once.
    first, *more = ways
    return sorted(first.union(*more) if more else first)[:limit]


def begin_with(*, issuer: issuers.Issuer, words: str, limit: int) -> list[models.Learner]:
    """Return those of the issuer's learners whose name or address begins so, by name.

    Two queries.
    """
    keys = beginning(issuer=issuer, words=words, limit=MANY)
    rows = models.Learner.objects.of(issuer).filter(pk__in=keys)
    return list(rows.order_by("sought", "pk")[:limit])


def known(*, issuer: issuers.Issuer, emails: Iterable[str]) -> dict[str, models.Learner]:
    """Return those of the issuer's learners who have one of these (normalised) addresses.

    By address; one query.
    """
    rows = models.Learner.objects.of(issuer).filter(email__in=set(emails)).order_by("pk")
    return {row.email: row for row in rows}


def data_key(*, learner: models.Learner) -> bytes:
    """Return the 32-byte data key of one learner; one query.

    Raises:
        Erased: the learner was erased.
    """
    found = data_keys(issuer_id=learner.issuer_id, learner_ids=[learner.pk])
    if learner.pk not in found:
        raise Erased(f"Learner {learner.uuid} has no data key any more.")
    return found[learner.pk]


def data_keys(*, issuer_id: int, learner_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the data keys of several learners of one issuer by learner id.

    Who was erased is not in it; one query.

    Raises:
        KeyServiceUnavailable: the service that opens them does not answer.
    """
    rows = models.LearnerKey.objects.of(issuer_id).filter(pk__in=set(learner_ids)).order_by("pk")
    wrapped = dict(rows.values_list("pk", "wrapped_dek"))
    opened = keyrings.learner().unwrap([bytes(each) for each in wrapped.values()])
    return dict(zip(wrapped, opened, strict=True))


def people(*, issuer_id: int, learner_ids: Iterable[int]) -> dict[int, Person]:
    """Return who some learners of one issuer are, with their data keys, by learner id.

    Who was erased is not in it; one query.

    Raises:
        KeyServiceUnavailable: the service that opens the keys does not answer.
    """
    rows = list(
        models.LearnerKey.objects.of(issuer_id)
        .filter(pk__in=set(learner_ids))
        .order_by("pk")
        .values_list("pk", "learner__name", "learner__email", "wrapped_dek")
    )
    opened = keyrings.learner().unwrap([bytes(wrapped) for *_person, wrapped in rows])
    return {
        pk: Person(name, email, data_key)
        for (pk, name, email, _wrapped), data_key in zip(rows, opened, strict=True)
    }


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom an e-mail goes."""

    name: str
    email: str
    language: str


def addressees(*, issuer_id: int, learner_ids: Iterable[int]) -> dict[int, Addressee]:
    """Return to whom e-mails to some learners of one issuer go, by learner id.

    Who was erased is not in it; one query, and no key is opened.
    """
    rows = (
        models.LearnerKey.objects.of(issuer_id)
        .filter(pk__in=set(learner_ids))
        .order_by("pk")
        .values_list("pk", "learner__name", "learner__email", "learner__language")
    )
    return {pk: Addressee(*person) for pk, *person in rows}
