"""The technical facts behind each check, for those who open its details: a label and a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from badges.core import schema2
from credentials.core.members import issuer_id, status_address, status_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django_stubs_ext import StrOrPromise

    from blockchain.core.anchor import AnchorProof
    from credentials.core.verification import Check

    Pairs = Iterator[tuple[StrOrPromise, object]]

# A hostile document may hold a value as long as itself.
MAX_VALUE = 1_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the details.

    Attributes:
        label: In the language of the page.
        value: Text.
        is_code: Shown as it is, to be copied.
        language: That of the value where it is prose in another language than the page.
    """

    label: StrOrPromise
    value: str
    is_code: bool = True
    language: str = ""


# Details of a check that are prose, not a value of the document.
_MESSAGES = {
    "message": _("What was found"),
    "why": _("Why"),
    "pointer": _("Where"),
    "count": _("Problems found"),
}


def of(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> tuple[Fact, ...]:
    """Return the facts of one check; those that the document does not hold are left out."""
    pairs = _FACTS[check.name](check, document, receipt) if check.name in _FACTS else iter(())
    found = [
        Fact(label, str(value)[:MAX_VALUE]) for label, value in pairs if value not in (None, "")
    ]
    found += [
        Fact(
            _MESSAGES[key],
            value[:MAX_VALUE],
            is_code=False,
            # Core has no catalogue: it speaks English. The services say why in the page's language.
            language="en" if key == "message" else "",
        )
        for key, value in check.detail.items()
        if key in _MESSAGES and value
    ]
    return tuple(found)


def _conforms(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    is_2 = schema2.CONTEXT in _joined(document.get("@context")).split(", ")
    standard = "Open Badges 2.0" if is_2 else "Open Badges 3.0, W3C Verifiable Credentials 2.0"
    yield _("Standard"), standard
    yield _("Type"), _joined(document.get("type"))
    yield _("Contexts"), _joined(document.get("@context"))


def _signed(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    proof = _proof(document)
    yield _("Cryptosuite"), proof.get("cryptosuite") or check.detail.get("suite")
    yield _("Key"), proof.get("verificationMethod") or check.detail.get("method")
    yield _("Signed at"), proof.get("created")
    yield _("Signature"), proof.get("proofValue")


def _issuer(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    yield _("Issuer"), issuer_id(document)
    yield _("Key"), _proof(document).get("verificationMethod")


def _stands(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    for entry in status_entries(document)[:4]:
        yield _("List"), status_address(entry)
        yield _("Place in the list"), entry.get("statusListIndex")
        yield _("Purpose"), entry.get("statusPurpose")
    if not status_entries(document):
        yield _("List"), check.detail.get("list")
    yield _("List of"), check.detail.get("as_of")


def _in_time(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    yield _("Valid from"), document.get("validFrom")
    yield _("Valid until"), document.get("validUntil")


def _anchored(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    if receipt is None:
        return
    yield _("Network (CAIP-2)"), receipt.chain
    yield _("Register"), receipt.contract
    yield _("Recorded by"), receipt.submitter
    yield _("Transaction"), receipt.transaction
    yield _("Block"), f"{receipt.block_number} {receipt.block_hash}"
    yield _("Root of the batch"), receipt.root.hex()
    yield (
        _("Place in the batch"),
        f"{receipt.inclusion.leaf_index + 1} / {receipt.inclusion.tree_size}",
    )
    # What is final does not change: a page does not ask the network again.
    yield _("Read from the network once final, at"), check.detail.get("read_at")


def _about(check: Check, document: Mapping[str, Any], receipt: AnchorProof | None) -> Pairs:
    yield _("Compared"), check.detail.get("types")
    yield (
        _("Not in the badge"),
        check.detail.get("type") if check.outcome == "inconclusive" else None,
    )


_FACTS = {
    "conforms": _conforms,
    "signed": _signed,
    "issuer": _issuer,
    "stands": _stands,
    "in_time": _in_time,
    "anchored": _anchored,
    "about": _about,
}


def _proof(document: Mapping[str, Any]) -> Mapping[str, Any]:
    value = document.get("proof")
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            return one
    return {}


def _joined(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return ", ".join(item for item in items if isinstance(item, str))
