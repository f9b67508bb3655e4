"""What the report says to a recruiter: one plain sentence for every outcome that a check can have.

The codes are those of `credentials.core.verification` and of the parts that it calls; a test asks
that each of them has its words here. Sentences may use the values that `presentation` provides:
issuer, network, when, since, until. A foreign document may lack any of them, so they are then a
question mark or a general word, never empty.
"""

# ruff: noqa: RUF001 - text for people is typeset, with the apostrophe of print

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from blockchain import selectors as anchoring
from credentials.core.verification import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

QUESTIONS: dict[str, StrOrPromise] = {
    "conforms": _("Is it a proper digital badge?"),
    "signed": _("Is it exactly what was signed?"),
    "issuer": _("Is the signature the issuer’s?"),
    "stands": _("Does the issuer still stand by it?"),
    "in_time": _("Is it valid today?"),
    "anchored": _("Is it on record where nobody can rewrite it?"),
    "about": _("Is it about the right person?"),
}

OUTCOMES: dict[Outcome, StrOrPromise] = {
    Outcome.PASSED: _("Passed"),
    Outcome.FAILED: _("Failed"),
    Outcome.INCONCLUSIVE: _("Could not be checked"),
    Outcome.NOT_APPLICABLE: _("Does not apply"),
}

_CHANGED = _(
    "The content and its signature do not match: it was changed after it was signed, or it was "
    "never signed with this key."
)
_NO_SIGNATURE = _("It carries no signature that can be read, so anyone could have written it.")
_NOT_SIGNABLE = _(
    "Part of its content escapes the signature or cannot be read without doubt, so nothing in it "
    "can be relied on."
)
_OTHER_SUITE = _(
    "It is signed with %(suite)s, which this service cannot check. That speaks neither for the "
    "badge nor against it."
)
_HOME_AWAY = _(
    "A badge of this edition is what its own address says, and that address could not be read."
)
_STRANGER = _(
    "It belongs to the issuer that it names, but this service does not know that issuer: anyone "
    "can choose such a name. Make sure of it by other means."
)
_TOO_COMPLEX = _("It is so intricate that it could not be checked in reasonable time.")
_ISSUER_AWAY = _("The issuer’s published keys could not be fetched, so this could not be checked.")
_WHOSE = _("Whose signature it is could not be told, because it could not be checked.")
_MISPLACED = _("The record on %(network)s is not the one that this badge claims.")
_MOVED = _(
    "The record on %(network)s has moved and is being found again. That usually takes some minutes."
)

SENTENCES: dict[tuple[str, str], StrOrPromise] = {
    # 1
    ("conforms", "conforms"): _(
        "It follows Open Badges 3.0, the open standard, so other tools can read and check it too."
    ),
    ("conforms", "nonconformant"): _(
        "It does not follow the Open Badges 3.0 standard. The details name the first problem."
    ),
    ("conforms", "conforms2"): _(
        "It follows Open Badges 2.0, an earlier edition of the open standard."
    ),
    ("conforms", "nonconformant2"): _(
        "It does not follow the Open Badges 2.0 standard. The details name the first problem."
    ),
    ("conforms", "parts_unavailable"): _(
        "Parts of it are kept at addresses of the issuer that could not be read."
    ),
    # 2
    ("signed", "signed"): _(
        "Its digital signature matches its content: not one character has been changed since it "
        "was signed."
    ),
    ("signed", "signed_in_part"): _(
        "It is a badge shown in part. What is shown is exactly what was signed; what is left out "
        "is hidden by whom the badge is about."
    ),
    ("signed", "base-proof"): _(
        "This file is for its owner alone: with it, what is hidden could be found out. Ask its "
        "owner for the part that is to be shown."
    ),
    ("signed", "key_unavailable"): _(
        "The key that signed it could not be fetched, so the signature could not be checked."
    ),
    ("signed", "not_signable"): _NOT_SIGNABLE,
    ("signed", "token-malformed"): _NO_SIGNATURE,
    ("signed", "algorithm-refused"): _(
        "Its signature is of a kind that proves nothing here: only RS256 and ES256 are accepted."
    ),
    ("signed", "algorithm_unknown"): _OTHER_SUITE,
    ("signed", "suite_unknown"): _OTHER_SUITE,
    ("signed", "hosted"): _(
        "A badge of this edition is what its own address says. It is, word for word, what that "
        "address says today."
    ),
    ("signed", "hosted_differs"): _(
        "A badge of this edition is what its own address says. That address says something else: "
        "this copy was changed."
    ),
    ("signed", "hosted_gone"): _("Its own address says that it is there no longer."),
    ("signed", "hosted_unavailable"): _HOME_AWAY,
    ("signed", "key-unavailable"): _(
        "The key that signed it could not be fetched, so the signature could not be checked."
    ),
    ("signed", "claim-mismatch"): _CHANGED,
    ("signed", "key-mismatch"): _CHANGED,
    ("signed", "too_complex"): _TOO_COMPLEX,
    ("signed", "proof-missing"): _NO_SIGNATURE,
    ("signed", "proof-malformed"): _NO_SIGNATURE,
    ("signed", "proof-ambiguous"): _NO_SIGNATURE,
    ("signed", "proof-purpose"): _NO_SIGNATURE,
    ("signed", "signature-mismatch"): _CHANGED,
    # 3
    ("issuer", "issuer"): _(
        "It was signed with a key that %(issuer)s publishes, and that was valid on the day of "
        "signing."
    ),
    ("issuer", "foreign_key"): _(
        "It was signed with somebody else’s key, not with one of %(issuer)s."
    ),
    ("issuer", "issuer_unavailable"): _ISSUER_AWAY,
    ("issuer", "no_signing_date"): _(
        "The signature has no date, so nobody can tell whether the key was valid when it signed."
    ),
    ("issuer", "key_not_valid"): _(
        "The key belongs to %(issuer)s, but it was no longer, or not yet, valid when it signed."
    ),
    ("issuer", "key_compromised"): _(
        "%(issuer)s has declared that this key was stolen, and nothing shows that the badge is "
        "older than the theft."
    ),
    ("issuer", "anchor_needed"): _(
        "%(issuer)s has declared that this key was stolen. The record that would show that the "
        "badge is older could not be checked."
    ),
    ("issuer", "signed_after_anchor"): _(
        "It says that it was signed after it was put on record, which is impossible."
    ),
    ("issuer", "signed_in_future"): _(
        "It says that it was signed on a day that is yet to come, which is impossible."
    ),
    ("issuer", "key_not_listed"): _("%(issuer)s does not publish the key that signed it."),
    ("issuer", "issuer_unknown"): _(
        "The key is one that the named issuer publishes, but this service does not know that "
        "issuer: "
        "make sure of it by other means."
    ),
    ("issuer", "issuer_unknown2"): _STRANGER,
    ("issuer", "issuer_by_origin"): _STRANGER,
    ("issuer", "self_asserted"): _(
        "Its issuer is named by nothing but a key. Anyone can make such a key and write any name "
        "beside it. Make sure of the issuer by other means."
    ),
    ("issuer", "issuer2"): _("It belongs to %(issuer)s, an issuer of this service."),
    ("issuer", "suite_unknown"): _WHOSE,
    ("issuer", "algorithm_unknown"): _WHOSE,
    ("issuer", "another_issuer"): _(
        "Its description is kept by somebody else than the issuer that it names."
    ),
    ("issuer", "out_of_scope"): _(
        "It is kept at an address that is not one of %(issuer)s, so anyone could have put it there."
    ),
    # 4
    ("stands", "stands_plainly"): _(
        "It is not on the list of what %(issuer)s has revoked, read just now."
    ),
    ("stands", "revoked_plainly"): _(
        "It is on the list of what %(issuer)s has revoked, read just now."
    ),
    ("stands", "stands_at_home"): _("Its own address still says that it stands."),
    ("stands", "revoked_at_home"): _("Its own address says that it was revoked."),
    ("stands", "hosted_unavailable"): _HOME_AWAY,
    ("stands", "stands"): _(
        "%(issuer)s has neither revoked nor suspended it, according to its list of %(when)s."
    ),
    ("stands", "no_status"): _(
        "The issuer keeps no list of revoked badges for it, so there is nothing to look up."
    ),
    ("stands", "status_may_be_hidden"): _(
        "It is a badge shown in part, and no list of revoked badges is shown: there may be one."
    ),
    ("stands", "revoked"): _("%(issuer)s has revoked it, according to its list of %(when)s."),
    ("stands", "suspended"): _(
        "%(issuer)s has suspended it for now, according to its list of %(when)s."
    ),
    ("stands", "status_unavailable"): _(
        "The issuer’s list of revoked badges could not be fetched, so this could not be checked."
    ),
    ("stands", "status_untrusted"): _(
        "A list of revoked badges was found, but nothing shows that it is the issuer’s own."
    ),
    ("stands", "status_key_compromised"): _(
        "The list of revoked badges that was found is signed with a key that was stolen, so it "
        "says nothing."
    ),
    ("stands", "status_stale"): _(
        "The issuer’s list of revoked badges is out of date, so it says nothing about today."
    ),
    ("stands", "status_unsupported"): _("It uses a kind of status that this service cannot read."),
    ("stands", "too_complex"): _TOO_COMPLEX,
    ("stands", "status_malformed"): _(
        "Its place in the list of revoked badges does not exist, so it cannot be relied on."
    ),
    # 5
    ("in_time", "in_time"): _("Today lies within its dates."),
    ("in_time", "end_may_be_hidden"): _(
        "It is a badge shown in part, and no end of its validity is shown: there may be one."
    ),
    ("in_time", "no_dates"): _("It says nothing about its dates."),
    ("in_time", "no_validity"): _("Its dates cannot be read."),
    ("in_time", "not_yet_valid"): _("It becomes valid on %(since)s."),
    ("in_time", "expired"): _("Its validity ended on %(until)s."),
    # 6
    ("anchored", "anchored"): _(
        "Its fingerprint was recorded on %(network)s on %(when)s. Nobody can change that record, "
        "not even the issuer."
    ),
    ("anchored", "anchored_final"): _(
        "Its fingerprint was recorded on %(network)s on %(when)s. Nobody can change that record, "
        "not even the issuer."
    ),
    ("anchored", "development"): _(
        "Its fingerprint was recorded on %(network)s on %(when)s. That chain is for trials: it "
        "proves nothing to others."
    ),
    ("anchored", "not_anchored_yet"): _(
        "Its fingerprint is not on record yet. Fingerprints are recorded together, usually within "
        "minutes."
    ),
    ("anchored", "being_rechecked"): _(
        "The block on %(network)s that held its record was replaced after it had been final. The "
        "record is being checked again, and counts for nothing until then."
    ),
    ("anchored", "no_receipt"): _("No receipt came with it, so there is no record to look up."),
    ("anchored", "shown_in_part"): _(
        "It is a badge shown in part. Only whole badges are put on record, so there is none to "
        "look up."
    ),
    ("anchored", "whole_unknown"): _(
        "It is a badge shown in part, and the whole badge is not here any more, so its record "
        "could not be looked up."
    ),
    ("anchored", "not_part_of_whole"): _(
        "It is not a part of the badge that was put on record under this name."
    ),
    ("anchored", "receipt_unavailable"): _(
        "The receipt that leads to its record could not be fetched."
    ),
    ("anchored", "not_signable"): _NOT_SIGNABLE,
    ("anchored", "too_complex"): _TOO_COMPLEX,
    ("anchored", "wrong_path"): _(
        "Its fingerprint is not among those that were recorded: it is not the badge that was."
    ),
    ("anchored", "unknown_registry"): _(
        "The receipt names a register that this service does not know."
    ),
    ("anchored", "submitter_not_accepted"): _(
        "It was recorded by somebody who does not act for %(issuer)s."
    ),
    ("anchored", "root_not_on_chain"): _("There is no such record on %(network)s."),
    ("anchored", "transaction_mismatch"): _MISPLACED,
    ("anchored", "block_mismatch"): _MISPLACED,
    ("anchored", "transaction_unknown"): _MOVED,
    ("anchored", "block_moved"): _MOVED,
    ("anchored", "not_deep_enough"): _(
        "Its fingerprint is on %(network)s, but so recently that the record could still move. "
        "Look again in some minutes."
    ),
    ("anchored", "chain_unavailable"): _(
        "The record could not be checked: %(network)s could not be reached."
    ),
    ("anchored", "submitter_unknown"): _ISSUER_AWAY,
    # 7
    ("about", "about"): _("What was given about the person is what the issuer signed."),
    ("about", "name"): _("The name is the one that the issuer signed."),
    ("about", "emailAddress"): _("The e-mail address is the one that the issuer signed."),
    ("about", "name, emailAddress"): _(
        "The name and the e-mail address are those that the issuer signed."
    ),
    ("about", "no_identity_given"): _(
        "Nobody was named to compare with. To check the person, give a name or an e-mail address."
    ),
    ("about", "identity_not_in_document"): _(
        "The badge does not hold what was given, so it could not be compared."
    ),
    ("about", "another_person"): _(
        "What was given about the person is not what the issuer signed."
    ),
}

# A signature can be wrong in many ways that are one and the same to a reader.
FALLBACKS: dict[tuple[str, Outcome], StrOrPromise] = {
    ("signed", Outcome.FAILED): _CHANGED,
    ("issuer", Outcome.FAILED): _NO_SIGNATURE,
    ("anchored", Outcome.FAILED): _MISPLACED,
    ("anchored", Outcome.INCONCLUSIVE): _MOVED,
}
ANYTHING: dict[Outcome, StrOrPromise] = {
    Outcome.PASSED: _("This was checked and is in order."),
    Outcome.FAILED: _("This was checked and is not in order."),
    Outcome.INCONCLUSIVE: _("This could not be checked."),
    Outcome.NOT_APPLICABLE: _("There is nothing to check here."),
}

# Endorsements: what is said of each, after who says it.
ENDORSEMENTS: dict[str, StrOrPromise] = {
    "endorsed": _("Signed by an issuer of this service."),
    "issuer_unknown": _("The signature is that of who is named, whom this service does not know."),
    "issuer_by_origin": _(
        "The signature is that of who is named, whom this service does not know."
    ),
    "self_asserted": _("It is signed with a key that anyone could have made."),
    "about_another": _("It is about something else."),
    "nonconformant": _("It does not follow the standard."),
    "revoked": _("It was withdrawn by who gave it."),
    "expired": _("Its validity is over."),
}
ENDORSED: dict[str, StrOrPromise] = {
    "credential": _("this badge, as it was awarded"),
    "achievement": _("what is earned"),
    "issuer": _("the issuer"),
}

# CAIP-2 identifiers; the names are the networks' own.
NETWORKS: dict[str, StrOrPromise] = {
    "eip155:1": "Ethereum",
    "eip155:10": "OP Mainnet",
    "eip155:56": "BNB Smart Chain",
    "eip155:100": "Gnosis",
    "eip155:137": "Polygon",
    "eip155:324": "ZKsync Era",
    "eip155:8453": "Base",
    "eip155:42161": "Arbitrum One",
    "eip155:43114": "Avalanche",
    "eip155:59144": "Linea",
    "eip155:17000": _("the Holesky test network"),
    "eip155:80002": _("the Amoy test network"),
    "eip155:84532": _("the Base Sepolia test network"),
    "eip155:11155111": _("the Sepolia test network"),
    "eip155:31337": _("a development chain"),
    "eip155:131277322940537": _("the development chain"),
}


def sentence(name: str, outcome: Outcome, reason: str, values: Mapping[str, str]) -> str:
    """Return what one check came to, in the active language."""
    words = SENTENCES.get((name, reason)) or FALLBACKS.get((name, outcome)) or ANYTHING[outcome]
    return str(words) % values


def network(chain: str) -> str:
    """Return the name that people use for a CAIP-2 identifier; the identifier if there is none.

    The settings may name a chain; those that everybody calls alike are named here.
    """
    if chain in NETWORKS:
        return str(NETWORKS[chain])
    terms = anchoring.configured_chains().get(chain)
    return terms.name if terms and terms.name else chain


def endorsement(reason: str, outcome: Outcome) -> str:
    """Return what the checks of an endorsement came to, in the active language."""
    known = ENDORSEMENTS.get(reason)
    if known is None and outcome is Outcome.FAILED:
        return str(_("Its signature is not that of who is named."))
    return str(known or _("It could not be checked."))


def endorsed(reason: str, outcome: Outcome) -> str:
    """Return the word beside who endorses: unknown is not the same as unchecked."""
    if reason in {"issuer_unknown", "issuer_by_origin", "self_asserted"}:
        return str(_("Unknown here"))
    return str(OUTCOMES[outcome])
