"""Every table of the program: its rows leave with their organisation, or there is a reason.

A table with an `issuer` is exported without a word, column by column, so that a new one is never
forgotten; what cannot leave, or has to be carried otherwise, is named here. A test walks all
models (tests/test_architecture.py) and asks for a decision where there is none.
"""

# ruff: noqa: SLF001 - `_meta` is what Django documents models by

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from credentials.core.archive.values import Kind
from credentials.core.archive.values import schema as column_schema
from issuers.scope.rows import wall_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ISSUER, USER = "issuers.Issuer", "issuers.User"

# Tables whose rows do not leave, each with its reason.
LEFT_OUT: Mapping[str, str] = {
    "issuers.LiveHost": "what answers here; the other installation asks the DNS itself",
    "issuers.IdentityProvider": "its secret is for this address; it is connected anew",
    "issuers.BreakGlass": "who of this installation looked inside, when and why",
    "issuers.GlassEnd": "as before",
    "issuers.Quota": "what this installation lets it have",
    "issuers.LookAlike": "the operator's judgement on organisations of this installation",
    "issuers.User_groups": "people operate an installation, not an organisation",
    "issuers.User_user_permissions": "as before",
    "admin.LogEntry": "Django's, and empty: nothing of the admin writes here",
    "auth.Group": "as before",
    "auth.Group_permissions": "as before",
    "auth.Permission": "the program's own",
    "contenttypes.ContentType": "the program's own",
    "sessions.Session": "people sign in again",
    "usersessions.UserSession": "people sign in again",
    "account.EmailAddress": "made anew: the code that is sent to it proves it",
    "account.EmailConfirmation": "as before",
    "socialaccount.SocialApp": "people sign in with a code until their provider is connected anew",
    "socialaccount.SocialAccount": "as before",
    "socialaccount.SocialToken": "as before",
    "mfa.Authenticator": "a person's own, and bound to the address of the installation",
    "issuers.TrailEntry": "trail.ndjson, word for word: another database did not see any of it",
    "issuers.TrailSeal": "as before",
    "issuers.TrailMark": "how far the trails of this installation are sealed",
    "issuers.KeyOrder": "what workers of this installation are to do",
    "credentials.KeptLook": "what its people look for again and again; they keep it anew",
    "credentials.Intake": "lists on their way; what became awards leaves as those",
    "credentials.Export": "what was taken along before; its trail says so",
    "credentials.ExportPiece": "as before",
    "credentials.Printing": "copies for paper, there for a few days",
    "credentials.PrintedFile": "as before",
    "credentials.Pile": "what anybody gave to be verified together; it is nobody's organisation's",
    "issuers.InstallationKey": "the installation's own; receipts name it by its address",
    "issuers.InstallationSecret": "as before",
    "credentials.Message": "what this installation sent; the other one tells nobody a second time",
    "credentials.Purge": "what caches in front of this installation must forget",
    "credentials.AudienceLink": "they lead to this installation; their holder makes them anew",
    "learners.Wallet": "a person's own, of no organisation; they open one there, too",
    "learners.WalletAddress": "as before",
    "learners.WalletCode": "as before",
    "learners.WalletSession": "as before",
    "learners.WalletCollection": "as before",
    "learners.WalletCollectionItem": "as before",
    "learners.WalletImport": "as before",
    "blockchain.Sight": "what a worker here saw last of a chain",
}
# Tables that are no issuer's, and of which what the organisation needs has a member of its own.
CARRIED_APART: Mapping[str, str] = {
    ISSUER: "the organisation's own row is the first table",
    USER: "people.ndjson: who is named in a row, by e-mail address",
    "blockchain.Sender": "anchoring/batches.ndjson",
    "blockchain.Batch": "anchoring/batches.ndjson, and its manifests",
    "blockchain.Attempt": "anchoring/batches.ndjson",
    "blockchain.Commitment": "anchoring/commitments.ndjson, and the manifests",
}
# Tables that leave only where the keys are asked for.
KEYS_ONLY = frozenset({"issuers.PrivateKey"})
# Whose column `wrapped_dek` is opened, and wrapped again by who takes it in: by which keyring.
DATA_KEYS: Mapping[str, str] = {"learners.LearnerKey": "learner", "issuers.PrivateKey": "signing"}
# Without which a row is worth nothing: what is said of an award is sealed under its learner's key.
NEEDED = frozenset({"credentials.Endorsement.credential"})
# Bytes that another installation can read, and how. Whatever is encrypted under a key that does not
# leave would arrive dead: a column of bytes is exported once somebody has thought of that.
PORTABLE_BYTES: Mapping[str, str] = {
    "issuers.EarlierTrail.digest": "SHA-256 of the last seal",
    "issuers.EarlierTrailPiece.content": "lines of an earlier trail, gzip",
    "issuers.Issuer.logo": "PNG",
    "issuers.PrivateKey.wrapped_dek": "data key, 32 bytes",
    "issuers.PrivateKey.sealed_private": "sealed under that data key",
    "badges.Achievement.image": "PNG",
    "badges.Achievement.drawing": "SVG",
    "learners.LearnerKey.wrapped_dek": "data key, 32 bytes",
    "credentials.StatusList.taken": "bit string",
    "credentials.StatusList.bits": "bit string",
    "credentials.StatusList.published": "the signed list, word for word",
    "credentials.Endorsement.content": "JSON; of an award, sealed under its learner's data key",
    "credentials.EvidenceFile.digest": "SHA-384",
    "credentials.EvidenceFile.sealed": "sealed under the learner's data key",
    "credentials.Statement.document": "canonical JSON",
    "credentials.Statement.published": "the signed list, word for word",
    "credentials.Statement.digest": "SHA-256",
    "credentials.Statement.salt": "32 bytes",
    "credentials.Statement.leaf": "32 bytes",
    "credentials.Wish.said": "sealed under the learner's data key",
    "credentials.Wish.answer": "sealed under the learner's data key",
    "credentials.Credential.details": "sealed under the learner's data key",
    "credentials.Credential.sealed": (
        "salt (32), digest (32) and signed bytes, sealed under the learner's data key"
    ),
    "credentials.Credential.leaf": "32 bytes",
    "credentials.Edition.sealed": "sealed under the learner's data key",
    "credentials.Transcript.sealed": "as a credential's",
    "credentials.Transcript.leaf": "32 bytes",
}

_KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.BinaryField, Kind.BYTES),
    (models.DateTimeField, Kind.INSTANT),
    (models.DateField, Kind.DAY),
    (models.UUIDField, Kind.UUID),
    (models.DecimalField, Kind.DECIMAL),
    (models.JSONField, Kind.JSON),
    (models.BooleanField, Kind.TRUTH),
    (models.IntegerField, Kind.NUMBER),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
)


class NotDecided(TypeError):  # noqa: N818 - it says what is missing
    """Nobody has said whether a table, or a column, leaves with its organisation."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: of the field, as the archive writes it.
        attname: of the attribute that holds the value.
        kind: how it is written.
        target: the model whose row it names; empty if it names none.
        nullable: whether it may be null.
        whose: of a row elsewhere, the column that names its organisation.
        needed: whether its row stays behind where that row is not to be found.
    """

    name: str
    attname: str
    kind: Kind
    target: str = ""
    nullable: bool = False
    whose: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that leaves.

    Attributes:
        label: the model, as in "credentials.Credential".
        model: the model.
        columns: without the one that says whose a row is.
        key: the column that other rows name it by.
    """

    label: str
    model: Any
    columns: tuple[Column, ...]
    key: str

    @property
    def member(self) -> str:
        """Return the name of its file."""
        return f"tables/{self.label.lower()}.ndjson"


@cache
def tables() -> tuple[Table, ...]:
    """Return every table that leaves; a table that others name comes before them.

    Raises:
        NotDecided: of a table or a column nobody has said whether it leaves.
    """
    found = {table.label: table for table in _exported()}
    order: TopologicalSorter[str] = TopologicalSorter()
    for label, table in sorted(found.items()):
        named = {each.target for each in table.columns if each.kind is Kind.ROW}
        order.add(label, *sorted((named & found.keys()) - {label}))
    return tuple(found[label] for label in order.static_order())


def table_of(label: str) -> Table:
    """Return the table of a model that leaves, or of the organisation itself."""
    return _table(apps.get_model(label))


def undecided() -> list[str]:
    """Return the tables of which nobody has said whether they leave; of a test."""
    known = LEFT_OUT.keys() | CARRIED_APART.keys()
    return [
        model._meta.label
        for model in _all_models()
        if not _has_issuer(model) and model._meta.label not in known
    ]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a line of every table, by the name of its file."""
    return {
        table.member: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": table.label,
            "description": " ".join((table.model.__doc__ or "").split()),
            "type": "object",
            "properties": {each.name: _column_schema(table, each) for each in table.columns},
            "required": [each.name for each in table.columns],
            "additionalProperties": False,
        }
        for table in (table_of(ISSUER), *tables())
    }


def _column_schema(table: Table, column: Column) -> dict[str, Any]:
    found = column_schema(column.kind, nullable=column.nullable)
    said = PORTABLE_BYTES.get(f"{table.label}.{column.name}", "")
    if column.target == USER:
        said = "a row of people.ndjson"
    elif column.target == ISSUER:
        said = "a row of organisations.ndjson"
    elif column.kind is Kind.ROW:
        said = f"a row of {table_of(column.target).member}"
    elif column.kind is Kind.NAME:
        said = f"uuid of a row of the organisation in `{column.whose}`"
    return found | ({"description": said} if said else {})


def _all_models() -> Iterator[Any]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _has_issuer(model: Any) -> bool:
    return any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)


def _exported() -> Iterator[Table]:
    for model in _all_models():
        if _has_issuer(model) and model._meta.label not in LEFT_OUT:
            yield _table(model)


def _table(model: Any) -> Table:
    fields = [
        field
        for field in model._meta.local_concrete_fields
        # What the database works out from other columns, it works out again where it arrives.
        if field.name != "issuer" and not field.generated and not _leads_nowhere(field)
    ]
    return Table(
        label=model._meta.label,
        model=model,
        columns=tuple(_column(model, field) for field in fields),
        key=model._meta.pk.name,
    )


def _leads_nowhere(field: Any) -> bool:
    """Tell whether a column names a row that stays here, and can do without."""
    return bool(field.is_relation and field.null and field.related_model._meta.label in LEFT_OUT)


def _column(model: Any, field: Any) -> Column:
    full = f"{model._meta.label}.{field.name}"
    if field.is_relation:
        target = field.related_model._meta.label
        # A row of another organisation is named by its uuid, and that one by its DID.
        whose = wall_of(model).through.get(field.name, "")
        return Column(
            name=field.name,
            attname=field.attname,
            kind=Kind.NAME if whose else Kind.ROW,
            target=target,
            nullable=field.null,
            whose=whose,
            needed=full in NEEDED or not field.null,
        )
    for kind_of_field, kind in _KINDS:
        if isinstance(field, kind_of_field):
            if kind is Kind.BYTES and full not in PORTABLE_BYTES:
                raise NotDecided(
                    f"{full}: say in PORTABLE_BYTES how another installation reads it, or leave "
                    f"{model._meta.label} out (credentials/selectors/leaving/registry.py)."
                )
            return Column(field.name, field.attname, kind, nullable=field.null)
    raise NotDecided(
        f"{full}: an archive has no way to write {type(field).__name__} "
        "(credentials/core/archive/values.py)."
    )
