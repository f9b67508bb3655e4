"""Gather what the checks of a credential need: from our own rows, else from outside.

What is ours is never fetched: our issuers, lists and keys are read where they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core import anchor
from credentials import resolvers, selectors
from credentials.core import endorsements, enveloped, members, verification
from credentials.core.given import Given
from credentials.core.recognition import Recognised
from credentials.core.report import FoundList
from credentials.services import recognising
from issuers import selectors as issuers
from issuers.core import did

# Of a DID or a URL; browsers and servers stop sooner.
MAX_NAME = 2_000
# A credential names one list, or two; more would only make us fetch.
MAX_STATUS_LISTS = 2
# The page of a badge, and whatever is made of it and lies under the same address.
_FORMS = (
    r"\.json|\.png|\.svg|\.jwt|/es256\.jwt|/refresh|/certificate\.pdf|/card\.png|/qr\.(?:svg|png)"
    r"|/embed|/share|/shared\.json|/blockcerts\.json|/elm\.jsonld|/anchors?\.json|/report\.json"
    r"|/check|/proof\.html"
)
OUR_CREDENTIAL = re.compile(rf"/credentials/([A-Za-z0-9_-]{{22}})(?:{_FORMS})?/?\Z")
OUR_TRANSCRIPT = re.compile(
    r"/transcripts/([A-Za-z0-9_-]{22})(?:\.json|/(?:anchor|report)\.json)?/?\Z"
)

Identity = tuple[tuple[str, str], ...]
Lists = dict[str, FoundList]


def material(
    given: Given,
    *,
    budget: resolvers.Budget,
    receipt: anchor.AnchorProof | None,
    anchor_required: bool,
    identity: Identity,
    spare: Sequence[anchor.AnchorProof] = (),
    recognised: Recognised | None = None,
    from_record: bool = False,
) -> verification.Material:
    """Return everything outside a credential that its checks need.

    Args:
        given: The credential, of anybody.
        budget: What may be fetched for it.
        receipt: Its anchor receipt, if there is one.
        anchor_required: Whether the verdict stays open without an anchor.
        identity: Pairs of identity type and value to compare.
        spare: More receipts of it, the better first: the first whose chain answers is taken where
            that of `receipt` does not.
        recognised: What is known of it beforehand, where it is ours.
        from_record: Whether what workers read from a chain once the block was final will do; else
            the chain is asked.
    """
    receipt, finding, rechecked = _found(
        [receipt, *spare] if receipt else [], from_record=from_record
    )
    document, issuer = given.document, members.issuer_id(given.document)
    did_document, known = controller(issuer, budget)
    key = _key(given.token, issuer, did_document, budget)
    lists = _status_lists(members.status_entries(document), budget)
    # Last: what they say changes nothing, so they get what is left.
    others = [each for _place, _endorsed, each, _token in endorsements.found_in(document)]
    endorsers = {name: controller(name, budget) for name in map(members.issuer_id, others)}
    for each in others:
        lists = _status_lists(members.status_entries(each), budget, known=lists)
    return verification.Material(
        did_document=did_document,
        issuer_known=known,
        token=given.token,
        key_document=key,
        status_lists=lists,
        controllers={name: found for name, (found, _known) in endorsers.items()},
        known_controllers=frozenset(name for name, (_found, known) in endorsers.items() if known),
        receipt=receipt,
        finding=finding,
        rechecked=rechecked,
        anchor_required=anchor_required,
        confirmations=_confirmations(receipt),
        identity=identity,
        recognised=recognised,
    )


def controller(
    name: str, budget: resolvers.Budget
) -> tuple[Mapping[str, Any] | verification.Unavailable, bool]:
    """Return the document that says which keys speak for a name, and whether it is one of ours."""
    if not is_name(name):
        return verification.Unavailable("DID document", _("it is no name of an issuer")), False
    if name not in budget.answers:
        budget.answers[name] = _controller(name, budget)
    found, known = budget.answers[name]
    return found, known


def _controller(
    name: str, budget: resolvers.Budget
) -> tuple[Mapping[str, Any] | verification.Unavailable, bool]:
    issuer = issuers.find_by_did(identifier=name)
    if issuer is not None:
        return did.Steady(issuers.did_document(issuer=issuer)), True
    try:
        return resolvers.resolve(name, budget=budget), False
    except resolvers.Unavailable as error:
        return verification.Unavailable("DID document", error.reason), False


def our_path(address: str) -> str | None:
    """Return the path of an address on this installation; None for any other text."""
    try:
        parts = urlsplit(address)
        hostname = parts.hostname
    except ValueError:  # what no URL is: an unclosed bracket, a host that changes under NFKC
        return None
    ours = urlsplit(settings.PUBLIC_URL).netloc
    if hostname and (parts.netloc == ours or hostname in settings.ALLOWED_HOSTS):
        return parts.path
    return None


def is_name(text: str) -> bool:
    """Say whether a text may be the name of something: the database takes no NUL, nor do URLs."""
    return len(text) <= MAX_NAME and text.isprintable()


def _key(
    token: str,
    issuer: str,
    document: Mapping[str, Any] | verification.Unavailable,
    budget: resolvers.Budget,
) -> Mapping[str, Any] | verification.Unavailable | None:
    """Return the key at the `kid` of a token; None where it is in the issuer's own document."""
    address = enveloped.key_address(token, issuer) if token else ""
    if not address:
        return None
    path = our_path(address)
    if path is not None and not isinstance(document, verification.Unavailable):
        # Ours are listed under the last part of their address.
        name = f"{issuer}#{path.rpartition('/')[2]}"
        for method in document.get("verificationMethod", ()):
            if isinstance(method, Mapping) and method.get("id") == name:
                return method
    try:
        return resolvers.fetch_key(address, budget=budget)
    except resolvers.Unavailable as error:
        return verification.Unavailable("key", error.reason)


def _status_lists(
    entries: Iterable[Mapping[str, Any]], budget: resolvers.Budget, known: Lists | None = None
) -> Lists:
    """Return the lists of these entries, with those that are known already."""
    named = [address for entry in entries if (address := members.status_address(entry))]
    wanted = [address for address in dict.fromkeys(named) if address not in (known or {})]
    found = {address: _status_list(address, budget) for address in wanted[:MAX_STATUS_LISTS]}
    return {**(known or {}), **found}


def _status_list(url: str, budget: resolvers.Budget) -> FoundList:
    if not is_name(url):
        return verification.Unavailable("status list", _("it is no address"))
    place = _place(url)
    if place not in budget.answers:
        budget.answers[place] = _published(url, budget)
    found: FoundList = budget.answers[place]
    return found


def place_of_list(entry: Mapping[str, Any]) -> str:
    """Return under which name a budget has the answer about the list that an entry names."""
    return _place(members.status_address(entry))


def _place(url: str) -> str:
    # An issuer may not have the address of a list for its name, whatever a document says.
    return f"list {url}"


def _published(url: str, budget: resolvers.Budget) -> FoundList:
    own = selectors.published_status_list_at(url=url)
    if own is not None:
        return recognising.read_list(own)
    if our_path(url) is not None:
        return verification.Unavailable("status list", _("it is not published yet"))
    try:
        return resolvers.fetch_status_list(url, budget=budget)
    except resolvers.Unavailable as error:
        return verification.Unavailable("status list", error.reason)


def used(material: verification.Material) -> anchor.AnchorProof | None:
    """Return the receipt whose chain was asked."""
    return material.receipt if isinstance(material.receipt, anchor.AnchorProof) else None


_Finding = anchor.Finding | verification.Unavailable | None


def _found(
    receipts: Sequence[anchor.AnchorProof], *, from_record: bool
) -> tuple[anchor.AnchorProof | None, _Finding, bool]:
    """Return the first receipt that can be judged, what its chain holds, and if it is in doubt."""
    first: tuple[anchor.AnchorProof | None, _Finding, bool] = (None, None, False)
    for receipt in receipts:
        recorded = witnessed.recorded(receipt)
        found: _Finding = recorded.finding if from_record else None
        if found is None:
            try:
                found = anchoring.find(proof=receipt)
            except anchoring.Unavailable as error:
                found = verification.Unavailable("chain", str(error))
        if not isinstance(found, verification.Unavailable):
            return receipt, found, recorded.rechecked
        if first[0] is None:
            first = receipt, found, recorded.rechecked
    return first


def _confirmations(receipt: anchor.AnchorProof | None) -> int:
    """Return how deep an anchor must be on its chain; on one that nobody here asks, on ours."""
    known = witnessed.configured_chains()
    terms = known.get(receipt.chain) if receipt else None
    return terms.confirmations if terms else settings.ANCHOR_CONFIRMATIONS
