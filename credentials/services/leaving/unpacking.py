"""Unpack: an organisation comes with everything it has; all of it in one transaction, or nothing.

Nothing in the archive is believed for being there: rows are held against their form and may point
to rows of the archive alone, batches must lead to their roots, and to the chain where it answers.
Whose the archive is, its address says: the DID of this organisation on this installation.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from credentials.core.archive import values
from credentials.core.archive.values import Kind
from credentials.selectors import leaving
from credentials.services.leaving import anchors, settling, trails
from credentials.services.leaving.contents import require_contents
from credentials.services.leaving.packing import ORGANISATIONS, PEOPLE
from credentials.services.leaving.reading import ArchiveRefused, Reader
from credentials.services.leaving.rows import Line, Numbers, insert, refusing, require_form
from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from issuers.core import did
from issuers.resolvers import keyrings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

PIECE = 500


@dataclass(slots=True)
class Unpacked:
    """What was taken in.

    Attributes:
        issuer: the organisation, as it is here.
        is_new: False where this very archive had come before, and nothing was done.
        rows: how many of each table.
        left_out: what could not come along, and why.
        batches: how many came, how many were here, and how many of both the chain confirmed.
        waiting: leaves that wait for an anchor again.
        entries: of the audit trail that came along.
    """

    issuer: issuers.Issuer
    is_new: bool = True
    rows: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    batches: anchors.Counts = field(default_factory=anchors.Counts)
    waiting: int = 0
    entries: int = 0


def unpack(*, path: Path, passphrase: str | None, now: datetime) -> Unpacked:
    """Take an organisation in from an archive.

    Args:
        path: Of the archive.
        passphrase: That it was sealed with; None for one in clear.
        now: The instant of the arrival.

    Raises:
        ArchiveRefused: it is damaged, not ours, or in conflict with what is here; in words. Nothing
            was written.
        KeyServiceUnavailable: the service that wraps data keys does not answer.
        OSError: a manifest cannot be written to MANIFEST_DIR.
    """
    # A rule may speak up only when all is there, and the transaction ends.
    with Reader(path, passphrase) as reader, refusing("It"), transaction.atomic():
        return _Unpacking(reader, now).run()


class _Unpacking:
    """One import; a class because its steps share the keys that were exchanged."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self.reader, self.now = reader, now
        self.manifest = reader.manifest
        self.numbers: dict[str, Numbers] = {}
        self.last = 0
        self.people: dict[int, int] = {}
        self.organisations: dict[int, tuple[int | None, str]] = {}
        self.absent: set[tuple[str, int]] = set()

    def run(self) -> Unpacked:
        if (known := self._known()) is not None:
            return Unpacked(known, is_new=False)
        self._require_this_address()
        issuer = self._register()
        with scope.inside(issuer):
            return self._fill(Unpacked(issuer))

    def _fill(self, done: Unpacked) -> Unpacked:
        issuer = done.issuer
        self._meet()
        named = {each.target for table in leaving.tables() for each in table.columns}
        for table in leaving.tables():
            if table.label in leaving.KEYS_ONLY and not self.manifest.with_keys:
                continue
            if not self.reader.has(table.member):  # made before there was such a table
                continue
            self.numbers[table.label] = Numbers()
            done.rows[table.label] = self._table(table, issuer, done, is_named=table.label in named)
        done.batches = anchors.take_in(self.reader, now=self.now)
        done.waiting = settling.settle(issuer=issuer, now=self.now)
        issuers.Issuer.objects.filter(pk=issuer.pk).update(four_eyes=self.four_eyes)
        arrival = issuers.Arrival.objects.of(issuer).create(
            issuer=issuer,
            archive=uuid.UUID(self.manifest.archive),
            came_from=self.manifest.came_from,
            made_at=self.manifest.made_at,
            arrived_at=self.now,
            with_keys=self.manifest.with_keys,
        )
        done.entries = trails.take_in(self.reader, arrival=arrival)
        # Last: files stay where they are when a transaction is taken back.
        anchors.keep_manifests(self.reader, done.batches)
        return done

    # -- the organisation --------------------------------------------------------------------------
    def _known(self) -> issuers.Issuer | None:
        """Return the organisation if this archive brought it; refuse if something else did."""
        told = self.manifest.organisation
        for name in ("uuid", "slug", "did"):
            try:
                found = issuers.Issuer.objects.filter(**{name: told[name]}).first()
            except ValidationError as error:
                raise ArchiveRefused("manifest.json: uuid is no UUID.") from error
            if found is None:
                continue
            archive = uuid.UUID(self.manifest.archive)
            if issuers.Arrival.objects.of(found).filter(archive=archive).exists():
                return found
            raise ArchiveRefused(
                f"{name} {told[name]} is taken here, by {found.name} ({found.slug}), which did not "
                "come with this archive. An organisation is taken in once, where it is not yet."
            )
        return None

    def _require_this_address(self) -> None:
        here, there = settings.PUBLIC_URL, self.manifest.came_from
        if here != there:
            raise ArchiveRefused(
                f"Its documents name {there}, and this installation is {here} (PUBLIC_URL). Every "
                f"address and proof of its badges stays good only at {there}: let this "
                "installation answer there (docs/leaving.md, The address), and take it in again."
            )
        host = urlsplit(here).netloc
        expected = did.did_web(host, "issuers", self.manifest.organisation["slug"])
        if self.manifest.organisation["did"] != expected:
            raise ArchiveRefused(
                f"did {self.manifest.organisation['did']} is not what this organisation is called "
                f"here: {expected}."
            )

    def _register(self) -> issuers.Issuer:
        table = leaving.table_of(leaving.ISSUER)
        lines = [Line(table, *each) for each in self.reader.rows(table.member)]
        if len(lines) != 1:
            raise ArchiveRefused(f"{table.member} must have one line: the organisation.")
        line = lines[0]
        issuer = issuers.Issuer(
            **{each.attname: line.value(each) for each in table.columns if line.has(each)}
        )
        for name, told in self.manifest.organisation.items():
            if str(getattr(issuer, name)) != told:
                line.refuse(f"{name} is not that of the manifest: it names another organisation")
        require_form(line, issuer)
        require_contents(line, issuer)
        # Until all is here: what was signed long ago waits for no second person.
        self.four_eyes, issuer.four_eyes = issuer.four_eyes, False
        issuer.is_name_compared = False
        # Its suspension was that installation's word.
        issuer.suspended_at, issuer.suspended_for = None, ""
        issuer.pk = None
        with refusing(table.member):
            issuer.save(force_insert=True)
        return issuer

    def _meet(self) -> None:
        """Find or make the people and find the organisations that rows name."""
        for number, row in self.reader.rows(PEOPLE):
            where = f"{PEOPLE}, line {number}"
            if row.keys() != {"id", "email", "name"} or not isinstance(row["id"], int):
                raise ArchiveRefused(f"{where}: it must have id, email and name.")
            name, email = _text(where, row, "name"), _text(where, row, "email").strip().lower()
            try:
                validate_email(email)
            except ValidationError as error:
                raise ArchiveRefused(f"{where}: email is malformed.") from error
            self.people[row["id"]] = parties.meet(email=email, name=name[:200]).pk
        for number, row in self.reader.rows(ORGANISATIONS):
            where = f"{ORGANISATIONS}, line {number}"
            if row.keys() != {"id", "did", "name"} or not isinstance(row["id"], int):
                raise ArchiveRefused(f"{where}: it must have id, did and name.")
            name, did_there = _text(where, row, "name")[:200], _text(where, row, "did")
            found = issuers.Issuer.objects.filter(did=did_there).first()
            self.organisations[row["id"]] = (found.pk if found else None, name)

    # -- the tables --------------------------------------------------------------------------------
    def _table(
        self, table: leaving.Table, issuer: issuers.Issuer, done: Unpacked, *, is_named: bool
    ) -> int:
        count, later, self.last = 0, [], 0
        piece: list[tuple[int, Any]] = []
        for number, row in self.reader.rows(table.member):
            line = Line(table, number, row)
            read = self._instance(line, issuer, done)
            if read is None:
                continue
            instance, own = read
            piece.append((self._old_key(line), instance))
            later += [(instance, attname, old, line) for attname, old in own]
            if len(piece) == PIECE:
                count += self._insert(table, issuer, piece, is_named=is_named)
                piece = []
        count += self._insert(table, issuer, piece, is_named=is_named)
        for instance, attname, old, line in later:
            new = self.numbers[table.label].find(old)
            if new is None:
                line.refuse(f"{attname} names a row that is not in the archive")
            table.model.objects.of(issuer).filter(pk=instance.pk).update(**{attname: new})
        return count

    def _insert(
        self,
        table: leaving.Table,
        issuer: issuers.Issuer,
        piece: list[tuple[int, Any]],
        *,
        is_named: bool,
    ) -> int:
        if not piece:
            return 0
        if table.label in leaving.DATA_KEYS:
            self._wrap(table, [instance for _old, instance in piece])
        insert(table, issuer, [instance for _old, instance in piece])
        if is_named:
            for old, instance in piece:
                self.numbers[table.label].add(old, instance.pk)
        return len(piece)

    def _wrap(self, table: leaving.Table, instances: list[Any]) -> None:
        ring = keyrings.learner()
        if leaving.DATA_KEYS[table.label] == "signing":
            found = keyrings.signing()
            if found is None:
                raise ArchiveRefused(
                    "It brings signing keys, and this process holds no SIGNING_KEK: take it in "
                    "where workers run."
                )
            ring = found
        deks = [bytes(each.wrapped_dek) for each in instances]
        if any(len(dek) != 32 for dek in deks):  # noqa: PLR2004 - the size of a data key
            raise ArchiveRefused(f"{table.member}: a data key is 32 bytes.")
        for instance, wrapped in zip(instances, ring.wrap(deks), strict=True):
            instance.wrapped_dek = wrapped

    def _old_key(self, line: Line) -> int:
        old = line.row.get(line.table.key)
        if not isinstance(old, int) or isinstance(old, bool) or not 0 < old < 2**53:
            line.refuse(f"{line.table.key} must be the number of the row")
        if old <= self.last:
            line.refuse("rows must come in the order of their numbers, each once")
        self.last = old
        return old

    def _instance(
        self, line: Line, issuer: issuers.Issuer, done: Unpacked
    ) -> tuple[Any, list[tuple[str, int]]] | None:
        """Return the row as it will be here, and where it names rows of its own table.

        None for one that is about somebody who is not here.
        """
        fields: dict[str, Any] = {"issuer": issuer}
        own: list[tuple[str, int]] = []
        unnamed: set[str] = set()
        for column in line.table.columns:
            if column.name == line.table.key and not column.target:
                continue
            if not line.has(column):
                continue
            value = line.value(column)
            if value is not None and column.target:
                found = self._found(line, column, value, own)
                if found is None and column.needed:
                    self.absent.add((line.table.label, self._old_key(line)))
                    done.left_out.append(self._missing(line, column, value))
                    return None
                value = found or None
                if found is None and column.whose:  # with the row, its organisation is not named
                    unnamed.add(column.whose)
            fields[column.attname] = value
        fields |= {each.attname: None for each in line.table.columns if each.name in unnamed}
        instance = line.table.model(**fields)
        settling.unproven(
            line.table.label, instance, with_keys=self.manifest.with_keys, now=self.now
        )
        require_form(line, instance)
        require_contents(line, instance)
        return instance, own

    def _found(
        self, line: Line, column: leaving.Column, value: Any, own: list[tuple[str, int]]
    ) -> int | None:
        """Return the key here of a row that a row names; 0 if it comes later, None if never."""
        if column.target == leaving.USER:
            if value not in self.people:
                line.refuse(f"{column.name} names somebody who is not in {PEOPLE}")
            return self.people[value]
        if column.target == leaving.ISSUER:
            if value not in self.organisations:
                line.refuse(f"{column.name} names an organisation not in {ORGANISATIONS}")
            return self.organisations[value][0]
        if column.kind is Kind.NAME:
            return self._elsewhere(line, column, value)
        if column.target == line.table.label:
            own.append((column.attname, value))
            return 0
        numbers = self.numbers.get(column.target)
        found = numbers.find(value) if numbers else None
        if found is None and (column.target, value) not in self.absent:
            line.refuse(f"{column.name} names a row that is not in the archive")
        return found

    def _elsewhere(self, line: Line, column: leaving.Column, value: str) -> int | None:
        """Find the row of another organisation by its uuid, if both are here."""
        whose = line.row.get(column.whose)
        owner = self.organisations.get(whose, (None, ""))[0] if isinstance(whose, int) else None
        if owner is None:
            return None
        model: Any = apps.get_model(column.target)
        with scope.outside():  # the row is the other organisation's
            rows = model.objects.of(owner).filter(uuid=value)
            found: int | None = rows.values_list("pk", flat=True).first()
        return found

    def _missing(self, line: Line, column: leaving.Column, value: Any) -> str:
        whose = line.row.get(column.whose) if column.whose else value
        known = column.whose or column.target == leaving.ISSUER
        name = self.organisations[whose][1] if known and whose in self.organisations else ""
        reason = f"about {name}, which is not here" if name else f"its {column.name} was left out"
        return f"{line.table.label}, line {line.number}: {reason}"


def _text(where: str, row: Mapping[str, Any], name: str) -> str:
    try:
        return str(values.decode(Kind.TEXT, row[name]) or "")
    except values.ValueRefused as error:
        raise ArchiveRefused(f"{where}: {name}: {error}.") from error
