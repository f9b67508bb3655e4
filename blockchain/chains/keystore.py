"""A key in a file, under a password (Web3 Secret Storage, version 3), as geth writes it."""

import json

from eth_account import Account

# Such files have about 500 bytes.
LARGEST = 16_384
VERSION = 3


class KeystoreError(ValueError):
    """The file is not such a keystore, or the password is another one. Says nothing of either."""


def unlock(data: bytes, password: str) -> bytes:
    """Return the key, 32 bytes. It takes about half a second, on purpose.

    Raises:
        KeystoreError: see there.
    """
    if len(data) > LARGEST:
        raise KeystoreError("it is larger than any keystore")
    try:
        keystore = json.loads(data)
    except ValueError:
        raise KeystoreError("it is not a keystore: not JSON") from None
    if not isinstance(keystore, dict) or keystore.get("version") != VERSION:
        raise KeystoreError("it is not a keystore of version 3")
    try:
        return bytes(Account.decrypt(keystore, password))
    except Exception:  # noqa: BLE001 - a wrong password and a hundred kinds of damage
        raise KeystoreError(
            "its password does not open it (SUBMITTER_PASSWORD, or the file beside it)"
        ) from None
