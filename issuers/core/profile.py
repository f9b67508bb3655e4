"""Profile: the issuer as Open Badges writes it."""

from collections.abc import Sequence
from typing import Any


def profile(
    *,
    id: str,  # noqa: A002 - the standard's word
    name: str,
    url: str | None = None,
    email: str | None = None,
    description: str | None = None,
    image: str | None = None,
    country: str | None = None,
    identifiers: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Write a Profile, without null and without empty arrays.

    Args:
        id: the issuer's DID.
        name: its name, as people know it.
        url: its home page.
        email: its contact address.
        description: one short paragraph.
        image: address of its logo, or a `data:` URL.
        country: ISO 3166-1 alpha-2 code.
        identifiers: pairs (identifierType, identifier), for example ("ext:SIRET",
            "13002526500013").

    Raises:
        ValueError: `id` or `name` is empty.

    Source: Open Badges 3.0 data models Profile, Address, IdentifierEntry, Image.
    """
    for field, value in (("id", id), ("name", name)):
        if not value.strip():
            raise ValueError(f"a Profile needs a value for {field}")
    document: dict[str, Any] = {"id": id, "type": ["Profile"], "name": name}
    optional = {
        "url": url,
        "email": email,
        "description": description,
        "image": {"id": image, "type": "Image"} if image else None,
        "address": {"type": ["Address"], "addressCountry": country} if country else None,
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": identifier, "identifierType": identifier_type}
            for identifier_type, identifier in identifiers
        ],
    }
    return document | {member: value for member, value in optional.items() if value}
