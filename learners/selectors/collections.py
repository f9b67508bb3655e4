"""Questions about what people made of their wallets: collections, and badges from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuers.core import envelope
from learners import models
from learners.selectors import wallets

if TYPE_CHECKING:
    import uuid as uuids

MOST = 50


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection, as its holder and its readers see it.

    Attributes:
        token: Of its page.
        name: As its holder calls it.
        is_shown: Whether its page is there for others.
        badges: Which are in it, in their order.
        wallet: Whose it is.
    """

    token: str
    name: str
    is_shown: bool
    badges: tuple[uuids.UUID, ...]
    wallet: models.Wallet


@dataclass(frozen=True, slots=True)
class Imported:
    """A badge from elsewhere, and what it says that it is."""

    row: models.WalletImport
    name: str


def collections_of(*, wallet: models.Wallet) -> list[Collection]:
    """Return the collections of a wallet, the newest first, at most MOST; two queries."""
    rows = models.WalletCollection.objects.filter(wallet=wallet).prefetch_related("items")
    key = wallets.key_of(wallet=wallet)
    return [_read(row, wallet, key) for row in rows.order_by("-id")[:MOST]]


def find_collection(*, token: str, wallet: models.Wallet | None = None) -> Collection | None:
    """Return a collection by its token: of a wallet, or else one that is shown; two queries."""
    rows = models.WalletCollection.objects.select_related("wallet").prefetch_related("items")
    rows = rows.filter(token=token)
    rows = rows.filter(is_shown=True) if wallet is None else rows.filter(wallet=wallet)
    row = rows.first()
    return None if row is None else _read(row, row.wallet, wallets.key_of(wallet=row.wallet))


def imports_of(*, wallet: models.Wallet) -> list[Imported]:
    """Return the badges from elsewhere in a wallet, the newest first; one query."""
    key = wallets.key_of(wallet=wallet)
    rows = models.WalletImport.objects.filter(wallet=wallet).defer("sealed").order_by("-id")
    return [
        Imported(
            row,
            envelope.decrypt(
                bytes(row.said),
                dek=key,
                associated=wallets.import_context(uuid=row.uuid, what="said"),
            ).decode(),
        )
        for row in rows[:MOST]
    ]


def file_of(*, wallet: models.Wallet, uuid: uuids.UUID) -> bytes | None:
    """Return the file of a badge from elsewhere, as it was given; None where there is none."""
    row = models.WalletImport.objects.filter(wallet=wallet, uuid=uuid).first()
    if row is None:
        return None
    context = wallets.import_context(uuid=uuid, what="sealed")
    return envelope.decrypt(
        bytes(row.sealed), dek=wallets.key_of(wallet=wallet), associated=context
    )


def _read(row: models.WalletCollection, wallet: models.Wallet, key: bytes) -> Collection:
    context = wallets.collection_context(token=row.token)
    name = envelope.decrypt(bytes(row.sealed), dek=key, associated=context).decode()
    items = sorted(row.items.all(), key=lambda each: each.place)
    return Collection(
        row.token, name, row.is_shown, tuple(each.credential for each in items), wallet
    )
