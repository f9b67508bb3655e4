"""Where the pages are served, and under which address credentials know them."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.embedded.chain import LOOPBACK, is_free
from config.embedded.folder import EmbeddedError, Folder

DEFAULT_PORT = 8000
LOOPBACK_6 = "::1"
HIGHEST_PORT = 65_535
FIRST_PORT_FOR_ALL = 1024


@dataclass(frozen=True)
class Address:
    """Where we listen, what credentials carry, and what a person should know about it."""

    port: int
    public_url: str
    listen: tuple[str, ...]
    warning: str = ""


def choose(folder: Folder, *, environment: Mapping[str, str], port: int | None) -> Address:
    """Choose the port and the public address, and remember the latter.

    PUBLIC_URL is written into every credential and into the names of the issuers, so the first one
    stays.

    Args:
        folder: The data folder.
        environment: May have PUBLIC_URL, and LISTEN_HOST for elsewhere than the loopback.
        port: Asked for; None for the one that the public address names.

    Raises:
        EmbeddedError: the port is taken, or no port.
    """
    former = folder.recall("public_url")
    public_url = (environment.get("PUBLIC_URL") or former).rstrip("/")
    if port is None:
        port = port_of(public_url) or DEFAULT_PORT
    listen = _addresses(environment.get("LISTEN_HOST", ""), port)
    if not public_url:
        public_url = f"http://localhost:{port}"
    folder.remember("public_url", public_url)
    return Address(port, public_url, listen, _warning(public_url, former=former, port=port))


def port_of(public_url: str) -> int | None:
    """Return the port of a local address; a proxy's is not ours to listen on."""
    parts = urlsplit(public_url)
    return parts.port if parts.hostname in ("localhost", LOOPBACK, LOOPBACK_6) else None


def _addresses(host: str, port: int) -> tuple[str, ...]:
    if not 0 < port <= HIGHEST_PORT:
        raise EmbeddedError(
            f"{port} is not a port: choose one from 1 to {HIGHEST_PORT} with --port."
        )
    # A browser asks for localhost on ::1 first, and would find there whoever else listens.
    hosts = [host] if host else [LOOPBACK, *([LOOPBACK_6] if _has_version_6() else [])]
    for one in hosts:
        if not is_free(port, one):
            if port < FIRST_PORT_FOR_ALL:
                raise EmbeddedError(
                    f"Port {port} is taken or reserved: choose another, as in --port 8001"
                )
            raise EmbeddedError(
                f"Port {port} is taken by another program on this machine: stop it, "
                f"or choose another port, as in manage.py up --port {port + 1}"
            )
    return tuple(f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in hosts)


def _has_version_6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((LOOPBACK_6, 0))
    except OSError:
        return False
    return True


def _warning(public_url: str, *, former: str, port: int) -> str:
    if former and former != public_url:
        return (
            f"This data folder was made for {former}; PUBLIC_URL now says {public_url}. "
            "New credentials carry the new address. Those already issued, and the names of the "
            "issuers, keep the former one, and verify only while it answers."
        )
    named = port_of(public_url)
    if named is not None and named != port:
        return (
            f"This data folder was made for {public_url}: its credentials and issuers carry that "
            f"address. The pages open on port {port} now, but links, QR codes and verifiers still "
            f"look for port {named}. Start without --port to serve {public_url}, or begin afresh "
            "with another DATA_DIR."
        )
    return ""
