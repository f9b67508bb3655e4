"""The outside world of the resolvers, as their tests make it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from credentials import resolvers

HOST = "badges.example.org"
JSON = "application/json"


@dataclass
class Guard:
    """What Python connected to, and the ports of the tests' own servers."""

    connected: list[str] = field(default_factory=list)
    ports: set[int] = field(default_factory=set)


def answering(*answers: str) -> tuple[Callable[[str], Sequence[str]], list[str]]:
    """Return a lookup that gives `answers` for any name, and the names that it was asked for."""
    asked: list[str] = []

    def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        return answers

    return lookup, asked


Answer = Iterator[bytes | float]


def page(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@dataclass
class Server:
    """Answers each path with what a test gave for it: bytes, and pauses in seconds."""

    port: int
    network: resolvers.Network
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)

    def says(self, path: str, *parts: bytes | float) -> str:
        return self.streams(path, lambda: iter(parts))

    def streams(self, path: str, answer: Callable[[], Answer]) -> str:
        self.answers[path] = answer
        return f"https://{HOST}{path}"


def refusal(url: str, network: resolvers.Network, **options: float) -> str:
    """Fetch, expect that it fails, and return the reason."""
    seconds = options.get("seconds", 2.0)
    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(
            url,
            accept=JSON,
            network=network,
            seconds=seconds,
            limit=int(options.get("limit", 1000)),
            redirects=int(options.get("redirects", 0)),
        )
    return refused.value.reason
