"""Verbs on learners: enrol, and wrap their keys again."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from issuers.resolvers import keyrings
from learners import models
from learners.core import identity

_KEYS = "learners_learnerkey"
_WALLETS = "learners_wallet"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to enrol, as given by the issuer."""

    name: str
    email: str
    language: str = "en"


# One learner for each address; who is there stays as they are, and only they are passed over.
_ENROL = """
INSERT INTO learners_learner (uuid, issuer_id, name, email, language, created_at)
SELECT given.uuid, %s, given.name, given.email, given.language, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
    AS given (uuid, name, email, language)
ON CONFLICT (issuer_id, email) DO NOTHING
RETURNING id, email
"""
_GIVE_KEYS = """
INSERT INTO learners_learnerkey (learner_id, issuer_id, wrapped_dek)
SELECT given.learner, %s, given.key FROM unnest(%s::bigint[], %s::bytea[]) AS given (learner, key)
"""


@transaction.atomic
def enrol(
    *, issuer: issuers.Issuer, people: Sequence[Person], now: datetime
) -> dict[str, models.Learner]:
    """Enrol people with an issuer, each with a data key of their own.

    Who is there already stays as they are. Three statements, however many people there are.

    Args:
        issuer: Whose learners they become.
        people: Names and addresses; two with the same address are one learner.
        now: The instant of the enrolment.

    Returns:
        The learners, new and old, by normalised address.

    Raises:
        ValidationError: a name or an address cannot be used; the message says which entry, never
            the address.
        KeyServiceUnavailable: the service that wraps their keys does not answer.
    """
    wanted: dict[str, Person] = {}
    for position, person in enumerate(people, start=1):
        try:
            found = normalised(person)
        except ValidationError as error:
            [(_field, [problem])] = error.message_dict.items()
            raise ValidationError(
                _("Entry %(position)d: %(problem)s.") % {"position": position, "problem": problem}
            ) from error
        wanted.setdefault(found.email, found)
    # Most are new, and whoever is there already is passed over: they are looked for afterwards.
    learners = _create(issuer, list(wanted.values()), now)
    missing = [email for email in wanted if email not in learners]
    if missing:
        learners |= {
            learner.email: learner
            for learner in models.Learner.objects.of(issuer).filter(email__in=missing)
        }
    return {email: learners[email] for email in wanted}


def _create(
    issuer: issuers.Issuer, people: Sequence[Person], now: datetime
) -> dict[str, models.Learner]:
    """Write rows for those who are not there, and a key for each row that was written."""
    if not people:
        return {}
    given = {person.email: (uuid.uuid4(), person) for person in people}
    columns = zip(
        *(
            (str(name), person.name, person.email, person.language)
            for name, person in given.values()
        ),
        strict=True,
    )
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_ENROL, [issuer.pk, now, *map(list, columns)])
        written = cursor.fetchall()
        if not written:
            return {}
        created = {}
        for pk, email in written:
            name, person = given[email]
            created[email] = _row(
                id=pk, uuid=name, issuer_id=issuer.pk, name=person.name, email=email,
                language=person.language, created_at=now,
            )  # fmt: skip
        # Only who is new gets a key: an erased learner must not be given one again behind their
        # back.
        keys = keyrings.learner().wrap([secrets.token_bytes(32) for _learner in created])
        cursor.execute(_GIVE_KEYS, [issuer.pk, [learner.pk for learner in created.values()], keys])
    return created


def _row(**columns: object) -> models.Learner:
    """Return a row as Django would read it, what it does not know yet left to be read.

    Django's own way takes ten times as long, and there are thousands of them.
    """
    row = models.Learner.__new__(models.Learner)
    row._state = ModelState()  # noqa: SLF001 - as `Model.from_db` does
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001
    row.__dict__.update(columns)
    return row


# Whose name is the same already is not written.
_CORRECT = """
UPDATE learners_learner AS row SET name = given.name,
    former_names = coalesce(row.former_names, '[]') || to_jsonb(row.name::text)
FROM unnest(%s::bigint[], %s::text[]) AS given (id, name)
WHERE row.id = given.id AND row.issuer_id = %s AND row.name <> given.name
"""


@transaction.atomic
def correct_names(*, issuer: issuers.Issuer, names: Mapping[int, str]) -> int:
    """Let learners be called otherwise in what is signed from now on; return how many were.

    What is signed keeps what it says: the name before stays known. One statement, however many they
    are.

    Args:
        issuer: Whose learners they are.
        names: By the learner's key; in the form in which `normalised` returns them.
    """
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_CORRECT, [list(names), list(names.values()), issuer.pk])
        return int(cursor.rowcount)


@transaction.atomic
def change_address(*, issuer: issuers.Issuer, learner: models.Learner, email: str) -> None:
    """Let a learner have another e-mail address, in what is signed and sent from now on.

    What is signed keeps the fingerprint of the address before.

    Args:
        issuer: Whose learner it is.
        learner: Who.
        email: The new address.

    Raises:
        ValidationError: it cannot be used, or is another learner's; names `email`.
    """
    found = normalised(Person(learner.name, email)).email
    others = models.Learner.objects.of(issuer).filter(email=found).exclude(pk=learner.pk)
    if others.exists():
        raise ValidationError({"email": _("Another learner of yours has this address.")})
    models.Learner.objects.of(issuer).filter(pk=learner.pk).update(email=found)
    learner.email = found


@transaction.atomic
def erase(*, issuer: issuers.Issuer, learner: models.Learner) -> None:
    """Erase a learner for good: what was signed about them can be read by nobody from then on.

    Their key is destroyed, and with it documents, evidence, certificates and texts; name and
    address go from their row, which stays because batches and status lists count it. The database
    itself tells caches, and takes what it knows of e-mails to them. It cannot be undone.

    Args:
        issuer: Whose learner they are: what others know of them stays.
        learner: Who.

    Source: GDPR article 17.
    """
    with scope.inside(issuer):
        models.LearnerKey.objects.of(issuer).filter(pk=learner.pk).delete()
        # No address of anybody: the top-level domain is for that (RFC 6761 section 6.4).
        nobody = f"{learner.uuid}@erased.invalid"
        rows = models.Learner.objects.of(issuer).filter(pk=learner.pk)
        rows.update(name="—", email=nobody, former_names=None)


def hold_keys(*, issuer: issuers.Issuer, learner_ids: Sequence[int]) -> set[int]:
    """Let nobody of these be erased until the transaction ends; return who was not before.

    Args:
        issuer: Whose learners they are.
        learner_ids: Their keys, in any order.
    """
    rows = models.LearnerKey.objects.of(issuer).filter(pk__in=set(learner_ids))
    return set(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def normalised(person: Person) -> Person:
    """Return a person as they are enrolled: name and address in the form in which they are hashed.

    Raises:
        ValidationError: `name` or `email` cannot be used; what was given is not repeated, because
            refusals end up in logs.
    """
    try:
        name = identity.normalise_name(person.name)
    except identity.IdentityError as error:
        raise ValidationError({"name": str(error)}) from error
    try:
        email = identity.normalise_email(person.email)
    except identity.IdentityError as error:
        raise ValidationError({"email": str(error)}) from error
    if not _is_address(email):
        raise ValidationError({"email": _("the e-mail address is malformed")})
    return Person(name, email, person.language)


def _is_address(email: str) -> bool:
    """Say whether Django takes an address: the same few domains again and again."""
    local, _at, domain = email.rpartition("@")
    return bool(validate_email.user_regex.match(local)) and _is_domain(domain)


@lru_cache(maxsize=4096)
def _is_domain(domain: str) -> bool:
    try:
        validate_email(f"a@{domain}")
    except ValidationError:
        return False
    return True


def address(email: str) -> str:
    """Return an address as `enrol` returns it.

    Raises:
        IdentityError: it is none.
    """
    return identity.normalise_email(email)


def rewrap_learner_keys(*, after: int, limit: int) -> parties.Piece:
    """Wrap learners' data keys again, from the row `after` on, at most `limit`.

    Raises:
        EnvelopeError: a key cannot be opened; it names the key that would open it.
        KeyServiceUnavailable: a key service does not answer.
    """
    ring = keyrings.learner()
    return parties.rewrap(table=_KEYS, column="learner_id", ring=ring, after=after, limit=limit)


def learner_keys_by_kek() -> dict[str, int]:
    """Count the learners' data keys by the key that wraps them; one query."""
    return parties.wrapped_under(table=_KEYS)


def learner_kek() -> str:
    """Return the name of the key that wraps learners' data keys now.

    Raises:
        KeyServiceUnavailable: a key service does not answer.
    """
    return keyrings.learner().current()


def rewrap_wallet_keys(*, after: int, limit: int) -> parties.Piece:
    """Wrap the data keys of people's wallets again, from the row `after` on, at most `limit`.

    Raises:
        EnvelopeError: a key cannot be opened; it names the key that would open it.
        KeyServiceUnavailable: a key service does not answer.
    """
    ring = keyrings.learner()
    return parties.rewrap(
        table=_WALLETS, column="id", ring=ring, after=after, limit=limit, is_issuers=False
    )


def wallet_keys_by_kek() -> dict[str, int]:
    """Count the data keys of people's wallets by the key that wraps them; one query."""
    return parties.wrapped_under(table=_WALLETS)
