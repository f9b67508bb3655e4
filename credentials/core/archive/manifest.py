"""The manifest of an archive: what is in it, of what size, with which digest; and whose it is.

It is the last member that is written and the first that is read. It names the organisation and
nobody else, so it may be read without the passphrase.

Sources: RFC 8785 (JCS); ZIP (APPNOTE 6.3.10); FIPS 180-4 (SHA-256).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from credentials.core import canonical
from credentials.core.archive import keys

TYPE = "AcquisArchive"
VERSION = 1
NAME = "manifest.json"
SCHEMA = "schema.json"
MAX_BYTES = 64 * 1024 * 1024
# One file a batch, and some twenty tables.
MAX_MEMBERS = 200_000
# What one line of a table may take: an evidence file of 5 MB, or an image, in base64.
MAX_LINE = 32 * 1024 * 1024
MAX_TOTAL = 2**44

_MEMBER = re.compile(
    r"tables/[a-z_]{1,40}\.[a-z_]{1,60}\.ndjson|(people|organisations|trail)\.ndjson"
    r"|anchoring/(batches|commitments)\.ndjson|anchoring/manifests/[0-9a-f]{64}\.manifest"
)
_SEALED = ".sealed"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ARCHIVE = re.compile(r"[0-9a-f]{32}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_MEMBERS = {"type", "version", "archive", "madeAt", "from", "organisation", "withKeys", "members"}
_SEAL_MEMBERS = {"seal", "mac"}
_ORGANISATION = ("uuid", "slug", "did")


class ManifestError(ValueError):
    """The manifest is not one of ours, or is damaged; says which member, and what is wrong."""


class NewerFormat(ManifestError):  # noqa: N818 - it says what is wrong
    """The archive was made by a later version of this program."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive.

    Attributes:
        rows: its lines; None of what is no table.
        plain: the bytes of the table itself.
        stored: the bytes that the ZIP gives out: the same, or compressed and sealed.
        sha256: of what is stored, in hexadecimal.
    """

    rows: int | None
    plain: int
    stored: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """An archive, told on one page.

    Attributes:
        archive: 32 hexadecimal digits, drawn once: two exports are never the same archive.
        made_at: the instant that all of it is of.
        came_from: the PUBLIC_URL of where it was made.
        organisation: uuid, slug and DID of whose it is.
        with_keys: whether the private halves of its signing keys are in it.
        derivation: how the passphrase becomes a key; None where nothing is sealed.
        members: by name.
        mac: 32 bytes; empty where nothing is sealed.
    """

    archive: str
    made_at: datetime
    came_from: str
    organisation: Mapping[str, str]
    with_keys: bool
    derivation: keys.Derivation | None
    members: Mapping[str, Member] = field(default_factory=dict)
    mac: bytes = b""

    @property
    def archive_bytes(self) -> bytes:
        """Return the name of the archive, 16 bytes."""
        return bytes.fromhex(self.archive)

    def stored_as(self, name: str) -> str:
        """Return what a member is called in the ZIP."""
        return name + _SEALED if self.derivation else name


def write(manifest: Manifest, *, transfer: bytes | None) -> bytes:
    """Return the bytes of the manifest: canonical JSON, authentic where there is a transfer key.

    Source: RFC 8785.
    """
    if transfer is None:
        return canonical.jcs(_as_json(manifest))
    message = canonical.jcs(_as_json(replace(manifest, mac=b"")))
    mac = keys.authenticate(message, transfer=transfer, archive=manifest.archive_bytes)
    return canonical.jcs(_as_json(replace(manifest, mac=mac)))


def read(members: Mapping[str, Any]) -> Manifest:
    """Read a manifest, strictly and within bounds.

    Args:
        members: its JSON, read by a reader that refuses duplicate members.

    Raises:
        NewerFormat: a later version wrote it.
        ManifestError: it is none, or damaged.
    """
    if members.get("type") != TYPE:
        raise ManifestError(f'type must be "{TYPE}"')
    version = members.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ManifestError("version must be a whole number")
    if version > VERSION:
        raise NewerFormat(f"format {version} is newer than {VERSION}, the last one known here")
    wanted = _MEMBERS | (_SEAL_MEMBERS if "seal" in members else set())
    if set(members) != wanted:
        raise ManifestError(f"its members must be {', '.join(sorted(wanted))}")
    try:
        sealing = keys.read_derivation(members["seal"]) if "seal" in members else None
    except keys.PassphraseError as error:
        raise ManifestError(f"seal: {error}") from error
    organisation = members["organisation"]
    if not isinstance(organisation, Mapping) or set(organisation) != set(_ORGANISATION):
        raise ManifestError("organisation must have uuid, slug and did")
    if not isinstance(members["withKeys"], bool):
        raise ManifestError("withKeys must be true or false")
    return Manifest(
        archive=_text(members["archive"], "archive", _ARCHIVE),
        made_at=datetime.fromisoformat(_text(members["madeAt"], "madeAt", _INSTANT)),
        came_from=_short(members["from"], "from"),
        organisation={name: _short(organisation[name], name) for name in _ORGANISATION},
        with_keys=members["withKeys"],
        derivation=sealing,
        members=_read_members(members["members"]),
        mac=bytes.fromhex(_text(members["mac"], "mac", _DIGEST)) if sealing else b"",
    )


def is_authentic(manifest: Manifest, *, transfer: bytes) -> bool:
    """Say whether who wrote the manifest had the passphrase."""
    message = canonical.jcs(_as_json(replace(manifest, mac=b"")))
    return keys.is_authentic(
        message, manifest.mac, transfer=transfer, archive=manifest.archive_bytes
    )


def _as_json(manifest: Manifest) -> dict[str, Any]:
    members: dict[str, Any] = {
        "type": TYPE,
        "version": VERSION,
        "archive": manifest.archive,
        "madeAt": manifest.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "from": manifest.came_from,
        "organisation": dict(manifest.organisation),
        "withKeys": manifest.with_keys,
        "members": {
            name: {
                **({} if each.rows is None else {"rows": each.rows}),
                "plainBytes": each.plain,
                "bytes": each.stored,
                "sha256": each.sha256,
            }
            for name, each in sorted(manifest.members.items())
        },
    }
    if manifest.derivation is not None:
        members["seal"] = manifest.derivation.as_json()
        if manifest.mac:
            members["mac"] = manifest.mac.hex()
    return members


def _read_members(value: object) -> dict[str, Member]:
    if not isinstance(value, Mapping):
        raise ManifestError("members must be an object")
    if len(value) > MAX_MEMBERS:
        raise ManifestError(f"at most {MAX_MEMBERS} members")
    found = {str(name): _member(str(name), each) for name, each in value.items()}
    if sum(each.plain for each in found.values()) > MAX_TOTAL:
        raise ManifestError("it is larger than anything that is read here")
    return found


def _member(name: str, value: object) -> Member:
    if not _MEMBER.fullmatch(name):
        raise ManifestError(f"{name[:80]!r} is no member of an archive")
    counts = ("plainBytes", "bytes", *(() if name.endswith(".manifest") else ("rows",)))
    if not isinstance(value, Mapping) or set(value) != {*counts, "sha256"}:
        raise ManifestError(f"{name}: it must have {', '.join(counts)} and sha256")
    for count in counts:
        number = value[count]
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MAX_TOTAL:
            raise ManifestError(f"{name}: {count} must be a whole number")
    return Member(
        rows=value.get("rows"),
        plain=value["plainBytes"],
        stored=value["bytes"],
        sha256=_text(value["sha256"], f"{name}: sha256", _DIGEST),
    )


def _text(value: object, label: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ManifestError(f"{label} is not in its form")
    return value


def _short(value: object, label: str) -> str:
    # PostgreSQL, which is asked for them, knows no NUL.
    if not isinstance(value, str) or not 1 <= len(value) <= 500 or "\0" in value:  # noqa: PLR2004 - as the column
        raise ManifestError(f"{label} must be a short text")
    return value
