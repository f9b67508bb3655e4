"""A DNS server on loopback, UDP and TCP, that says what a test gave it, and lies when told to."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Zone:
    """What the server knows: TXT records by name, aliases, and how it behaves.

    Attributes:
        port: Where it listens.
        records: Texts by name, without the last dot.
        aliases: Other names by name.
        rcode: What it answers instead of an answer.
        is_silent: Whether it answers at all.
        garbage: What it sends instead of an answer.
        forge: Makes packets that are sent before the true one.
        forge_elsewhere: Likewise, from another port than the one that was asked.
        asked: (transport, name) of every question.
    """

    port: int = 0
    records: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    rcode: dns.rcode.Rcode | None = None
    is_silent: bool = False
    garbage: bytes = b""
    forge: Callable[[dns.message.Message], list[bytes]] | None = None
    forge_elsewhere: Callable[[dns.message.Message], list[bytes]] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def servers(self) -> list[str]:
        return [f"127.0.0.1:{self.port}"]

    def says(self, name: str, *texts: str) -> None:
        self.records[name] = list(texts)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        name = query.question[0].name
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.rcode is not None:
            response.set_rcode(self.rcode)
            return response
        wanted = name.to_text(omit_final_dot=True).lower()
        while wanted in self.aliases:
            target = self.aliases[wanted]
            response.answer.append(
                dns.rrset.from_text(f"{wanted}.", 60, "IN", "CNAME", f"{target}.")
            )
            wanted = target
        if wanted not in self.records:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif self.records[wanted]:
            quoted = [_quoted(text) for text in self.records[wanted]]
            response.answer.append(dns.rrset.from_text(f"{wanted}.", 60, "IN", "TXT", *quoted))
        return response

    def packets(self, query: dns.message.Message) -> list[bytes]:
        """Return the datagrams that are sent back, in order."""
        if self.is_silent:
            return []
        lies = self.forge(query) if self.forge else []
        if self.garbage:
            return [*lies, self.garbage]
        wire = self.answer(query).to_wire(max_size=65535)
        if len(wire) > (query.payload or 512):
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            wire = short.to_wire()
        return [*lies, wire]


def _quoted(text: str) -> str:
    """Cut a text into strings of at most 255 bytes, as a zone file does."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, max(len(text), 1), 255))


@contextmanager
def serving() -> Iterator[Zone]:
    """Serve a zone until the end of the block."""
    zone = Zone()

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, connection = self.request
            query = dns.message.from_wire(data)
            zone.asked.append(("udp", query.question[0].name.to_text(omit_final_dot=True)))
            if zone.forge_elsewhere:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    for packet in zone.forge_elsewhere(query):
                        other.sendto(packet, self.client_address)
            for packet in zone.packets(query):
                connection.sendto(packet, self.client_address)

    class Stream(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.request.recv(2))
            query = dns.message.from_wire(self.request.recv(size))
            zone.asked.append(("tcp", query.question[0].name.to_text(omit_final_dot=True)))
            if zone.is_silent:
                return
            wire = zone.answer(query).to_wire(max_size=65535)
            self.request.sendall(struct.pack("!H", len(wire)) + wire)

    class Datagrams(socketserver.ThreadingUDPServer):
        daemon_threads = True
        block_on_close = False

    class Streams(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    # One number for both, and for this process alone among those that look for one.
    streams = Streams(("127.0.0.1", 0), Stream)
    zone.port = streams.server_address[1]
    datagrams = Datagrams(("127.0.0.1", zone.port), Datagram)
    with datagrams, streams:
        servers: list[socketserver.BaseServer] = [datagrams, streams]
        for server in servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield zone
        datagrams.shutdown()
        streams.shutdown()


@pytest.fixture
def zone(settings: object) -> Iterator[Zone]:
    """Give a test a DNS of its own, and make it the one that is asked."""
    with serving() as served:
        settings.DNS_RESOLVERS = served.servers  # type: ignore[attr-defined]
        yield served
