"""Key-encryption keys as the settings name them: here, or in a service that gives them to nobody.

What is read
    one or several, separated by spaces, commas or lines; the first wraps, every one unwraps
    64 hexadecimal digits             a key without a name, which gets the default one
    name:64 hexadecimal digits        a key with a name
    https://host/v1/<mount>/keys/<name>   a key of a service that speaks Vault's transit protocol

The name travels with what the key wraps, so a key is renamed only by wrapping everything again.
No key is in what `repr` or an error says: settings are printed where things go wrong.

Sources: RFC 5649 (what they wrap by); NIST SP 800-57 part 1 section 5.3 (one key protects, older
ones still process).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_KEYS = 8

_NAMED = re.compile(r"(?:(?P<name>[a-z0-9][a-z0-9._-]{0,39}):)?(?P<key>[0-9a-fA-F]{64})")
# Nothing but an address: no name of a user, no question, and in clear on this machine alone.
_SERVICE = re.compile(
    r"(?P<base>(?:https://[A-Za-z0-9.-]{1,253}|http://(?:127\.0\.0\.1|localhost))(?::[0-9]{1,5})?"
    r"/v1/[A-Za-z0-9/_-]{1,80})/keys/(?P<name>[A-Za-z0-9_-]{1,40})"
)


class KekError(ValueError):
    """The setting cannot be read; says which entry, and nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """A key that this process holds."""

    kek_id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServiceKek:
    """A key of a key service.

    Attributes:
        base: the address of the mount, e.g. "https://vault.example:8200/v1/transit".
        name: the name of the key there.
    """

    base: str
    name: str


Kek = LocalKek | ServiceKek


def read(text: str, *, default_id: str) -> tuple[Kek, ...]:
    """Read the keys of one purpose, the one that wraps first.

    Args:
        text: the setting.
        default_id: the name of a key that is given without one.

    Raises:
        KekError: an entry cannot be read, or two have one name.
    """
    entries = text.replace(",", " ").split()
    if len(entries) > MAX_KEYS:
        raise KekError(f"at most {MAX_KEYS} keys, not {len(entries)}")
    keks = tuple(
        _entry(entry, position, default_id) for position, entry in enumerate(entries, start=1)
    )
    names = list(_names(keks))
    if len(set(names)) != len(names):
        raise KekError("two keys have the same name")
    return keks


def _entry(entry: str, position: int, default_id: str) -> Kek:
    found = _NAMED.fullmatch(entry)
    if found is not None:
        return LocalKek(found["name"] or default_id, bytes.fromhex(found["key"]))
    place = _SERVICE.fullmatch(entry)
    if place is None:
        raise KekError(
            f"entry {position} is neither 64 hexadecimal digits, nor name:digits, nor"
            " https://host/v1/<mount>/keys/<name>"
        )
    return ServiceKek(place["base"], place["name"])


def _names(keks: tuple[Kek, ...]) -> Iterator[str]:
    for kek in keks:
        yield kek.kek_id if isinstance(kek, LocalKek) else f"{kek.base} {kek.name}"


def version_id(name: str, version: int) -> str:
    """Return the name, in wrapped bytes, of one version of a service's key."""
    return f"{name}/{version}"


def is_version_of(kek_id: str, name: str) -> bool:
    """Say whether that is a version of this key of a service; no local key has a slash in it."""
    prefix, slash, version = kek_id.rpartition("/")
    return bool(slash) and prefix == name and version.isascii() and version.isdigit()
