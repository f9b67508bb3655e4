"""Verbs on people's wallets: send a code to an address, believe who types it, open, merge, close.

Whether anybody knows an address is not asked before it is proven: whoever types one gets the same
answer, and it the same e-mail.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from issuers.core import envelope
from issuers.resolvers import keyrings
from issuers.services import mailing
from learners import models
from learners.core import identity
from learners.selectors import wallets

if TYPE_CHECKING:
    import uuid as uuids
    from collections.abc import Iterable
    from datetime import datetime

log = logging.getLogger(__name__)
DIGITS = 8
LASTS = timedelta(minutes=10)
TRIES = 5
# Codes to one address within the hour, whoever asks for them: an address is nobody's to flood. One
# asker gets fewer (the door counts them), so that nobody by themselves uses up another's.
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 30
# How long a browser keeps a wallet open: many sit in a room with others.
SESSION = timedelta(hours=12)
MOST_ADDRESSES = 10


class TooMany(Exception):  # noqa: N818 - it says what is wrong
    """So many codes went to that address that it gets none for a while."""


class CodeOver(Exception):  # noqa: N818 - it says what is wrong
    """A code that was used, or mistyped too often, or is too old."""


class WrongCode(Exception):  # noqa: N818 - it says what is wrong
    """Not the code that was sent; another try is left."""


class OnlyAddress(Exception):  # noqa: N818 - it says what is wrong
    """A wallet keeps one address: by it, its person comes back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that was asked for.

    Attributes:
        uuid: By which it is asked about again.
        email: The address, as it was normalised.
        code: What is sent there, and kept nowhere.
    """

    uuid: uuids.UUID
    email: str
    code: str


# -- proving an address ----------------------------------------------------------------------------
def normalised(*, email: str) -> str:
    """Return an address as it is kept and compared.

    Raises:
        ValidationError: it is none; names `email`.
    """
    try:
        address = identity.normalise_email(email)
        validate_email(address)
    except (identity.IdentityError, ValidationError) as error:
        raise ValidationError({"email": _("Write an address such as name@example.org.")}) from error
    return address


@transaction.atomic
def ask_for_code(*, email: str, now: datetime, is_known: bool = False) -> Asked:
    """Draw a code for an address.

    Args:
        email: As somebody typed it.
        now: The instant.
        is_known: Whether whoever asks proved it before, in the same browser: what strangers asked
            for does not count against them then.

    Raises:
        ValidationError: it is no address; names `email`.
        TooMany: it had enough of them.
    """
    address = normalised(email=email)
    # What is old is worth nothing: whoever asks sweeps.
    models.WalletCode.objects.filter(asked_at__lt=now - HOUR).delete()
    mark = wallets.mark_of(email=address)
    if not is_known and models.WalletCode.objects.filter(mark=mark).count() >= MOST_AN_HOUR:
        raise TooMany(f"That address had {MOST_AN_HOUR} codes within the hour.")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = models.WalletCode(mark=mark, asked_at=now)
    row.digest = _digest(row.uuid, code)
    row.save(force_insert=True)
    return Asked(row.uuid, address, code)


def send_code(*, asked: Asked, language: str) -> None:
    """Send a code to its address.

    Raises:
        OSError: the mail server does not take it.
    """
    shown = f"{asked.code[:4]} {asked.code[4:]}"
    mailing.send("wallet_code", language, asked.email, code=shown)


def prove(*, uuid: uuids.UUID, email: str, code: str, now: datetime) -> str:
    """Believe that whoever types a code has the address; return that address.

    Not in one transaction, on purpose: a try counts whatever becomes of it.

    Args:
        uuid: As `ask_for_code` returned it.
        email: Likewise.
        code: What was typed: spaces and hyphens do not count.
        now: The instant.

    Raises:
        CodeOver: it cannot be used any more.
        WrongCode: it is another one.
    """
    rows = models.WalletCode.objects.filter(
        uuid=uuid, mark=wallets.mark_of(email=email), used_at=None, asked_at__gt=now - LASTS
    )
    if rows.filter(tries__lt=TRIES).update(tries=F("tries") + 1) != 1:
        raise CodeOver("That code is over.")
    row = rows.first()
    if row is None:
        raise CodeOver("That code was used a moment ago.")
    typed = "".join(code.split()).replace("-", "")
    if not constant_time_compare(_digest(uuid, typed), row.digest):
        if row.tries >= TRIES:
            raise CodeOver("That code was mistyped too often.")
        raise WrongCode("That is not the code.")
    if rows.update(used_at=now) != 1:
        raise CodeOver("That code was used a moment ago.")
    return email


def _digest(uuid: uuids.UUID, code: str) -> str:
    about = f"{uuid}/{code}"
    return salted_hmac("acquis.wallet.code", about, algorithm="sha256").hexdigest()


# -- what a proven address opens -------------------------------------------------------------------
@transaction.atomic
def open_wallet(*, email: str, now: datetime) -> str:
    """Open the wallet of a proven address in a browser; return the token that it shows from then.

    Args:
        email: As `prove` returned it. Whose first it is gets a wallet.
        now: The instant.

    Raises:
        KeyServiceUnavailable: the service that wraps keys does not answer.
    """
    mark = wallets.mark_of(email=email)
    found = models.WalletAddress.objects.select_related("wallet").filter(mark=mark).first()
    if found is None:
        key = secrets.token_bytes(32)
        [wrapped] = keyrings.learner().wrap([key])
        wallet = models.Wallet.objects.create(created_at=now, wrapped_dek=wrapped)
        _add(wallet, key, email, now)
    else:
        wallet = found.wallet
    models.WalletSession.objects.filter(ends_at__lte=now).delete()
    token = secrets.token_urlsafe(32)
    models.WalletSession.objects.create(
        wallet=wallet,
        digest=wallets.digest_of(token=token),
        began_at=now,
        ends_at=now + SESSION,
    )
    return token


@transaction.atomic
def add_address(*, wallet: models.Wallet, email: str, now: datetime) -> list[str]:
    """Let a further proven address be of the same person; its own wallet, if any, becomes one.

    Return the other addresses: whoever reads them should hear of it (`tell_of_address`), since the
    wallet opens by that one, too.

    Args:
        wallet: Of whom.
        email: As `prove` returned it.
        now: The instant.

    Raises:
        ValidationError: there are too many.
        KeyServiceUnavailable: the service that opens keys does not answer.
    """
    models.Wallet.objects.select_for_update().get(pk=wallet.pk)
    mine = wallets.addresses(wallet=wallet)
    if email in mine.values():
        return []
    other = models.WalletAddress.objects.filter(mark=wallets.mark_of(email=email)).first()
    more = [email]
    if other is not None:
        emptied = models.Wallet.objects.select_for_update().get(pk=other.wallet_id)
        more = list(wallets.addresses(wallet=emptied).values())
        _take_over(wallet, emptied)
        # Whoever has it open elsewhere signs in again: it is another one by then.
        emptied.delete()
    if len(mine) + len(more) > MOST_ADDRESSES:
        raise ValidationError(_("Ten addresses are the most that one person can put together."))
    key = wallets.key_of(wallet=wallet)
    for each in more:
        _add(wallet, key, each, now)
    return [each for each in (*mine.values(), *more) if each != email]


def tell_of_address(*, emails: Iterable[str], added: str, language: str) -> None:
    """Tell the other addresses of a wallet that one was put beside them.

    Args:
        emails: As `add_address` returned them.
        added: The new one.
        language: Of whoever added it.
    """
    for email in emails:
        try:
            mailing.send("wallet_address", language, email, added=added)
        except OSError:
            # What was done stays done: the other addresses are told all the same.
            log.warning("an address of a wallet could not be told of another one", exc_info=True)


@transaction.atomic
def remove_address(*, wallet: models.Wallet, pk: int, token: str) -> None:
    """Let an address be no more of this person; what it was sent stays where it is.

    Whoever has the wallet open elsewhere signs in again: it may be by that address.

    Args:
        wallet: Of whom.
        pk: The key of the address.
        token: Of the browser in which it stays open.

    Raises:
        OnlyAddress: there is no other one.
    """
    models.Wallet.objects.select_for_update().get(pk=wallet.pk)
    rows = models.WalletAddress.objects.filter(wallet=wallet)
    if rows.exclude(pk=pk).count() == 0:
        raise OnlyAddress("A wallet keeps one address.")
    gone, _rows = rows.filter(pk=pk).delete()
    if gone:
        others = models.WalletSession.objects.filter(wallet=wallet)
        others.exclude(digest=wallets.digest_of(token=token)).delete()


def leave(*, token: str) -> None:
    """Close a wallet in the browser that shows this token."""
    models.WalletSession.objects.filter(digest=wallets.digest_of(token=token)).delete()


@transaction.atomic
def give_up(*, wallet: models.Wallet) -> None:
    """Delete a wallet with all that is in it; badges are the organisations', and stay."""
    marks = models.WalletAddress.objects.filter(wallet=wallet).values("mark")
    models.WalletCode.objects.filter(mark__in=marks).delete()
    models.Wallet.objects.filter(pk=wallet.pk).delete()


def _take_over(wallet: models.Wallet, other: models.Wallet) -> None:
    """Move what somebody made of another wallet of theirs, sealed anew."""
    before, key = wallets.key_of(wallet=other), wallets.key_of(wallet=wallet)
    for collection in models.WalletCollection.objects.filter(wallet=other):
        context = wallets.collection_context(token=collection.token)
        collection.sealed = _again(bytes(collection.sealed), before, key, context)
        collection.wallet = wallet
        collection.save(update_fields=["wallet", "sealed"])
    for row in models.WalletImport.objects.filter(wallet=other):
        for what in ("sealed", "said"):
            context = wallets.import_context(uuid=row.uuid, what=what)
            setattr(row, what, _again(bytes(getattr(row, what)), before, key, context))
        row.wallet = wallet
        row.save(update_fields=["wallet", "sealed", "said"])


def _again(sealed: bytes, before: bytes, key: bytes, context: bytes) -> bytes:
    return seal(envelope.decrypt(sealed, dek=before, associated=context), key=key, context=context)


def seal(content: bytes, *, key: bytes, context: bytes) -> bytes:
    """Return what is kept of something a holder wrote: sealed under a key, and bound to its row."""
    return envelope.encrypt(content, dek=key, nonce=secrets.token_bytes(12), associated=context)


def _add(wallet: models.Wallet, key: bytes, email: str, now: datetime) -> None:
    mark = wallets.mark_of(email=email)
    sealed = seal(email.encode(), key=key, context=wallets.address_context(mark=mark))
    models.WalletAddress.objects.create(wallet=wallet, mark=mark, sealed=sealed, proven_at=now)
