"""How what is kept about a person is opened: with their own key, and only where it belongs."""

from dataclasses import dataclass

from issuers.core import envelope

_SALT, _DIGEST = slice(0, 32), slice(32, 64)


@dataclass(frozen=True, slots=True)
class Opened:
    """A signed document, decrypted: the exact bytes, their digest.

    And the salt of its leaf (32 bytes each).
    """

    document: bytes
    digest: bytes
    salt: bytes


class NotSigned(Exception):  # noqa: N818 - it says what is wrong
    """It was issued but not signed yet, or could not be signed."""


def open_sealed(sealed: bytes, *, data_key: bytes, associated: bytes) -> Opened:
    """Decrypt what a row holds; no query.

    Args:
        sealed: Salt, digest and document, encrypted together.
        data_key: The learner's, 32 bytes.
        associated: What the bytes are bound to.

    Raises:
        EnvelopeError: they are another row's, or damaged.
    """
    plain = envelope.decrypt(sealed, dek=data_key, associated=associated)
    return Opened(document=plain[_DIGEST.stop :], digest=plain[_DIGEST], salt=plain[_SALT])
