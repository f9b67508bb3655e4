"""What of a badge its holder lets its address show: to whoever has it, and to whoever searches.

Until they decide, a page is *unlisted*: whoever has its link reads all of it. *Published*, it may
be found. *Hidden*, its address says only that. The name, the evidence and the results are shown or
not, each by itself. What was signed stays as it is: whoever was given the file can verify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credentials import models
from credentials.selectors import transcripts

Privacy = models.Holding.Privacy
# Parts of a document (core.disclosure.parts), by what shows them.
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "evidence": ("evidence", ("evidence", "relatedResource")),
    "results": ("results", ("result",)),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows.

    Attributes:
        privacy: Unlisted, published or hidden.
        name: Whether the person is named.
        evidence: Whether what it rests on is shown.
        results: Whether grades are shown.
    """

    privacy: str = Privacy.UNLISTED
    name: bool = True
    evidence: bool = True
    results: bool = True

    @property
    def is_hidden(self) -> bool:
        """Tell whether the address says nothing."""
        return self.privacy == Privacy.HIDDEN

    @property
    def is_published(self) -> bool:
        """Tell whether it may be listed by those who search."""
        return self.privacy == Privacy.PUBLISHED

    @property
    def is_whole(self) -> bool:
        """Tell whether the signed document is shown as it is; it has no name in clear anyway."""
        return self.evidence and self.results

    @property
    def is_given_whole(self) -> bool:
        """Tell whether whoever has the address gets the signed document as it is."""
        return self.is_whole and not self.is_hidden

    @property
    def kept_back(self) -> tuple[str, ...]:
        """Return the names of the parts of the document that are not shown."""
        return tuple(part for name, (part, _members) in PARTS.items() if not getattr(self, name))

    def of(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a document without what is not shown: to be read by people, and by no verifier."""
        if self.is_whole:
            return document
        gone = {
            member
            for name, (_part, members) in PARTS.items()
            if not getattr(self, name)
            for member in members
        }
        left = {name: value for name, value in document.items() if name not in gone}
        subject = left.get("credentialSubject")
        if isinstance(subject, Mapping):
            left["credentialSubject"] = {
                name: value for name, value in subject.items() if name not in gone
            }
        return left


EVERYTHING = Shown()


def shown_of(*, credential: models.Credential) -> Shown:
    """Return what the address of a credential shows; no query where `holding` was selected."""
    found = getattr(credential, "holding", None)
    if found is None:
        return EVERYTHING
    return Shown(found.privacy, found.shows_name, found.shows_evidence, found.shows_results)


def shown_of_transcript(*, transcript: models.Transcript) -> Shown:
    """Return what the address of a transcript shows: what that of each badge in it does; one query.

    It holds them whole and is signed as one, so that it cannot be shown in part: where one of them
    is hidden, or shows a part, it is hidden.
    """
    each = [shown_of(credential=one) for one in transcripts.credentials_of(transcript=transcript)]
    is_given = all(one.is_given_whole for one in each)
    return Shown(
        Privacy.UNLISTED if is_given else Privacy.HIDDEN, name=all(one.name for one in each)
    )
