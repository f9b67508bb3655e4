"""did:web: how an issuer is named, and where its document is.

Source: did:web Method Specification (W3C CCG).
"""

import re

MAX_DID = 1024
_MAX_HOST = 253
_MAX_PORT = 65535
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
# Idchar of DID Core without the percent sign: an escaped slash or dot in a path would reach the web
# server unescaped.
_SEGMENT = re.compile(r"[A-Za-z0-9._-]{1,255}")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


class DidError(ValueError):
    """A DID, or a DID document, is not one that can be used."""


def did_web(host: str, *segments: str) -> str:
    """Return the did:web of a host and a path.

    Args:
        host: a domain name in ASCII, with `:port` if it is not 443.
        segments: the parts of the path, in order.

    Raises:
        DidError: the host is an IP address or not a domain name; a segment holds more than letters,
            digits and `._-`.

    Source: did:web Method Specification section 3.1.
    """
    name, separator, port = host.lower().partition(":")
    _require_host(name, separator, port)
    for segment in segments:
        _require_segment(segment)
    authority = f"{name}%3A{port}" if port else name
    return ":".join(("did:web", authority, *segments))


def did_web_url(did: str) -> str:
    """Return where the document of a did:web is, an https URL; nothing is fetched.

    Raises:
        DidError: not a did:web, or one that does not name a host by its domain name.

    Source: did:web Method Specification section 3.2.
    """
    if len(did) > MAX_DID:
        raise DidError(f"a DID takes at most {MAX_DID} characters, not {len(did)}")
    scheme, _, rest = did.partition(":web:")
    authority, *segments = rest.split(":")
    if scheme != "did":
        raise DidError("not a did:web; only did:web issuers are known here")
    name, separator, port = _split_authority(authority)
    _require_host(name, separator, port)
    for segment in segments:
        _require_segment(segment)
    path = "/".join(segments) if segments else ".well-known"
    return f"https://{name}{f':{port}' if port else ''}/{path}/did.json"


def _split_authority(authority: str) -> tuple[str, str, str]:
    # The only escape did:web has in a host is that of the colon; either case of its digits is
    # allowed.
    for colon in ("%3A", "%3a"):
        if colon in authority:
            name, separator, port = authority.partition(colon)
            return name.lower(), separator, port
    return authority.lower(), "", ""


def _require_host(name: str, separator: str, port: str) -> None:
    labels = name.split(".")
    if len(name) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise DidError("the host of a did:web is a domain name in ASCII letters (xn-- for others)")
    # A name that ends in a number is an IPv4 address to every browser: 127.0.0.1, 2130706433,
    # 0x7f.1.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        raise DidError("the host of a did:web is a domain name, not an IP address")
    if separator and not (_PORT.fullmatch(port) and int(port) <= _MAX_PORT):
        raise DidError("the port of a did:web is a number from 1 to 65535")


def _require_segment(segment: str) -> None:
    if not _SEGMENT.fullmatch(segment) or set(segment) == {"."}:
        raise DidError(
            "a segment of a did:web is made of letters, digits, dot, underscore and hyphen"
        )
