"""Accounts: the public key behind an address, as its own transactions give it away.

Source: SEC 1 section 4.1.6 (public key recovery); EIP-2718, EIP-1559.
"""


def public_key(raw: bytes) -> bytes:
    """Return the secp256k1 key that signed a transaction: both coordinates, 64 bytes.

    Args:
        raw: the bytes of a signed transaction of EIP-1559.

    Raises:
        ValueError: these are not the bytes of such a transaction.

    Source: EIP-1559 (what is signed); SEC 1 section 4.1.6.
    """
    # Not at the top: they take most of a second to import, and only an export asks for a key.
    from eth_account.typed_transactions.typed_transaction import TypedTransaction  # noqa: PLC0415
    from eth_keys.datatypes import Signature  # noqa: PLC0415
    from hexbytes import HexBytes  # noqa: PLC0415

    if raw[:1] != b"\x02":
        raise ValueError("these are not the bytes of a transaction of EIP-1559")
    try:
        signed = TypedTransaction.from_bytes(HexBytes(raw))
        signature = Signature(vrs=signed.vrs())
        return signature.recover_public_key_from_msg_hash(bytes(signed.hash())).to_bytes()
    except Exception as error:  # rlp, eth_account and eth_keys raise from several families
        raise ValueError("the bytes of the transaction cannot be read") from error
