"""Who signs transactions. Today a key from the settings; the services only know `EvmSigner`."""

from typing import TYPE_CHECKING

from eth_account import Account

from blockchain.chains.interface import Signed, Unsigned

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


class LocalSigner:
    """A key held in this process. It is never printed, compared or put into a message."""

    def __init__(self, key: bytes) -> None:
        self._account: LocalAccount = Account.from_key(key)

    def __repr__(self) -> str:
        return f"<LocalSigner {self.address}>"

    @property
    def address(self) -> str:
        return self._account.address.lower()

    def sign(self, transaction: Unsigned) -> Signed:
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": transaction.chain_id,
                "nonce": transaction.nonce,
                "to": bytes.fromhex(transaction.to.removeprefix("0x")),
                "value": 0,
                "data": transaction.data,
                "gas": transaction.gas,
                "maxFeePerGas": transaction.max_fee,
                "maxPriorityFeePerGas": transaction.max_tip,
            }
        )
        return Signed(raw=bytes(signed.raw_transaction), hash="0x" + bytes(signed.hash).hex())
