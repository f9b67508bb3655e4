"""Words that nobody can guess: wherever one of an organisation turns up, a row of it was shown.

Each says in a letter how far it may be shown:

    p  public: it stands on pages for everybody
    l  by link: on the page of what it is about, for whoever has its unguessable address
    s  shared: with the one other organisation that the row is about
    o  with operators of the installation: whom they write to
    i  inside: for people of the organisation alone
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

# What an address or a document may hold that is a name: uuids, tokens, kids, digests.
NAMES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9_-]{16,}")

# Lines of this length are of files, which say nothing twice.
LONG = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A canary where it was found.

    Attributes:
        school: Whose it is.
        kind: How far it may be shown.
        about: What it is, in words.
    """

    school: str
    kind: str
    about: str


@dataclass(repr=False)
class Canaries:
    """The canaries of one organisation: words that were given to it, names that its rows drew."""

    school: str
    names: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mark = f"zq{self.school.lower()}{secrets.token_hex(3)}"
        self._words = re.compile(rf"{self.mark}([plosi])[0-9a-f]{{6}}")
        self._about: dict[str, str] = {}
        self._bare: set[str] = set()

    def word(self, kind: str, about: str) -> str:
        """Return a new word."""
        word = f"{self.mark}{kind}{secrets.token_hex(3)}"
        self._about[word] = about
        return word

    def name(self, value: Any, kind: str, about: str) -> None:
        """Take what a row drew for a canary, too."""
        if len(str(value)) >= 16:
            self.names[str(value)] = Seen(self.school, kind, about)
            self._bare.clear()

    def seen_in(self, text: str) -> list[Seen]:
        """Return those in a text.

        No canary goes over the end of a line, and most lines of a page are those of another: a line
        that had none is not searched again.
        """
        found = []
        for line in dict.fromkeys(text.split("\n")):
            if line not in self._bare:
                seen = self._seen_in(line)
                found += seen
                if not seen and len(line) < LONG:
                    self._bare.add(line)
        return list(dict.fromkeys(found))

    def _seen_in(self, line: str) -> list[Seen]:
        found = []
        if self.mark in line:
            found += [
                Seen(self.school, match[1], self._about.get(match[0], "text of a row"))
                for match in self._words.finditer(line)
            ]
        held = self.names
        return found + [held[each] for each in set(NAMES.findall(line)) if each in held]
