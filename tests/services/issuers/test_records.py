"""TXT records: what is read, what is refused, and who is believed."""

import dns.message
import dns.rcode
import dns.rrset
import pytest

from issuers.resolvers import records
from issuers.resolvers.fetching import Unavailable
from tests.nameserver import Zone, serving

NAME = "_acquis-challenge.ecole.example"


def test_records_are_read(zone: Zone):
    zone.says(NAME, "v=other", "acquis-domain-verification=abc")

    assert set(records.texts(NAME, servers=zone.servers)) == {
        "v=other",
        "acquis-domain-verification=abc",
    }
    assert zone.asked == [("udp", NAME)]


def test_a_record_in_pieces_is_one_text(zone: Zone):
    zone.says(NAME, "x" * 600)

    assert records.texts(NAME, servers=zone.servers) == ("x" * 600,)


@pytest.mark.parametrize("known", [True, False])
def test_a_name_without_records_has_none(zone: Zone, known):
    if known:
        zone.says(NAME)

    assert records.texts(NAME, servers=zone.servers) == ()


def test_an_alias_is_not_followed(zone: Zone):
    zone.aliases[NAME] = "elsewhere.example"
    zone.says("elsewhere.example", "acquis-domain-verification=abc")

    assert records.texts(NAME, servers=zone.servers) == ()


def test_a_large_answer_is_asked_for_again_over_tcp(zone: Zone):
    zone.says(NAME, *(f"{number:03}{'x' * 240}" for number in range(20)))

    assert len(records.texts(NAME, servers=zone.servers)) == 20
    assert [transport for transport, _name in zone.asked] == ["udp", "tcp"]


def test_of_too_many_and_too_long_records_only_some_are_read(zone: Zone):
    zone.says(NAME, "y" * 1001, *(f"{number:03}" for number in range(300)))

    found = records.texts(NAME, servers=zone.servers)

    assert len(found) <= records.MAX_RECORDS
    assert all(len(text) <= records.MAX_BYTES for text in found)


def test_silence_is_no_answer_and_costs_what_it_may(zone: Zone):
    zone.is_silent = True

    with pytest.raises(Unavailable) as refused:
        records.texts(NAME, servers=zone.servers, seconds=0.3)

    assert refused.value.reason == "the DNS did not answer in time"


@pytest.mark.parametrize(
    "rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.FORMERR, dns.rcode.NOTIMP]
)
def test_a_refusal_is_not_the_absence_of_a_record(zone: Zone, rcode):
    zone.rcode = rcode

    with pytest.raises(Unavailable):
        records.texts(NAME, servers=zone.servers, seconds=0.5)


def test_garbage_is_no_answer(zone: Zone):
    zone.garbage = b"\x00" * 40

    with pytest.raises(Unavailable):
        records.texts(NAME, servers=zone.servers, seconds=0.5)


def forged(query: dns.message.Message, *, number: int, name: str) -> bytes:
    response = dns.message.make_response(query)
    response.id = number
    response.question = [dns.rrset.from_text(f"{name}.", 0, "IN", "TXT")]
    response.answer = [dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", '"forged"')]
    return response.to_wire()


def test_a_forged_number_is_not_believed(zone: Zone):
    zone.says(NAME, "true")
    zone.forge = lambda query: [forged(query, number=query.id ^ 1, name=NAME)]

    assert records.texts(NAME, servers=zone.servers) == ("true",)


def test_an_answer_to_another_question_is_not_believed(zone: Zone):
    zone.says(NAME, "true")
    zone.forge = lambda query: [forged(query, number=query.id, name="other.example")]

    assert records.texts(NAME, servers=zone.servers) == ("true",)


def test_records_of_another_name_in_an_answer_are_not_read(zone: Zone, monkeypatch):
    answer = zone.answer

    def poisoned(query):
        response = answer(query)
        response.set_rcode(dns.rcode.NOERROR)
        response.answer = [dns.rrset.from_text("other.example.", 60, "IN", "TXT", '"forged"')]
        return response

    monkeypatch.setattr(zone, "answer", poisoned)

    assert records.texts(NAME, servers=zone.servers) == ()


def test_a_packet_from_another_port_is_not_believed(zone: Zone):
    zone.is_silent = True
    zone.forge_elsewhere = lambda query: [forged(query, number=query.id, name=NAME)]

    with pytest.raises(Unavailable):
        records.texts(NAME, servers=zone.servers, seconds=0.3)


def test_the_next_resolver_is_asked_where_one_fails(zone: Zone):
    zone.rcode = dns.rcode.SERVFAIL
    with serving() as second:
        second.says(NAME, "true")

        found = records.texts(NAME, servers=[*zone.servers, *second.servers])

    assert found == ("true",)


def test_no_resolver_at_all_is_no_answer():
    with pytest.raises(Unavailable):
        records.texts(NAME, servers=["127.0.0.1:1"], seconds=0.5)


@pytest.mark.parametrize("server", ["nonsense", "::nonsense::", "127.0.0.1:99999", ""])
def test_a_resolver_that_is_none_is_no_answer(server):
    with pytest.raises(Unavailable):
        records.texts(NAME, servers=[server], seconds=0.5)
