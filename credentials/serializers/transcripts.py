"""A transcript made ready for a page or for JSON: its badges, and what they count towards.

The document may be anybody's: what is read of it is bounded where it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badges.core.transcripts import is_transcript
from badges.serializers import described
from credentials.core import counting
from credentials.core.report import Outcome, Verdict
from credentials.serializers.presentation import Badge, Presentation, present

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from credentials.services import Verification

# What a state means where it is a transcript's and not a badge's; other sentences fit both.
_SENTENCES: dict[str, StrOrPromise] = {
    "verified": _(
        "%(issuer)s put this transcript together. It is authentic and unchanged. Each badge in it "
        "was checked by itself."
    ),
    "revoked": _(
        "%(issuer)s has withdrawn this transcript. Do not rely on it. Each badge in it says itself "
        "how it stands."
    ),
    "expired": _("The validity of this transcript has ended."),
    "pending": _(
        "%(issuer)s has signed this transcript. Its public record is still being made: look again "
        "in some minutes."
    ),
    "another_person": _("This transcript is not about the person who was named."),
    "malformed": _("This document does not hold what a transcript must. Do not rely on it."),
}
_VERIFIED_FOR = _(
    "%(issuer)s put this transcript together for %(learner)s. It is authentic and unchanged. Each "
    "badge in it was checked by itself."
)
_CONFORMS: dict[Outcome, StrOrPromise] = {
    Outcome.PASSED: _(
        "It follows CLR 2.0, the open standard for transcripts, so other tools can read and check "
        "it too."
    ),
    Outcome.FAILED: _(
        "It does not follow the CLR 2.0 standard. The details name the first problem."
    ),
}
_QUESTION = _("Is it a proper transcript?")


@dataclass(frozen=True, slots=True)
class Held:
    """A badge within a transcript; `path` is its own page, where it has one here."""

    shown: Presentation
    path: str

    @property
    def is_refuted(self) -> bool:
        """Say whether it cannot be relied on (any more)."""
        return self.shown.verdict == Verdict.REFUTED.value


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole, such as a block, and whether a badge that stands attests it."""

    id: str
    code: str
    name: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """What the badges count towards, such as a certification."""

    id: str
    code: str
    name: str
    parts: tuple[Part, ...]

    @property
    def held(self) -> int:
        """Return how many of its parts are held."""
        return sum(part.is_held for part in self.parts)

    @property
    def is_complete(self) -> bool:
        """Say whether all parts are held."""
        return self.held == len(self.parts)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a transcript shows besides what a badge does.

    Attributes:
        badges: in the order of the document.
        wholes: what they count towards.
        partial: whether its issuer said that there is more; None where it did not say.
    """

    badges: tuple[Held, ...]
    wholes: tuple[Whole, ...]
    partial: bool | None

    @property
    def refuted(self) -> int:
        """Return how many badges cannot be relied on."""
        return sum(badge.is_refuted for badge in self.badges)


def present_verification(found: Verification, *, learner: str = "") -> Presentation:
    """Return what there is to show of a badge or of a transcript, in the active language.

    Args:
        found: What the verification came to.
        learner: The name to show, where it is known.
    """
    shown = present(
        found.report,
        found.document,
        found.receipt,
        learner=learner,
        edition=found.given.edition,
        is_newer=found.is_newer,
        correction=found.correction,
    )
    if not is_transcript(found.document):
        return shown
    values = {"issuer": shown.issuer.name, "learner": learner}
    sentence = _SENTENCES.get(shown.state.code)
    if shown.state.code == "verified" and learner:
        sentence = _VERIFIED_FOR
    lines = tuple(
        replace(
            line,
            question=str(_QUESTION),
            sentence=str(_CONFORMS.get(line.outcome, line.sentence)),
        )
        if line.name == "conforms"
        else line
        for line in shown.lines
    )
    decisive = shown.decisive
    return replace(
        shown,
        summary=str(sentence) % values if sentence else shown.summary,
        lines=lines,
        decisive=lines[decisive.number - 1] if decisive else None,
        badge=_named(found.document),
        transcript=_transcript(found),
    )


def _transcript(found: Verification) -> Transcript:
    badges = tuple(Held(present_verification(part), _path(part)) for part in found.parts)
    refuted = {each.shown.id for each in badges if each.is_refuted}
    partial = found.document.get("partial")
    return Transcript(
        badges,
        tuple(_whole(each, refuted) for each in counting.wholes(found.document)),
        partial if isinstance(partial, bool) else None,
    )


def _whole(whole: counting.Whole, refuted: set[str]) -> Whole:
    """Leave out what is only attested by badges that cannot be relied on."""
    return Whole(
        whole.id,
        whole.code,
        whole.name,
        tuple(
            Part(part.id, part.code, part.name, bool(set(part.held_by) - refuted))
            for part in whole.parts
        ),
    )


def _path(part: Verification) -> str:
    own = part.credential
    return reverse("credential", args=[own.token]) if own is not None else ""


def _named(document: Mapping[str, Any]) -> Badge:
    name, description = document.get("name"), document.get("description")
    return Badge(
        name=name[:1_000] if isinstance(name, str) else str(_("A transcript without a name")),
        description=description[:5_000] if isinstance(description, str) else "",
        criteria="",
        criteria_url="",
        language="",
        tags=(),
        image="",
        parts=described({}),
    )


def transcript_json(transcript: Transcript) -> dict[str, Any]:
    """Return what a report tells of a transcript besides."""
    return {
        "partial": transcript.partial,
        "badges": [
            {
                "id": each.shown.id,
                "name": each.shown.badge.name,
                "verdict": each.shown.verdict,
                "state": each.shown.state.code,
                "summary": each.shown.summary,
            }
            for each in transcript.badges
        ],
        "counts_towards": [
            {
                "id": whole.id,
                "code": whole.code,
                "name": whole.name,
                "held": whole.held,
                "parts": [
                    {"id": part.id, "code": part.code, "name": part.name, "held": part.is_held}
                    for part in whole.parts
                ],
            }
            for whole in transcript.wholes
        ],
    }
