"""Domain names, and how one is proven to be an organisation's own.

Whoever can write into the DNS of a domain, or put a file on its site, speaks for it. We hand out a
token that nobody else gets, and look for it there:

    _acquis-challenge.example.org.  TXT  "acquis-domain-verification=<token>"
    https://example.org/.well-known/acquis-domain-verification.txt  holds that same line

A token belongs to one organisation and one domain. Everybody can read it where it is published;
that helps nobody, because another organisation is looked for under another token.

Sources: RFC 1123 section 2.1, RFC 5890 (names); RFC 8552 (underscored names); RFC 8615 (well-known
addresses); draft-ietf-dnsop-domain-verification-techniques (a random token, a name of its own).
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

# A registered name in its ASCII form: at least two labels, and the last one starts with a letter,
# so that no way of writing an IP address (127.1, 0x7f.1, 0177.0.0.1, 2130706433, [::1]) is one.
NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAX_NAME = 253
# Names that mean a machine at hand, whatever a resolver answers (RFC 6761, RFC 6762, RFC 8375, RFC
# 9476, RFC 7686).
AT_HAND = frozenset(
    {
        "alt", "arpa", "corp", "home", "internal", "intranet",
        "lan", "local", "localdomain", "localhost", "onion", "private",
    }
)  # fmt: skip
# What IDNA 2003 and 2008 read differently (RFC 5894 section 7.2): sharp s, final sigma, joiners.
_DEVIATIONS = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")

LABEL = "_acquis-challenge"
PREFIX = "acquis-domain-verification="
WELL_KNOWN = "/.well-known/acquis-domain-verification.txt"
# What is read of an answer: a site has other proofs, for others, under other names.
MAX_LINES = 20

# A website that was proven stays so while its proof cannot be found for a week: sites are moved,
# and DNS is mended.
GRACE = timedelta(days=7)
# A domain under which we answer is another matter: what a new owner of it finds there must not be
# ours. It is looked at daily, and nothing is served on an older proof than this.
FRESH = timedelta(hours=48)


class DomainError(ValueError):
    """The text is no domain name that can be proven; `reason` is a code that words are found for.

    Attributes:
        reason: "not_a_name", "not_public" or "ambiguous".
    """

    def __init__(self, message: str, reason: str) -> None:
        """Keep the reason beside the message."""
        super().__init__(message)
        self.reason = reason


def domain(text: str) -> str:
    """Return a domain name in ASCII and small letters, from what a person types or pastes.

    Args:
        text: a name, perhaps with https://, www or a path around it; accents are written as xn--.

    Raises:
        DomainError: it is no public name.

    Source: RFC 1123 section 2.1; RFC 5890.
    """
    given = text.strip()[:2048].lower()
    given = re.sub(r"^https?://", "", given)
    given = re.split(r"[/?#]", given, maxsplit=1)[0].removesuffix(".")
    if _DEVIATIONS & set(given):
        raise DomainError("programs read this name differently: write it as xn--", "ambiguous")
    try:
        name = given.encode("idna").decode("ascii").lower() if not given.isascii() else given
    except UnicodeError as error:
        raise DomainError("not a domain name", "not_a_name") from error
    if len(name) > MAX_NAME or not NAME.fullmatch(name):
        raise DomainError("not a domain name", "not_a_name")
    if name.rpartition(".")[2] in AT_HAND:
        raise DomainError("not a name of the public internet", "not_public")
    return name


def record_name(name: str) -> str:
    """Return where the TXT record of a domain is looked for.

    Source: RFC 8552 section 1.1.
    """
    return f"{LABEL}.{name}"


def proof(token: str) -> str:
    """Return the line that proves a domain, in its record or in its file.

    Source: draft-ietf-dnsop-domain-verification-techniques section 5.
    """
    return PREFIX + token


def file_address(name: str) -> str:
    """Return where the file of a domain is looked for.

    Source: RFC 8615 section 3.
    """
    return f"https://{name}{WELL_KNOWN}"


def is_proven(lines: Iterable[str], token: str) -> bool:
    """Say whether one of the lines is the proof.

    Args:
        lines: the texts of the records, or the lines of the file; the first MAX_LINES count.
        token: what was handed out; never empty.

    Source: draft-ietf-dnsop-domain-verification-techniques section 5.
    """
    wanted = proof(token)
    return bool(token) and any(
        line.strip() == wanted for _number, line in zip(range(MAX_LINES), lines, strict=False)
    )


def is_standing(confirmed: datetime | None, now: datetime) -> bool:
    """Say whether a website counts as verified: its proof was seen within the grace period.

    Args:
        confirmed: when the proof was last seen.
        now: the instant of asking.

    Source: draft-ietf-dnsop-domain-verification-techniques (re-validation).
    """
    return confirmed is not None and now - confirmed <= GRACE


def is_fresh(confirmed: datetime | None, now: datetime) -> bool:
    """Say whether we may answer under a domain: its proof was seen within FRESH.

    Args:
        confirmed: when the proof was last seen.
        now: the instant of asking.

    Source: draft-ietf-dnsop-domain-verification-techniques (re-validation).
    """
    return confirmed is not None and now - confirmed <= FRESH
