"""Whose rows a statement is about: said by a query, by the rows that are written, or by a door.

A door (`with inside(issuer):`) is opened by whoever knows for whom a request or a task works: all
that runs within is for that issuer, and naming another one raises. Where no door is open, each
statement says it itself. Nothing here is a transaction, and nothing is left on the connection:
`postgresql.base` hands the name over with every single statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias


class IssuerNotNamed(Exception):  # noqa: N818 - it says what is wrong
    """A statement on an issuer's rows named no issuer."""


class OtherIssuer(Exception):  # noqa: N818 - it says what is wrong
    """A statement named another issuer than the one that its door was opened for."""


@dataclass(frozen=True, slots=True)
class One:
    """The rows of one issuer."""

    issuer_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of whichever issuer has the row of this unguessable name."""

    place: str  # table.column
    value: str


@dataclass(frozen=True, slots=True)
class Own:
    """The rows that are about one person, whoever's they are: their memberships."""

    person_id: int


@dataclass(frozen=True, slots=True)
class Everyone:
    """The rows of every issuer: for workers, whose role alone the database lets look so far."""


Name: TypeAlias = One | Found | Own | Everyone


class Closed:
    """What a query says that was made without an issuer: nothing, and so it does not run."""


CLOSED = Closed()


class Statement:
    """What is being put to the database, and the name that its parts agree on."""

    def __init__(self) -> None:
        self.name: Name | None = None

    def take(self, name: Name) -> None:
        """Let one part of the statement say whose rows it is about.

        Raises:
            OtherIssuer: another part, or the door, said something else.
        """
        door = _door.get()
        if door is not None and not agrees(door, name):
            raise OtherIssuer(f"This is done for {door}, and a query names {name}.")
        if self.name is None or isinstance(name, Everyone):
            self.name = name
        elif self.name != name and not isinstance(self.name, Everyone):
            raise OtherIssuer(f"One statement names {self.name} and {name}.")


_door: ContextVar[Name | None] = ContextVar("door", default=None)
_operator: ContextVar[int | None] = ContextVar("operator", default=None)
_statement: ContextVar[Statement | None] = ContextVar("statement", default=None)


def agrees(door: Name, name: Name) -> bool:
    """Say whether a name may be said behind a door.

    A row that is found by its name must be behind the door, too. A person sees behind every door
    what is about themselves.
    """
    return door == name or isinstance(door, Everyone) or isinstance(name, Found | Own)


def pk_of(issuer: Any) -> int:
    """Return the key of an Issuer, or of what is one already."""
    pk = getattr(issuer, "pk", issuer)
    if not isinstance(pk, int) or isinstance(pk, bool):
        raise TypeError(f"An issuer is named by its row or its key, not by {pk!r}.")
    return pk


@contextmanager
def inside(issuer: Any) -> Iterator[None]:
    """Do everything in the block for one issuer (an Issuer or its id); naming another one raises.

    Raises:
        OtherIssuer: a door of another issuer is open already.
    """
    name = One(pk_of(issuer))
    door = _door.get()
    if door is not None and not agrees(door, name):
        raise OtherIssuer(f"This is done for {door}: leave first, and say why (scope.outside).")
    with through(name):
        yield


@contextmanager
def outside() -> Iterator[None]:
    """Leave the door for the block: for what another issuer shows to everybody. Say why."""
    with through(None):
        yield


@contextmanager
def across_issuers() -> Iterator[None]:
    """Look at the rows of every issuer in the block: for audits and migrations. Say why."""
    with through(Everyone()):
        yield


@contextmanager
def operating(person: Any) -> Iterator[None]:
    """Do everything in the block as an operator of the installation (a User or its id).

    The database then shows what is open to operators, of every issuer, and nothing else.
    """
    token = _operator.set(pk_of(person))
    try:
        yield
    finally:
        _operator.reset(token)


@contextmanager
def through(name: Name | None) -> Iterator[None]:
    """Open a door, or none."""
    token = _door.set(name)
    try:
        yield
    finally:
        _door.reset(token)


@contextmanager
def stating() -> Iterator[Statement]:
    """Put one statement together."""
    token = _statement.set(statement := Statement())
    try:
        yield statement
    finally:
        _statement.reset(token)


def door() -> Name | None:
    """Return whom the open door is for."""
    return _door.get()


def operator() -> int | None:
    """Return the operator who is at work, if one is."""
    return _operator.get()


def statement() -> Statement | None:
    """Return the statement that is being put together."""
    return _statement.get()


def in_force() -> Name | None:
    """Return the name that the database is to be told."""
    opened, said = _door.get(), _statement.get()
    if said is None or said.name is None:
        return opened
    return opened if isinstance(opened, One) and not isinstance(said.name, Own) else said.name
