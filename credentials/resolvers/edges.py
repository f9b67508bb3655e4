"""The caches in front of us: told to forget, one request for each thing that they may hold."""

import http.client
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

# A cache is near; one that takes longer is out of order, and is told again.
SECONDS = 2.0
# What is forgotten, and what was not there.
FORGOTTEN = frozenset({200, 202, 204, 404, 412})

Asked = tuple[str, Mapping[str, str]]


class EdgeSilent(Exception):  # noqa: N818 - it says what is wrong
    """A cache could not be told, or did not do it; the message names the cache."""


def purge(edge: str, *, host: str, asked: Iterable[Asked]) -> None:
    """Tell a cache to forget: `PURGE` with the path and the headers of each request.

    Args:
        edge: Where the cache takes such requests: http://127.0.0.1:8080.
        host: The host of the pages.
        asked: Path and headers of each request whose answer it may hold.

    Raises:
        EdgeSilent: it cannot be reached, or refuses.
    """
    for path, headers in asked:
        status = _status(edge, path, {"Host": host, **headers})
        if status not in FORGOTTEN:
            raise EdgeSilent(f"{edge} answers {status} to PURGE")


def _status(edge: str, path: str, headers: Mapping[str, str]) -> int:
    parts = urlsplit(edge)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    # A connection each: ngx_cache_purge ends them without saying so.
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("PURGE", parts.path.rstrip("/") + path, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise EdgeSilent(f"{edge}: {type(error).__name__}") from error
    finally:
        connection.close()
