"""What may have changed since an answer about a credential was given; everything else stays.

Threads that ask at the same time ask together. Whoever comes while a question is under way joins
the next one, and one of them puts it for all:

    thread 1   asks ........ answered
    thread 2      joins .............. asks for 2, 3 and 4 ... answered
    thread 3        joins ...................................  answered
    thread 4             joins ..............................  answered

No question is joined once it was put, so that each answer is younger than who asked for it. To put
one question takes the database and us much longer than to answer one more within it.

Each thread has a connection of its own. Where one is dead and nothing says so, whoever asks on it
waits as long as TCP does: nobody else waits for them for longer than `PATIENCE`.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from django.db import Error, connection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

# Seconds; a question takes one or two thousandths of one.
PATIENCE = 2.0
# A function of the database's, which then plans it once: to make a query of Django's takes longer
# than to answer it, and so does planning. It sees the rows of every issuer, takes names of 128
# random bits, and shows fingerprints alone.
_FACTS = "SELECT credentials_fingerprints(%s::varchar[])"


def ask(tokens: Collection[str]) -> Mapping[str, str | None]:
    """Return fingerprints of what decides whether answers still hold, by token; one query.

    None where there is no such credential.

    Of each credential its state, and whether anybody may still read it. The document, its anchor
    once final, and what the badge says never change.
    """
    asked = list(tokens)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [asked])
        [found] = cursor.fetchone()
    return dict(zip(asked, found, strict=True))


class _Group:
    """Those who ask together.

    Attributes:
        tokens: What they ask about.
        found: What was answered; None if nothing was.
        answered: Held until then.
    """

    __slots__ = ("answered", "found", "tokens")

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.found: Mapping[str, str | None] | None = None
        self.answered = Lock()
        self.answered.acquire()


class Asking:
    """The questions of one process, one at a time."""

    def __init__(
        self,
        put: Callable[[Collection[str]], Mapping[str, str | None]] = ask,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """Begin with nobody asking.

        Args:
            put: Answers for several at once.
            patience: How long to wait for who asked before, in seconds.
        """
        self._put = put
        self._patience = patience
        self._lock = Lock()  # of what is joined
        self._turn = Lock()  # of who asks
        self._joined: _Group | None = None

    def facts(self, *, token: str) -> str | None:
        """Return the fingerprint of what may have changed of a credential; None without one.

        Raises:
            Error: the database did not answer whoever asked for all, or not in time.
        """
        with self._lock:
            group = self._joined
            is_first = group is None
            if group is None:
                group = self._joined = _Group()
            group.tokens.add(token)
        if is_first:
            self._ask_for(group)
        elif group.answered.acquire(timeout=2 * self._patience):  # theirs for its turn, and ours
            group.answered.release()
        if group.found is None:
            raise Error("the question that this one joined was not answered")
        return group.found[token]

    def _ask_for(self, group: _Group) -> None:
        turn = self._turn
        if not turn.acquire(timeout=self._patience):
            # Who has it may have it for a quarter of an hour: from now on nobody waits for them.
            turn = self._turn = Lock()
            turn.acquire()
        try:
            self._close(group)
            group.found = self._put(group.tokens)
        finally:
            turn.release()
            self._close(group)
            group.answered.release()

    def _close(self, group: _Group) -> None:
        """Let nobody join any more."""
        with self._lock:
            if self._joined is group:
                self._joined = None


facts = Asking().facts
