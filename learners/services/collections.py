"""Verbs on what people make of their wallets: collections, and badges from elsewhere."""

from __future__ import annotations

import secrets
import uuid as uuids
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from learners import models
from learners.selectors import collections, wallets
from learners.services.wallets import seal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_IMPORTS = 50
MAX_BYTES = 2_000_000
MAX_NAME = 200


@transaction.atomic
def put_together(
    *,
    wallet: models.Wallet,
    token: str | None,
    name: str,
    badges: Sequence[uuids.UUID],
    is_shown: bool,
    now: datetime,
) -> str:
    """Make a collection, or change one; return the token of its page.

    Args:
        wallet: Whose it is.
        token: Of the one to change; None makes another.
        name: What it is called.
        badges: What is in it, in that order.
        is_shown: Whether its page is there for others.
        now: The instant.

    Raises:
        ValidationError: there are too many collections.
        WalletCollection.DoesNotExist: the wallet has none of that token.
    """
    models.Wallet.objects.select_for_update().get(pk=wallet.pk)
    mine = models.WalletCollection.objects.filter(wallet=wallet)
    if token is None and mine.count() >= collections.MOST:
        raise ValidationError(_("Fifty collections are the most: remove one first."))
    name_of = token or secrets.token_urlsafe(16)
    context = wallets.collection_context(token=name_of)
    sealed = seal(name.encode(), key=wallets.key_of(wallet=wallet), context=context)
    if token is None:
        row = mine.create(
            wallet=wallet, token=name_of, sealed=sealed, is_shown=is_shown, created_at=now
        )
    else:
        row = mine.get(token=token)
        row.sealed, row.is_shown = sealed, is_shown
        row.save(update_fields=["sealed", "is_shown"])
        row.items.all().delete()
    models.WalletCollectionItem.objects.bulk_create(
        models.WalletCollectionItem(collection=row, credential=each, place=place)
        for place, each in enumerate(dict.fromkeys(badges))
    )
    return name_of


def take_apart(*, wallet: models.Wallet, token: str) -> None:
    """Remove a collection; its badges stay where they are."""
    models.WalletCollection.objects.filter(wallet=wallet, token=token).delete()


@transaction.atomic
def keep(*, wallet: models.Wallet, data: bytes, name: str, now: datetime) -> uuids.UUID:
    """Keep a badge from elsewhere: from now on it is here, and verified by nobody.

    Args:
        wallet: Whose it is.
        data: The file; that it is a badge was found out before.
        name: What it says that it is.
        now: The instant.

    Raises:
        ValidationError: it is too large, or there are too many.
    """
    if len(data) > MAX_BYTES:
        raise ValidationError(_("This file is larger than 2 MB: more is not kept here."))
    models.Wallet.objects.select_for_update().get(pk=wallet.pk)
    if models.WalletImport.objects.filter(wallet=wallet).count() >= MOST_IMPORTS:
        raise ValidationError(_("Fifty badges from elsewhere are the most: remove one first."))
    key, uuid = wallets.key_of(wallet=wallet), uuids.uuid4()
    given = {"sealed": data, "said": name[:MAX_NAME].encode(errors="replace")}
    models.WalletImport.objects.create(
        uuid=uuid,
        wallet=wallet,
        added_at=now,
        **{
            what: seal(content, key=key, context=wallets.import_context(uuid=uuid, what=what))
            for what, content in given.items()
        },
    )
    return uuid


def note_checked(*, wallet: models.Wallet, uuid: uuids.UUID, verdict: str, now: datetime) -> None:
    """Write down what a check of a badge from elsewhere came to."""
    rows = models.WalletImport.objects.filter(wallet=wallet, uuid=uuid)
    rows.update(verdict=verdict, checked_at=now)


def throw_away(*, wallet: models.Wallet, uuid: uuids.UUID) -> None:
    """Remove a badge from elsewhere."""
    models.WalletImport.objects.filter(wallet=wallet, uuid=uuid).delete()
