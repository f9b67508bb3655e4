"""What comes of badges that are verified together: what is kept of each, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.serializers.refusals import REFUSALS
from credentials.serializers.states import STATES
from credentials.serializers.transcripts import present_verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from credentials.services import Verification

MAX_TEXT = 200
# In the order in which a reader wants to see them: what needs a look comes first.
VERDICTS: dict[str, StrOrPromise] = {
    "refuted": gettext_lazy("Not to be relied on"),
    "unreadable": gettext_lazy("Could not be read"),
    "inconclusive": gettext_lazy("Not everything could be checked"),
    "verified": gettext_lazy("Verified"),
}
_TONES = {"refuted": "bad", "unreadable": "over", "inconclusive": "open", "verified": "good"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    number: int
    name: str
    verdict: str
    tone: str
    title: str
    sentence: str
    badge: str
    issuer: str
    is_stranger: bool
    page: str
    checked: str
    digest: str


def told(found: Verification) -> Mapping[str, str]:
    """Return what is kept of a verification; whom the badge is about is not."""
    shown = present_verification(found)
    page = ""
    if found.credential is not None:
        page = reverse("credential", args=[found.credential.token])
    elif found.transcript is not None:
        page = reverse("transcript", args=[found.transcript.token])
    return {
        "verdict": shown.verdict,
        "state": shown.state.code,
        "badge": shown.badge.name[:MAX_TEXT],
        "issuer": shown.issuer.name[:MAX_TEXT],
        "stranger": "1" if shown.stranger else "",
        "page": page,
    }


def rows(lines: Sequence[Mapping[str, str]], *, verdict: str = "") -> list[Row]:
    """Return the lines of the table in the active language, those of one verdict or all."""
    found = [_row(number, line) for number, line in enumerate(lines, 1)]
    return [each for each in found if not verdict or each.verdict == verdict]


def counted(lines: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str, int]]:
    """Return verdict, words, tone and number of those that there are."""
    numbers = {each: sum(line["verdict"] == each for line in lines) for each in VERDICTS}
    return [
        (each, str(VERDICTS[each]), _TONES[each], number)
        for each, number in numbers.items()
        if number
    ]


def table(lines: Sequence[Mapping[str, str]], *, site: str) -> Iterator[Sequence[str]]:
    """Yield the table as a spreadsheet shows it."""
    yield (
        *(_("Number"), _("Given as"), _("Verdict"), _("State"), _("Badge"), _("Issuer")),
        *(_("Issuer known here"), _("Page"), _("Checked at (UTC)"), "SHA-256"),
    )
    for row in rows(lines):
        known = _("no") if row.is_stranger else _("yes")
        yield (
            *(str(row.number), row.name, str(VERDICTS[row.verdict]), row.title, row.badge),
            *(row.issuer, known if row.issuer else "", site + row.page if row.page else ""),
            *(row.checked, row.digest),
        )


def _row(number: int, line: Mapping[str, str]) -> Row:
    code, verdict = line["state"], line["verdict"]
    known = STATES.get(code)
    return Row(
        number=number,
        name=line["name"],
        verdict=verdict,
        tone=known.tone if known is not None else _TONES[verdict],
        title=str(known.title) if known is not None else str(VERDICTS[verdict]),
        sentence="" if known is not None else str(REFUSALS.get(code, code)),
        badge=line.get("badge", ""),
        issuer=line.get("issuer", ""),
        is_stranger=bool(line.get("stranger")),
        page=line.get("page", ""),
        checked=line["checked"],
        digest=line["digest"],
    )
