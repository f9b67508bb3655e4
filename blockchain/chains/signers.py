"""Who signs transactions: a key held here, or a service that holds one and gives it to nobody.

The services only know `EvmSigner`.
"""

from typing import TYPE_CHECKING, Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.crypto import keccak

from blockchain.chains.interface import Signed, Unavailable, Unsigned

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

# Order of the group of secp256k1 (SEC 2, section 2.4.1).
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


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
        signed = self._account.sign_transaction(_fields(transaction))
        return Signed(raw=bytes(signed.raw_transaction), hash="0x" + bytes(signed.hash).hex())


class KeyService(Protocol):
    """What key-management services and hardware modules do with a key on secp256k1.

    AWS KMS calls it ECC_SECG_P256K1, Google Cloud KMS EC_SIGN_SECP256K1_SHA256; the digest is
    handed over as it is, and not hashed once more. Both methods may raise whatever they like.
    """

    def public_key(self) -> bytes:
        """Return the public key, DER of SubjectPublicKeyInfo (RFC 5480)."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes; return DER of the two numbers r and s (RFC 3279)."""


class DigestSigner:
    """A key that a `KeyService` holds. What comes back is checked before it is used."""

    def __init__(self, service: KeyService) -> None:
        self._service = service
        self._address = _address_of(service)

    def __repr__(self) -> str:
        return f"<DigestSigner {self.address}>"

    @property
    def address(self) -> str:
        return self._address

    def sign(self, transaction: Unsigned) -> Signed:
        """Sign by digest, and put the signature into the form that chains accept.

        Raises:
            Unavailable: the service did not sign, or not with the key that it showed at first.

        Source: EIP-2 (the lower of both values of s), EIP-1559 (the parity of y).
        """
        fields = _fields(transaction)
        digest = bytes(TypedTransaction.from_dict(fields).hash())
        try:
            r, s = decode_dss_signature(self._service.sign_digest(digest))
        except Exception as error:
            raise Unavailable(f"the key service did not sign ({type(error).__name__})") from error
        s = min(s, ORDER - s)
        # A service tells neither of the two points that r stands for: ours is found by trial.
        for parity in (0, 1):
            raw, account = _put_together(fields, parity, r, s)
            if account == self._address:
                return Signed(raw=raw, hash="0x" + keccak(raw).hex())
        raise Unavailable("the key service signed with another key than the submitter's")


def _fields(transaction: Unsigned) -> dict[str, Any]:
    return {
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


def _put_together(fields: dict[str, Any], parity: int, r: int, s: int) -> tuple[bytes, str]:
    """Return the signed bytes and whom they speak for; nobody, where these are no signature."""
    try:
        signed = TypedTransaction.from_dict({**fields, "v": parity, "r": r, "s": s})
        raw = bytes(signed.encode())
        return raw, str(Account.recover_transaction(raw)).lower()
    except Exception:  # noqa: BLE001 - numbers that are no signature make three libraries raise
        return b"", ""


def _address_of(service: KeyService) -> str:
    try:
        key = load_der_public_key(service.public_key())
    except Exception as error:
        raise Unavailable(f"the key service shows no key ({type(error).__name__})") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256K1):
        raise Unavailable("the key of the key service is not on secp256k1")
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return "0x" + keccak(point[1:])[12:].hex()
