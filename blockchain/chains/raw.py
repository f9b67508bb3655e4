"""Signed bytes, read back as a node reads them."""

from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from blockchain.chains.interface import Unsigned


def read(raw: bytes) -> Unsigned:
    """Return what was signed (EIP-1559 only, which is all that we send).

    Raises:
        ValueError: these are not the bytes of such a transaction.
    """
    if raw[:1] != b"\x02":
        raise ValueError("these are not the bytes of a transaction of EIP-1559")
    try:
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    except Exception as error:  # rlp and eth_account raise from several families
        raise ValueError("the bytes of the transaction cannot be read") from error
    return Unsigned(
        chain_id=int(fields["chainId"]),
        nonce=int(fields["nonce"]),
        to="0x" + bytes(fields["to"]).hex(),
        data=bytes(fields["data"]),
        gas=int(fields["gas"]),
        max_fee=int(fields["maxFeePerGas"]),
        max_tip=int(fields["maxPriorityFeePerGas"]),
    )
