"""The state of a credential as a reader meets it: headline, drawing, sentence and colour.

Never colour alone. Four tones: `good` and `bad` are answers, `over` is a badge whose dates do not
cover today, and `open` is no answer: what could not be checked is shown neither as good nor as bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from credentials.core.verification import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from credentials.core.verification import Report


CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class State:
    """How to show one state.

    Attributes:
        tone: good, bad, over or open.
        icon: A drawing in templates/icons.
        title: The headline.
        sentence: What it means and what to do, for `%`-formatting.
        names_step: Whether the step that decided adds something to the sentence.
    """

    code: str
    tone: str
    icon: str
    title: StrOrPromise
    sentence: StrOrPromise
    names_step: bool = False

    @property
    def is_claim(self) -> bool:
        """Say whether what the document holds is no more than a claim."""
        return self.tone == "bad" and self.names_step


STATES: dict[str, State] = {
    state.code: state
    for state in (
        State(
            "verified",
            "good",
            "seal",
            _("Verified"),
            _("%(issuer)s issued this badge. It is authentic, unchanged and valid today."),
        ),
        State(
            "revoked",
            "bad",
            "revoked",
            _("Revoked"),
            _("%(issuer)s has withdrawn this badge. Do not rely on it."),
        ),
        State(
            "corrected",
            "over",
            "ended",
            _("Corrected"),
            _(
                "%(issuer)s has replaced this badge by a corrected one. Do not rely on this one: "
                "open the correction."
            ),
        ),
        State(
            "suspended",
            "bad",
            "paused",
            _("Suspended"),
            _(
                "%(issuer)s has suspended this badge for now. Do not rely on it until it is "
                "reinstated."
            ),
        ),
        State(
            "expired",
            "over",
            "ended",
            _("Expired"),
            _("The validity of this badge ended on %(until)s."),
        ),
        State(
            "not_yet_valid",
            "over",
            "soon",
            _("Not valid yet"),
            _("This badge becomes valid on %(since)s."),
        ),
        State(
            "altered",
            "bad",
            "broken",
            _("Altered"),
            _("This is not what the issuer signed. Do not rely on it."),
            names_step=True,
        ),
        State(
            "unsigned",
            "bad",
            "broken",
            _("Not signed"),
            _("It carries no signature of an issuer. Do not rely on it."),
            names_step=True,
        ),
        State(
            "forged",
            "bad",
            "broken",
            _("Not from this issuer"),
            _("It names %(issuer)s, but the signature is not theirs. Do not rely on it."),
            names_step=True,
        ),
        State(
            "stolen_key",
            "bad",
            "broken",
            _("Signed with a stolen key"),
            _(
                "Anyone who has the key could have made this badge in the name of %(issuer)s. Do "
                "not rely on it."
            ),
            names_step=True,
        ),
        State(
            "misdated",
            "bad",
            "broken",
            _("Impossible date"),
            _("The date of its signature cannot be true. Do not rely on it."),
            names_step=True,
        ),
        State(
            "unproven",
            "bad",
            "broken",
            _("Not on record"),
            _("The record that this badge points to does not bear it out. Do not rely on it."),
            names_step=True,
        ),
        State(
            "malformed",
            "bad",
            "broken",
            _("Not a valid badge"),
            _("This document does not hold what a digital badge must. Do not rely on it."),
            names_step=True,
        ),
        State(
            "another_person",
            "bad",
            "person",
            _("About somebody else"),
            _("This badge was not issued to the person who was named."),
            names_step=True,
        ),
        State(
            "unknown_issuer",
            "open",
            "question",
            _("Unknown issuer"),
            _(
                "It is what was issued, but this service does not know who calls itself "
                "%(issuer)s. Make sure of the issuer before you rely on it."
            ),
            names_step=True,
        ),
        State(
            "unsupported",
            "open",
            "question",
            _("Signed in another way"),
            _(
                "This service cannot check the way in which it is signed, so this is neither a yes "
                "nor a no. Ask the issuer for the badge in another form."
            ),
            names_step=True,
        ),
        State(
            "pending",
            "open",
            "waiting",
            _("Not yet anchored"),
            _(
                "%(issuer)s has signed this badge. Its public record is still being made: look "
                "again in some minutes."
            ),
            names_step=True,
        ),
        State(
            "rechecked",
            "open",
            "waiting",
            _("Record being checked again"),
            _(
                "%(issuer)s has signed this badge. Its public record is in doubt and is being "
                "checked again: look again tomorrow."
            ),
            names_step=True,
        ),
        State(
            "unchecked",
            "open",
            "question",
            _("Could not be checked"),
            _(
                "One step could not be carried out, so this is neither a yes nor a no. Try again "
                "later."
            ),
            names_step=True,
        ),
    )
}

# What a person reads first follows from the first check that was not passed.
_BY_REASON = {
    ("signed", "suite_unknown"): "unsupported",
    ("signed", "algorithm_unknown"): "unsupported",
    ("signed", "algorithm-refused"): "unsigned",
    ("signed", "proof-missing"): "unsigned",
    ("signed", "proof-malformed"): "unsigned",
    ("signed", "proof-ambiguous"): "unsigned",
    ("signed", "proof-purpose"): "unsigned",
    ("stands", "revoked"): "revoked",
    ("stands", "revoked_plainly"): "revoked",
    ("stands", "revoked_at_home"): "revoked",
    ("stands", "suspended"): "suspended",
    ("in_time", "expired"): "expired",
    ("in_time", "not_yet_valid"): "not_yet_valid",
    ("issuer", "issuer_unknown"): "unknown_issuer",
    ("issuer", "key_compromised"): "stolen_key",
    ("issuer", "signed_after_anchor"): "misdated",
    ("issuer", "signed_in_future"): "misdated",
    ("issuer", "issuer_unknown2"): "unknown_issuer",
    ("issuer", "issuer_by_origin"): "unknown_issuer",
    ("issuer", "self_asserted"): "unknown_issuer",
    ("anchored", "not_anchored_yet"): "pending",
    ("anchored", "being_rechecked"): "rechecked",
    ("anchored", "not_deep_enough"): "pending",
    ("anchored", "block_moved"): "pending",
    ("anchored", "transaction_unknown"): "pending",
}
_BY_FAILURE = {
    "conforms": "malformed",
    "signed": "altered",
    "issuer": "forged",
    "anchored": "unproven",
    "about": "another_person",
}


def of(report: Report, *, is_corrected: bool = False) -> State:
    """Return the state that a report comes to.

    Args:
        report: What the checks came to.
        is_corrected: Whether its issuer put another in its place: to verifiers it is revoked.
    """
    check = report.decisive
    if check is None:
        return STATES["verified"]
    code = _BY_REASON.get((check.name, check.reason))
    if code is None and check.outcome is Outcome.FAILED:
        code = _BY_FAILURE.get(check.name, "malformed")
    if is_corrected and code == "revoked":
        code = CORRECTED
    return STATES[code or "unchecked"]


_VERIFIED_FOR = _(
    "%(issuer)s issued this badge to %(learner)s. It is authentic, unchanged and valid today."
)


def summary(state: State, values: Mapping[str, str]) -> str:
    """Return the state's sentence, in the active language."""
    if state.code == "verified" and values.get("learner"):
        return str(_VERIFIED_FOR) % values
    return str(state.sentence) % values
