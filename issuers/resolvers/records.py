"""TXT records, asked of the resolvers that this installation trusts: one name, one answer, bounded.

1. The name is asked whole: no search list, no alias. A proof stands under the name itself, because
   who may write where an alias leads is not who owns the domain.
2. An answer that is not to our question, from another port or with another number, is not read.
3. One that does not fit a datagram is asked for again over TCP; no more than 64 kB can come, and
   of that a few records are read.
4. One deadline covers it all.

Not done here: DNSSEC. A resolver that validates (most public ones, unbound, systemd-resolved when
told to) answers SERVFAIL where a signature is wrong, and then nothing is proven.

Source: RFC 1035 sections 3.3.14 and 4.2; RFC 5452 (forged answers); RFC 8552.
"""

from collections.abc import Sequence

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.utils.translation import gettext as _

from issuers.resolvers.fetching import Unavailable

SECONDS = 5.0
# Of records under one name, and of bytes in one; another's are longer and not ours to read.
MAX_RECORDS = 50
MAX_BYTES = 1_000
_PORT = 53
_WHAT = "DNS"


def texts(name: str, *, servers: Sequence[str] = (), seconds: float = SECONDS) -> tuple[str, ...]:
    """Return the TXT records of a name; none where the DNS says that there are none.

    Args:
        name: A domain name in ASCII.
        servers: Resolvers, as "9.9.9.9", "127.0.0.1:5353" or "[::1]:5353"; those of the system
            where none is named.
        seconds: From the first question to the last byte.

    Raises:
        Unavailable: nobody knows: no resolver answered, or what came is no answer.

    Source: RFC 1035 section 3.3.14.
    """
    try:
        answer = _resolver(servers, seconds).resolve(
            f"{name}.", dns.rdatatype.TXT, search=False, lifetime=seconds
        )
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.Timeout as error:
        raise Unavailable(_WHAT, _("the DNS did not answer in time")) from error
    except (dns.exception.DNSException, OSError, ValueError) as error:
        # ValueError: what a resolver of the system may be configured to.
        raise Unavailable(_WHAT, _("the DNS gave no answer that can be used")) from error
    if answer.canonical_name != answer.qname:
        return ()
    records = [b"".join(record.strings) for record in list(answer)[:MAX_RECORDS]]
    return tuple(
        record.decode("ascii", "replace") for record in records if len(record) <= MAX_BYTES
    )


def _resolver(servers: Sequence[str], seconds: float) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [_server(each) for each in servers]
    resolver.timeout = min(2.0, seconds)
    resolver.use_edns(0, 0, 1232)
    return resolver


def _server(text: str) -> dns.nameserver.Nameserver:
    host, separator, port = text.rpartition(":")
    if separator and (host.startswith("[") or ":" not in host) and port.isdecimal():
        return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))
    return dns.nameserver.Do53Nameserver(text.strip("[]"), _PORT)
