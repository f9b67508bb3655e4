"""Secrets of accounts, encrypted where they lie: of identity providers, and of second factors.

And files that are kept for a while, until what they say is done. The key comes from SECRET_KEY,
which is not in the database: a copy of the database alone opens none of them. Where SECRET_KEY is
changed, they have to be given again.
"""

import base64
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from issuers.core import envelope

PURPOSE = b"acquis/secrets-of-accounts/1"
FILES = b"acquis/files-for-a-while/1"


def enclose(text: str, *, about: str) -> bytes:
    """Encrypt a secret for the row that it belongs to.

    Args:
        text: The secret.
        about: What it is bound to: in another row, it does not open.
    """
    return envelope.encrypt(
        text.encode(), dek=_key(), nonce=secrets.token_bytes(12), associated=about.encode()
    )


def disclose(sealed: bytes, *, about: str) -> str:
    """Decrypt what `enclose` returned.

    Raises:
        envelope.EnvelopeError: SECRET_KEY is another, or it belongs to another row.
    """
    return envelope.decrypt(bytes(sealed), dek=_key(), associated=about.encode()).decode()


def enclose_text(text: str, *, about: str) -> str:
    """Do as `enclose`, for a column of text."""
    return base64.b64encode(enclose(text, about=about)).decode()


def disclose_text(sealed: str, *, about: str) -> str:
    """Do as `disclose`, for a column of text."""
    return disclose(base64.b64decode(sealed), about=about)


def enclose_file(content: bytes, *, about: str) -> bytes:
    """Encrypt a file that is kept for a while, under a key of its own purpose."""
    return envelope.encrypt(
        content, dek=_key(FILES), nonce=secrets.token_bytes(12), associated=about.encode()
    )


def disclose_file(sealed: bytes, *, about: str) -> bytes:
    """Decrypt what `enclose_file` returned.

    Raises:
        envelope.EnvelopeError: SECRET_KEY is another, or it belongs to another row.
    """
    return envelope.decrypt(bytes(sealed), dek=_key(FILES), associated=about.encode())


def _key(purpose: bytes = PURPOSE) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return derivation.derive(settings.SECRET_KEY.encode())
