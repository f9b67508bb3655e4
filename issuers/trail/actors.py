"""Who acts: told to the database in the same message as each statement that changes rows.

    with acting(door="task credentials.tasks.sign_due"):
        ...

The setting lasts for its transaction, so nothing is left on a connection that a pooler hands to
somebody else. It says what the program knows, and a program that was broken into may lie in it;
the role of the database is written down beside it, and about that nobody can lie.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DOOR = 100
# What changes rows, also behind what the tenant wall says before it, and behind a comment.
CHANGES = re.compile(
    r"\s*(?:SELECT set_config\([^;]*;)?(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:INSERT|UPDATE|DELETE|MERGE|WITH|COPY)\b",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = re.compile(r"[^A-Za-z0-9 ._:/<>-]")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; asked for when something is changed, since most doors change nothing.

    Attributes:
        door: By which way: "POST console-keys", "task …", "command …". Never what was asked in it.
        user_id: The person, if there is one.
    """

    door: Callable[[], str]
    user_id: Callable[[], int | None]


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(
    *, door: Callable[[], str] | str, user_id: Callable[[], int | None] | int | None = None
) -> Iterator[None]:
    """Let the trail know who changes rows in the block.

    Args:
        door: By which way; letters, digits and a few signs, anything else becomes "?".
        user_id: The person's key. Either may be a function, called once something is changed.
    """
    actor = Actor(
        door if callable(door) else lambda: door, user_id if callable(user_id) else lambda: user_id
    )
    token = _actor.set(actor)
    try:
        if _tell in connection.execute_wrappers:
            yield
        else:
            with connection.execute_wrapper(_tell):
                yield
    finally:
        _actor.reset(token)


def _tell(
    execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: dict[str, Any]
) -> Any:
    actor = _actor.get()
    if (
        actor is None
        or not isinstance(sql, str)
        or not CHANGES.match(sql)
        or getattr(context["cursor"].cursor, "name", None)
    ):
        return execute(sql, params, many, context)
    user_id, door = actor.user_id(), _PLAIN.sub("?", actor.door())[:MAX_DOOR]
    said = (
        f"SELECT set_config('acquis.actor', '{'' if user_id is None else int(user_id)}', true), "
        f"set_config('acquis.door', '{door}', true); "
    )
    return execute(said + sql, params, many, context)
