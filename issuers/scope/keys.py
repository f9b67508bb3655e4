"""Foreign keys that cannot leave their issuer: which statements it takes.

A key from an issuer's row to another leads through the issuer: `(issuer_id, x_id)` to
`(issuer_id, id)`. Where that issuer is another column, which may be empty, PostgreSQL looks at no
part of such a key while it is (MATCH SIMPLE): so a check says that it is not.
"""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import ForeignKey

from issuers.scope.rows import Wall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from issuers.scope.walls import Catalogue


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key: which columns of a table lead to which of another."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    targets: tuple[str, ...]


def missing(catalogue: Catalogue) -> Iterator[str]:
    """Return the statements that it takes; none where every key leads through its issuer."""
    keys = [*_standing(catalogue), *_of_models(catalogue)]
    unique = {(table, tuple(columns)) for table, columns in catalogue.ask(_UNIQUE)}
    whole = {(key.table, key.columns, key.target, key.targets) for key in keys}
    for key in keys:
        if len(key.columns) != 1:
            continue
        through = catalogue.walls.get(key.table, Wall()).through
        issuer = f"{through.get(key.columns[0].removesuffix('_id'), 'issuer')}_id"
        columns, targets = (issuer, *key.columns), ("issuer_id", *key.targets)
        if (key.target, targets) not in unique:
            unique.add((key.target, targets))
            name = f"wall_{key.target}"[:63]
            yield f'ALTER TABLE "{key.target}" ADD CONSTRAINT "{name}" UNIQUE {_list(targets)}'
        if (key.table, columns, key.target, targets) not in whole:
            whole.add((key.table, columns, key.target, targets))
            name = f"wall_{key.table}_{key.columns[0]}"[:63]
            yield (
                f'ALTER TABLE "{key.table}" ADD CONSTRAINT "{name}" FOREIGN KEY {_list(columns)} '
                f'REFERENCES "{key.target}" {_list(targets)} DEFERRABLE INITIALLY DEFERRED'
            )
        if key.name:
            yield f'ALTER TABLE "{key.table}" DROP CONSTRAINT "{key.name}"'
    yield from _missing_checks(catalogue, sorted((table, *pair) for table, pair, *_to in whole))


def _missing_checks(catalogue: Catalogue, pairs: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Let no key be without its issuer, where that column may be empty."""
    nullable = set(catalogue.ask(_NULLABLE))
    checks = set(catalogue.ask(_CHECKS))
    for table, issuer, *column in pairs:
        if len(column) != 1 or (table, issuer) not in nullable:
            continue
        name = f"wall_{table}_{column[0]}_whose"[:63]
        check = f"CHECK ((({column[0]} IS NULL) OR ({issuer} IS NOT NULL)))"
        if (table, name, check) not in checks:
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'
            yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {check}'


def _standing(catalogue: Catalogue) -> list[Key]:
    """Return every foreign key from a table of issuers' rows to another."""
    return [
        Key(name, table, tuple(columns), target, tuple(targets))
        for name, table, columns, target, targets in catalogue.ask(_KEYS)
        if table in catalogue.walled and target in catalogue.walled
    ]


def _of_models(catalogue: Catalogue) -> Iterator[Key]:
    """Return the foreign keys that models want, in case somebody took one away."""
    there = {(table, column) for table, column, _kind in catalogue.columns()}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, ForeignKey) or not getattr(field, "db_constraint", True):
                continue
            table, target = model._meta.db_table, field.related_model._meta
            if {table, target.db_table} <= set(catalogue.walled) and (table, field.column) in there:
                columns, targets = (str(field.column),), (str(target.pk.column),)
                yield Key("", table, columns, target.db_table, targets)


def _list(columns: Sequence[str]) -> str:
    return "(" + ", ".join(f'"{column}"' for column in columns) + ")"


_KEYS = """
SELECT conname, source.relname,
       ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place),
       target.relname,
       ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place)
FROM pg_constraint JOIN pg_class source ON source.oid = conrelid
                   JOIN pg_class target ON target.oid = confrelid
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0
ORDER BY conname
"""
_UNIQUE = """
SELECT relname,
       ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place)
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE indisunique AND indpred IS NULL AND relnamespace = 'public'::regnamespace
"""
_NULLABLE = """
SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND NOT attnotnull
"""
_CHECKS = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
