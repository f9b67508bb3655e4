"""Nothing that a stranger writes makes us ask a machine that is not on the public internet."""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from credentials import resolvers
from issuers.resolvers import addresses, fetching
from tests.services.credentials.resolvers.world import HOST, JSON, Guard, answering

# -- Addresses that are refused as they are written ------------------------------------------------

ILL_FORMED = [
    # Other schemes.
    "http://badges.example.org/",
    "ftp://badges.example.org/",
    "file:///etc/passwd",
    "file://badges.example.org/etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stat",
    "ldap://127.0.0.1/",
    "data:application/json,{}",
    "jar:https://badges.example.org/!/",
    "javascript:alert(1)",
    "unix:///run/postgresql/.s.PGSQL.5432",
    "//badges.example.org/",
    "badges.example.org",
    "",
    "https:",
    "https://",
    "https:///etc/passwd",
    "https:/127.0.0.1/",
    # Other ports.
    "https://badges.example.org:80/",
    "https://badges.example.org:8443/",
    "https://badges.example.org:5432/",
    "https://badges.example.org:0/",
    "https://badges.example.org:99999/",
    "https://badges.example.org:-443/",
    "https://badges.example.org:443:80/",
    "https://badges.example.org:4 43/",
    # User names and passwords, which may look like the host.
    "https://alice@badges.example.org/",
    "https://alice:secret@badges.example.org/",
    "https://badges.example.org@127.0.0.1/",
    "https://badges.example.org:443@127.0.0.1/",
    "https://badges.example.org%40127.0.0.1/",
    "https://127.0.0.1\\@badges.example.org/",
    "https://badges.example.org\\@127.0.0.1/",
    "https://badges.example.org#@127.0.0.1:22/\\",
    # IPv4 addresses, in every way that the C library reads.
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://00000177.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://127.0.0.1./",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://192.168.0.1/",
    "https://93.184.216.34/",
    "https://1.1.1.1/",
    "https://127%2e0%2e0%2e1/",
    "https://%31%32%37.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    # IPv6 addresses.
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]:443/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25lo]/",
    "https://[fd00:ec2::254]/",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    "https://[v1.fe80::a+en1]/",
    "https://[::1/",
    "https://::1/",
    # Names of machines at hand.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost:443/",
    "https://anything.localhost/",
    "https://localhost.localdomain/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://postgres/",
    "https://kubernetes.default.svc.cluster.local/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://example.onion/",
    # Names that are not names, and characters that programs read differently.
    "https://badges.example.org./",
    "https://badges..example.org/",
    "https://.example.org/",
    "https://-badges.example.org/",
    "https://badges_.example.org/",
    "https://" + "a" * 64 + ".example.org/",
    "https://" + "a." * 130 + "example.org/",
    "https://bücher.example.org/",
    "https://badges.example.org\u3002evil.example/",
    "https://badges\u00ad.example.org/",
    "https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://loc\u0430lhost/",
    "https://badges.example.org\t/",
    "https://badges.example.org\r\nHost: internal/",
    "https://badges.example.org/\r\nX-Injected: 1",
    "https://badges.example.org/ HTTP/1.1",
    "https://badges.example.org/\x00",
    " https://badges.example.org/",
    "https://badges.example.org/é",
    "https://badges.example.org/\\..\\",
    "https://badges.example.org/" + "a" * 2048,
]


@pytest.mark.parametrize("url", ILL_FORMED)
def test_an_address_that_is_not_plain_https_to_a_public_name_is_not_even_looked_up(
    url: str, guard: Guard
) -> None:
    lookup, asked = answering("127.0.0.1")

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(url, accept=JSON, network=resolvers.Network(lookup=lookup))

    assert asked == []
    assert guard.connected == []
    assert refused.value.reason


def test_there_are_at_least_sixty_of_them() -> None:
    assert len(set(ILL_FORMED)) >= 60


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://badges.example.org", "badges.example.org", "/"),
        ("HTTPS://Badges.Example.ORG:443/a/b?c=d&e#f", "badges.example.org", "/a/b?c=d&e"),
        ("https://xn--bcher-kva.example/%C3%A9", "xn--bcher-kva.example", "/%C3%A9"),
        ("https://3.example.org/[x]", "3.example.org", "/[x]"),
    ],
)
def test_an_address_of_the_public_web_is_read(url: str, host: str, path: str) -> None:
    target = addresses.parse(url)

    assert target == addresses.Target(host, path)


# -- Names behind which there is something private -------------------------------------------------

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "2606:2800:220:1:248:1893:25c8:1946%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
    "127.1",
    "0x7f000001",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    address: str, guard: Guard
) -> None:
    lookup, asked = answering(address)

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert asked == [HOST]
    assert guard.connected == []
    assert not address or address not in refused.value.reason


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_connected_to(address: str, guard: Guard) -> None:
    lookup, _asked = answering(address)

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert guard.connected == [address]


@pytest.mark.parametrize(
    "answers", [("93.184.216.34", "127.0.0.1"), ("::1", "93.184.216.34"), ("1.1.1.1", "10.0.0.1")]
)
def test_one_private_address_among_public_ones_spoils_them_all(
    answers: tuple[str, ...], guard: Guard
) -> None:
    lookup, _asked = answering(*answers)

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert guard.connected == []


def test_a_name_that_is_rebound_after_the_lookup_is_not_asked_for_again(guard: Guard) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    network = resolvers.Network(lookup=lambda host: next(answers))

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=network)

    assert guard.connected == ["93.184.216.34"]
    assert next(answers) == ["127.0.0.1"], "the name was looked up once"


def test_every_address_that_is_not_global_for_python_is_refused_too() -> None:
    # Ours is the longer list; where Python knows of a range that we forgot, this says so.
    samples = (
        ipaddress.ip_address(value)
        for value in [
            *(
                (first << 24) + (second << 16) + 0x0101
                for first in range(256)
                for second in range(256)
            ),
            *((first << 112) + 1 for first in range(0, 65536, 7)),
        ]
    )

    leaks = [str(ip) for ip in samples if not ip.is_global and addresses.is_public(str(ip))]

    assert leaks == []


def test_many_names_that_lead_nowhere_are_each_given_up_in_time() -> None:
    release = threading.Event()

    def endless(host: str) -> Sequence[str]:
        release.wait(10)
        return []

    network = resolvers.Network(lookup=endless)
    started = time.monotonic()

    for _attempt in range(3):
        with pytest.raises(resolvers.Unavailable) as refused:
            resolvers.fetch(f"https://{HOST}/", accept=JSON, seconds=0.1, network=network)

    release.set()
    assert time.monotonic() - started < 2
    assert "in time" in refused.value.reason


def test_a_name_that_does_not_exist_is_named_so() -> None:
    def nowhere(host: str) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=nowhere))

    assert refused.value.reason == "there is no such host"


# -- Nobody else asks ------------------------------------------------------------------------------


def test_no_other_module_of_the_house_opens_a_connection() -> None:
    root = Path(fetching.__file__).resolve().parents[2]
    client = re.compile(
        r"^\s*(?:import|from) (?:http\.client|urllib\.request|urllib3|requests|httpx|aiohttp|"
        r"socket|ssl|asyncio|ftplib|smtplib|websockets|dns)\b",
        re.MULTILINE,
    )
    allowed = {
        "credentials/resolvers/edges.py",  # the caches that the operator named
        "credentials/resolvers/post.py",  # the mail server that the operator named
        "issuers/resolvers/fetching.py",
        "issuers/resolvers/keyrings.py",  # the key service that the operator named
        "issuers/resolvers/providers.py",  # takes the name of an exception, and asks fetching
        "issuers/resolvers/records.py",
        "blockchain/chains/evm.py",
    }

    speakers = {
        str(path.relative_to(root))
        for app in ("issuers", "learners", "badges", "blockchain", "credentials")
        for path in (root / app).rglob("*.py")
        if client.search(path.read_text())
    }

    assert speakers - allowed == set()
