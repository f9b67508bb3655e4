"""Gather what the checks of an Open Badges 2.0 Assertion need: all of it lies at addresses.

A badge of that edition is what its addresses answer, so nothing that was handed over stands for
what can be fetched: the Assertion is read again at its own address, the BadgeClass and the Issuer
at theirs.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from credentials import resolvers, selectors
from credentials.core import hosting, verification2
from credentials.core.given import Given
from credentials.core.report import Unavailable
from credentials.selectors import hosted
from credentials.services import gathering
from credentials.services.gathering import Identity

Found = hosting.Found


def material(
    given: Given, *, budget: resolvers.Budget, identity: Identity
) -> verification2.Material:
    """Return everything outside an Assertion that its checks need.

    Args:
        given: The Assertion, of anybody.
        budget: What may be fetched for it.
        identity: Pairs of identity type and value to compare.
    """
    assertion = given.document
    there, is_gone = (None, False) if given.token else _hosted(assertion, budget)
    # What its address answers is the badge; what was handed over is only compared with it.
    real = there if isinstance(there, Mapping) and "badge" in there else assertion
    badge = _part(real.get("badge"), _("badge class"), budget)
    issuer = (
        badge
        if isinstance(badge, Unavailable)
        else _part(badge.get("issuer"), _("issuer"), budget, must_be_fetched=True)
    )
    return verification2.Material(
        badge=badge,
        issuer=issuer,
        hosted=there,
        is_gone=is_gone,
        token=given.token,
        key=_key(assertion, issuer, budget) if given.token else None,
        revocations=_revocations(issuer, budget) if given.token else None,
        identity=identity,
        issuer_known=_is_ours(issuer),
    )


def _is_ours(issuer: Found) -> bool:
    """Say whether an Issuer is one of this installation: then it was read from our own rows."""
    name = issuer.get("id") if isinstance(issuer, Mapping) else None
    return isinstance(name, str) and _ours(name) is not None


def _hosted(assertion: Mapping[str, Any], budget: resolvers.Budget) -> tuple[Found, bool]:
    address = assertion.get("id")
    if verification2.is_signed(assertion) or not isinstance(address, str):
        return Unavailable("document", _("it names no address of its own")), False
    own = _ours(address)
    if own is not None:
        return own, own.get("revoked") is True
    if gathering.our_path(address) is not None:
        return Unavailable("document", _("it is not given at its address now")), False
    try:
        return resolvers.fetch_hosted(address, budget=budget)
    except resolvers.Unavailable as error:
        return Unavailable("document", error.reason), False


def _part(
    value: object, what: str, budget: resolvers.Budget, *, must_be_fetched: bool = False
) -> Found:
    """Return a part of a badge from its own address; one without an address as it is written."""
    name = hosting.name_of(value)
    if isinstance(value, Mapping) and not name.startswith(("https:", "http:")):
        if must_be_fetched:
            return Unavailable(what, _("it has no address of its own"))
        return value
    if not name:
        return Unavailable(what, _("it is not named"))
    return _fetched(name, what, budget)


def _fetched(address: str, what: str, budget: resolvers.Budget) -> Found:
    """Return the document of an address, if it bears that address as its name."""
    own = _ours(address)
    try:
        found = own if own is not None else resolvers.fetch_json(address, what=what, budget=budget)
    except resolvers.Unavailable as error:
        return Unavailable(what, error.reason)
    if found.get("id") != address:
        return Unavailable(what, _("the document found there belongs to another identifier"))
    return found


def _ours(address: str) -> Mapping[str, Any] | None:
    """Return what we serve at one of our own addresses, without asking ourselves."""
    path = gathering.our_path(address)
    try:
        return hosted.document_at(path=path) if path is not None else None
    except (selectors.NotSigned, selectors.Erased):
        return None


def _key(assertion: Mapping[str, Any], issuer: Found, budget: resolvers.Budget) -> Found:
    """Return the key that a signed Assertion names: written out by its Issuer, or fetched."""
    address = verification2.key_address(assertion, issuer)
    if not address:
        return Unavailable("key", _("it is not named"))
    listed = issuer.get("publicKey") if isinstance(issuer, Mapping) else None
    for each in listed if isinstance(listed, list) else [listed]:
        if isinstance(each, Mapping) and each.get("id") == address and "publicKeyPem" in each:
            return each
    return _fetched(address, "key", budget)


def _revocations(issuer: Found, budget: resolvers.Budget) -> Found | None:
    address = issuer.get("revocationList") if isinstance(issuer, Mapping) else None
    if address is None:
        return None
    if not isinstance(address, str):
        return Unavailable("status list", _("it is no address"))
    return _fetched(address, "status list", budget)
