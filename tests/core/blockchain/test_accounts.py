"""Accounts: the key that signed a transaction is the one behind its sender."""

import pytest
from eth_account import Account
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import accounts

SECRET = b"\x07" * 32


def signed(secret: bytes = SECRET, **changes) -> bytes:
    fields = {
        "type": 2,
        "chainId": 11155111,
        "nonce": 3,
        "to": b"\xab" * 20,
        "value": 0,
        "gas": 80_000,
        "maxFeePerGas": 10**9,
        "maxPriorityFeePerGas": 10**9,
        "data": b"\x11" * 32,
    }
    return bytes(Account.sign_transaction(fields | changes, secret).raw_transaction)


@given(st.integers(1, 2**200), st.binary(max_size=64))
def test_the_key_of_any_transaction_leads_to_its_sender(secret, data):
    key = secret.to_bytes(32)

    public = accounts.public_key(signed(key, data=data))

    assert len(public) == 64
    # EIP-55: an address is the end of the hash of both coordinates.
    assert "0x" + keccak(public)[-20:].hex() == Account.from_key(key).address.lower()


def test_a_transaction_that_was_changed_leads_to_nobody_we_know():
    raw = signed()
    at = raw.index(b"\x11" * 32)
    changed = raw[:at] + b"\x12" + raw[at + 1 :]

    assert accounts.public_key(changed) != accounts.public_key(raw)


@pytest.mark.parametrize("raw", [b"", b"\x02", b"\x01\x02", signed()[:-1], b"\x02" + bytes(90)])
def test_what_is_no_transaction_is_refused(raw):
    with pytest.raises(ValueError, match="transaction"):
        accounts.public_key(raw)
