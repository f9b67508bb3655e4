"""The file of the chains: what it may say, and how a slip of the pen is answered."""

from types import SimpleNamespace

import pytest

from blockchain.core import terms

FIRST = 31337
WHOLE = """
[[chain]]
id = "eip155:1"
rpc = ["https://one.example/secret", "http://two.example"]
name = "Ethereum"
confirmations = 12
seal_age_seconds = 86400
seal_size = 1000
bump_seconds = 300
fee_cap_gwei = 40.5
submitter = "mainnet"
explorer = "https://explorer.example/tx/{transaction}"
blockcerts = false

[[chain]]
id = "eip155:8453"
rpc = ["https://base.example"]
"""


def settings(tables=()):
    return SimpleNamespace(
        CHAIN_ID=FIRST,
        CHAIN_RPC_URLS=["http://127.0.0.1:8545"],
        CHAIN_NAME="Ours",
        CHAIN_EXPLORER="https://ours.example/{transaction}",
        ANCHOR_CONFIRMATIONS=3,
        ANCHOR_SEAL_AGE_SECONDS=600,
        ANCHOR_SEAL_SIZE=65_536,
        ANCHOR_BUMP_SECONDS=48,
        ANCHOR_FEE_CAP_GWEI=200.0,
        FURTHER_CHAINS=list(tables),
    )


def refused(table, words):
    text = '[[chain]]\nid = "eip155:1"\nrpc = ["https://one.example"]\n'
    for line in table:
        name = line.partition(" ")[0]
        text = "".join(row + "\n" for row in text.splitlines() if not row.startswith(f"{name} "))
        text += line + "\n"
    with pytest.raises(terms.TermsError, match=words):
        terms.read(text, first=FIRST)


def test_the_settings_alone_describe_one_chain():
    [found] = terms.configured(settings()).values()

    assert (found.chain, found.number, found.is_first) == ("eip155:31337", 31337, True)
    assert found.fee_cap == 200 * 10**9
    assert found.fee_cap_name == "ANCHOR_FEE_CAP_GWEI"
    assert found.page_of("0xab") == "https://ours.example/0xab"
    assert not found.blockcerts


def test_a_file_describes_others_and_what_it_does_not_say_is_as_for_the_first():
    found = terms.configured(settings(terms.read(WHOLE, first=FIRST)))

    assert list(found) == ["eip155:31337", "eip155:1", "eip155:8453"]
    one, base = found["eip155:1"], found["eip155:8453"]
    assert one.urls == ("https://one.example/secret", "http://two.example")
    assert (one.name, one.confirmations, one.seal_age_seconds) == ("Ethereum", 12, 86_400)
    assert (one.seal_size, one.bump_seconds, one.fee_cap) == (1000, 300, 40_500_000_000)
    assert (one.signer, one.blockcerts, one.is_first) == ("mainnet", False, False)
    assert one.page_of("0xab") == "https://explorer.example/tx/0xab"
    assert (base.confirmations, base.seal_age_seconds, base.fee_cap_gwei) == (3, 600, 200.0)
    assert (base.name, base.explorer, base.signer, base.page_of("0xab")) == ("", "", "", "")
    assert base.fee_cap_name == "fee_cap_gwei in CHAINS_FILE"


def test_blockcerts_verifiers_know_ethereum_and_sepolia():
    tables = [{"id": f"eip155:{n}", "rpc": ["memory:"]} for n in (1, 11155111, 10)]

    found = terms.configured(settings(tables))

    assert [each.blockcerts for each in found.values()] == [False, True, True, False]


def test_addresses_of_nodes_are_not_shown():
    found = terms.configured(settings(terms.read(WHOLE, first=FIRST)))

    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chain = 3", "tables"),
        ("", "tables"),
        ("[chain]\nid = 3", "tables"),
        ("chain = [3]", "chain 1 must be a table"),
        ("[[chain]]\n[other]", "nothing else"),
        ("[[chain", "not TOML"),
        ("x" * (terms.MAX_BYTES + 1), "larger"),
        ("a = " + "[" * 5_000, "not TOML"),
        ("[[chain]]\n" * 51, "at most 50"),
    ],
    ids=range(9),
)
def test_what_is_no_such_file_is_refused(text, words):
    with pytest.raises(terms.TermsError, match=words):
        terms.read(text, first=FIRST)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('id = "1"', 'id must be a CAIP-2 identifier such as "eip155:1"'),
        ("id = 1", "id must be"),
        ('id = "eip155:31337"', "described twice"),
        ('rpc = "https://one.example"', "eip155:1: rpc must be a list"),
        ("rpc = []", "rpc must be"),
        ("rpc = [3]", "rpc must be"),
        ('rpc = ["file:///etc/passwd"]', "rpc must be"),
        ('rpc = ["https://"]', "rpc must be"),
        ("confirmations = 0", "confirmations must be a whole number from 1"),
        ("confirmations = true", "confirmations must be"),
        ('confirmations = "3"', "confirmations must be"),
        ("seal_age_seconds = -1", "seal_age_seconds must be"),
        ("seal_size = 65537", "seal_size must be"),
        ("bump_seconds = 0", "bump_seconds must be"),
        ("fee_cap_gwei = 0", "fee_cap_gwei must be a number above 0"),
        ("fee_cap_gwei = nan", "fee_cap_gwei must be"),
        ("fee_cap_gwei = true", "fee_cap_gwei must be"),
        ('submitter = "../key"', "submitter must name a key in SUBMITTERS_DIR"),
        ('explorer = "https://explorer.example/"', "explorer must be an https address with"),
        ('explorer = "javascript:{transaction}"', "explorer must be"),
        ('blockcerts = "no"', "blockcerts must be true or false"),
        ("name = 3", "name must be a text"),
        ('gas = "cheap"', "unknown member: gas"),
    ],
)
def test_a_slip_of_the_pen_is_named(line, words):
    refused([line], words)


def test_a_chain_is_described_once():
    with pytest.raises(terms.TermsError, match="eip155:1 is described twice"):
        terms.read(WHOLE + '[[chain]]\nid = "eip155:1"\nrpc = ["memory:"]\n', first=FIRST)
