"""The words of e-mails as organisations write them: plain text with placeholders, and no more.

    Hello [learner.name],

    [organisation.name] has issued you the badge [badge.name].

    [link]

A placeholder stands in square brackets, which mean nothing else. `[link]` stands once, alone on its
line: it becomes a button, and where somebody is told of several badges at once, one for each. An
empty line ends a paragraph. There is no markup: what is put in for a placeholder stays text,
whatever is in it, and is not looked at again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

# What there is to put in; `link` besides.
KNOWN = (
    "learner.name",
    "badge.name",
    "organisation.name",
    "date",
)
# What there is besides where something was done to a badge: why, in words that the public reads.
REASON = "reason"
LINK = "link"
MAX_SUBJECT = 150
MAX_BODY = 5_000
_PLACEHOLDER = re.compile(r"\[([^\[\]\n]*)\]")


class LetterError(ValueError):
    """The text cannot be used.

    Attributes:
        reason: `unknown`, `bracket`, `no_link`, `link_in_line`, `two_links`, `link_in_subject`,
            `empty`, `too_long`, `two_lines`.
        found: What was found there; empty where it is about the whole.
        part: `subject` or `body`.
    """

    def __init__(self, reason: str, found: str = "", *, part: str = "body") -> None:
        """Keep them."""
        super().__init__(f"{reason}: {found}" if found else reason)
        self.reason = reason
        self.found = found
        self.part = part


@dataclass(frozen=True, slots=True)
class Link:
    """Where a badge is, and what the button says.

    Attributes:
        label: such as "See my badge".
        url: absolute.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and a body that can be used."""

    subject: str
    body: str


def read(subject: str, body: str, *, known: Sequence[str] = KNOWN) -> Letter:
    """Return a letter that can be filled in.

    Args:
        subject: one line.
        body: paragraphs, with lines of any ending.
        known: what there is to put in, besides the link.

    Raises:
        LetterError: names what was found.

    Source: RFC 5322 section 2.1.1 (a header is one line).
    """
    subject, body = subject.strip(), "\n".join(body.strip().splitlines())
    _require_size("subject", subject, MAX_SUBJECT)
    _require_size("body", body, MAX_BODY)
    if len(subject.splitlines()) > 1:
        raise LetterError("two_lines", part="subject")
    if LINK in _names("subject", subject, known):
        raise LetterError("link_in_subject", part="subject")
    links = _names("body", body, known).count(LINK)
    if not links:
        raise LetterError("no_link")
    if links > 1:
        raise LetterError("two_links")
    if f"[{LINK}]" not in (line.strip() for line in body.split("\n")):
        raise LetterError("link_in_line")
    return Letter(subject, body)


def subject_of(letter: Letter, values: Mapping[str, str]) -> str:
    """Return the subject: one line, whatever the values hold.

    Args:
        letter: as `read` returned it.
        values: by the names that it was read with.

    Source: RFC 5322 section 2.2 (no line break begins another header).
    """
    return " ".join(_filled(letter.subject, values).split())


def text_of(letter: Letter, values: Mapping[str, str], links: Sequence[Link]) -> str:
    """Return the plain part.

    Args:
        letter: as `read` returned it.
        values: by the names that it was read with.
        links: one, or several, each with its label.

    Source: RFC 2046 section 4.1.3 (text/plain).
    """
    lines = []
    for line in letter.body.split("\n"):
        if line.strip() != f"[{LINK}]":
            lines.append(_filled(line, values).rstrip())
        elif len(links) == 1:
            lines.append(links[0].url)
        else:
            lines += [f"{link.label}\n{link.url}\n" for link in links]
    return "\n".join(lines).strip() + "\n"


def html_of(
    letter: Letter, values: Mapping[str, str], links: Sequence[Link], *, button: str
) -> str:
    """Return the body as HTML: paragraphs, and links that look like buttons.

    Args:
        letter: as `read` returned it.
        values: by the names that it was read with; they are escaped.
        links: one, or several, each with its label.
        button: CSS of a link, ours.

    Source: HTML Living Standard section 13.1.2.6 (character data that must be escaped).
    """
    return "".join(_html(letter.body, values, links, button))


def _html(
    body: str, values: Mapping[str, str], links: Sequence[Link], button: str
) -> Iterator[str]:
    lines: list[str] = []
    for line in [*body.split("\n"), ""]:
        is_link = line.strip() == f"[{LINK}]"
        if line.strip() and not is_link:
            lines.append(escape(_filled(line, values).strip()))
            continue
        if lines:
            yield f'<p style="margin:0 0 16px">{"<br>".join(lines)}</p>'
            lines = []
        if is_link:
            for link in links:
                yield (
                    f'<p style="margin:24px 0"><a href="{escape(link.url)}" '
                    f'style="{escape(button)}">{escape(link.label)}</a></p>'
                )


def _require_size(part: str, text: str, longest: int) -> None:
    if not text:
        raise LetterError("empty", part=part)
    if len(text) > longest:
        raise LetterError("too_long", str(longest), part=part)


def _names(part: str, text: str, known: Sequence[str]) -> list[str]:
    """Return the placeholders of a text, each of which there is something to put in for."""
    found = _PLACEHOLDER.findall(text)
    for name in found:
        if name not in (*known, LINK):
            raise LetterError("unknown", f"[{name}]", part=part)
    if set("[]") & set(_PLACEHOLDER.sub("", text)):
        raise LetterError("bracket", part=part)
    return found


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Put values in, in one pass: what is put in is not looked at."""
    return _PLACEHOLDER.sub(lambda found: " ".join(values.get(found[1], "").split()), text)
