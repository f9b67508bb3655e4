"""The public doors: a credential's page and its files, the lists of what still stands, /verify."""

from credentials.views.endorsements import endorsement
from credentials.views.evidence import evidence
from credentials.views.files import (
    blockcerts,
    document,
    drawing,
    image,
    receipt,
    receipts,
)
from credentials.views.lists import revoked, status_list
from credentials.views.network import network
from credentials.views.pages import home, page
from credentials.views.verifying import verify

__all__ = [
    "blockcerts", "document", "drawing", "endorsement", "evidence", "home", "image", "network",
    "page", "receipt", "receipts", "revoked", "status_list", "verify",
]  # fmt: skip
