"""What was issued in a name, as programs that follow feeds read it.

Sources: RFC 4287 (Atom); RFC 5005 section 3 (paged feeds); JSON Feed 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from credentials.selectors.monitoring import Listed

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or a page of one.

    Attributes:
        title: What it follows.
        page: For people.
        address: Of this page of it.
        first: Of its first page.
        following: Of the next, with older entries; empty on the last.
        entries: Newest first.
        begun: When whoever it follows began: the date of a feed without entries.
    """

    title: str
    page: str
    address: str
    first: str
    following: str
    entries: Sequence[Listed]
    begun: datetime


def atom(feed: Feed) -> str:
    """Write a feed as Atom."""
    updated = feed.entries[0].hour if feed.entries else feed.begun
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(feed.title)}</title>",
        f"<id>{_text(feed.first)}</id>",
        f"<updated>{_instant(updated)}</updated>",
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.page)}/>',
        f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.address)}/>',
        f'<link rel="first" type="application/atom+xml" href={quoteattr(feed.first)}/>',
    ]
    if feed.following:
        following = quoteattr(feed.following)
        lines.append(f'<link rel="next" type="application/atom+xml" href={following}/>')
    for entry in feed.entries:
        lines += _entry(entry)
    return "\n".join([*lines, "</feed>", ""])


def json_feed(feed: Feed) -> dict[str, Any]:
    """Write a feed as members of a JSON Feed."""
    members: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "items": [
            {
                "id": _name(each),
                "url": each.badge_address,
                "title": each.badge,
                "content_text": _words(each),
                "date_published": _instant(each.hour),
                "authors": [{"name": each.issuer.name}],
                "_acquis": {"leaf": each.leaf, "issuer": each.issuer.did, "state": each.state},
            }
            for each in feed.entries
        ],
    }
    if feed.following:
        members["next_url"] = feed.following
    return members


def _entry(entry: Listed) -> Iterator[str]:
    yield "<entry>"
    yield f"<id>{_name(entry)}</id>"
    yield f"<title>{_text(entry.badge)}</title>"
    yield f"<updated>{_instant(entry.hour)}</updated>"
    yield f"<published>{_instant(entry.hour)}</published>"
    name, did = _text(entry.issuer.name), _text(entry.issuer.did)
    yield f"<author><name>{name}</name><uri>{did}</uri></author>"
    yield f'<link rel="alternate" type="text/html" href={quoteattr(entry.badge_address)}/>'
    label = quoteattr(_("state of the record"))
    yield f"<category term={quoteattr(entry.state)} label={label}/>"
    yield f"<summary>{_text(_words(entry))}</summary>"
    yield "</entry>"


def _name(entry: Listed) -> str:
    """Return what an entry is called for ever: after its leaf (RFC 6920)."""
    return f"ni:///sha-256;{entry.leaf}"


def _words(entry: Listed) -> str:
    return _("%(issuer)s issued this badge. Leaf on record: %(leaf)s.") % {
        "issuer": entry.issuer.name,
        "leaf": entry.leaf,
    }


def _text(text: str) -> str:
    """Escape a text; what XML cannot hold is left out."""
    return escape("".join(each for each in text if each.isprintable()))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
