"""Keys in keystores and behind services, and what comes of bad ones."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from blockchain import chains, services
from blockchain.chains import raw
from blockchain.chains.interface import Unavailable, Unsigned
from blockchain.chains.signers import ORDER, DigestSigner, LocalSigner
from blockchain.core import anchor
from tests.services.blockchain.conftest import KEY, commit, only_batch, settle

PASSWORD = "pass phrase"  # noqa: S105 - of a key that everybody knows
WRONG = "hunter2"
KEYSTORE = Account.encrypt(bytes.fromhex(KEY), PASSWORD, kdf="pbkdf2", iterations=2)
ADDRESS = LocalSigner(bytes.fromhex(KEY)).address


def transaction(nonce=4):
    return Unsigned(1, nonce, anchor.REGISTRY, bytes(32), 80_000, 2 * 10**9, 10**9)


class Service:
    """Holds a key as a key-management service does: digests in, DER out, high values of s too."""

    def __init__(self, curve=None, key=KEY):
        self.key = ec.derive_private_key(int(key, 16), curve or ec.SECP256K1())
        self.signed = 0

    def public_key(self):
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign_digest(self, digest):
        r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
        self.signed += 1
        low = min(s, ORDER - s)
        return encode_dss_signature(r, low if self.signed % 2 else ORDER - low)


@pytest.fixture(autouse=True)
def forget():
    yield
    chains._keystore_signer.cache_clear()
    chains._service_signer.cache_clear()


# -- A key service ---------------------------------------------------------------------------------


def test_a_service_signs_in_the_form_that_chains_accept():
    signer = DigestSigner(Service())

    for nonce in range(16):
        signed = signer.sign(transaction(nonce))

        assert Account.recover_transaction(signed.raw).lower() == signer.address == ADDRESS
        assert raw.read(signed.raw) == transaction(nonce)
        # EIP-2: of the two values of s, the lower one.
        assert TypedTransaction.from_bytes(HexBytes(signed.raw)).vrs()[2] <= ORDER // 2
    assert repr(signer) == f"<DigestSigner {ADDRESS}>"


@pytest.mark.django_db
def test_a_batch_is_anchored_by_a_key_that_is_elsewhere(chain, clock, settings):
    settings.SUBMITTER_KEY = ""
    settings.SUBMITTER_KEY_SERVICE = f"{__name__}.Service"
    commit(clock, 1)

    settle(chain, clock)

    assert only_batch().sender.address == ADDRESS == services.submitter_account()[-42:]


class Silent(Service):
    def sign_digest(self, digest):
        raise ConnectionError("arn:aws:kms:secret-name")


class Stammering(Service):
    def sign_digest(self, digest):
        return b"\x30\x02\x01"


class Swapped(Service):
    def sign_digest(self, digest):
        return Service(key=f"{9:064x}").sign_digest(digest)


class Null(Service):
    def sign_digest(self, digest):
        return encode_dss_signature(0, 0)


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (Silent, r"did not sign \(ConnectionError\)"),
        (Stammering, "did not sign"),
        (Swapped, "with another key"),
        (Null, "with another key"),
    ],
)
def test_a_service_that_signs_nothing_of_use_is_unavailable(service, words):
    with pytest.raises(Unavailable, match=words) as caught:
        DigestSigner(service()).sign(transaction())

    assert "secret-name" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "words"),
    [(lambda: Service(curve=ec.SECP256R1()).public_key(), "not on secp256k1"), (bytes, "no key")],
    ids=["other curve", "nothing"],
)
def test_a_service_with_another_kind_of_key_is_refused(key, words):
    service = Service()
    service.public_key = key

    with pytest.raises(Unavailable, match=words):
        DigestSigner(service)


@pytest.mark.django_db
def test_nothing_is_stored_while_the_service_is_silent(chain, clock, settings):
    settings.SUBMITTER_KEY_SERVICE = f"{__name__}.Silent"
    commit(clock, 1)
    services.seal(now=clock.now)

    with pytest.raises(Unavailable):
        services.broadcast(now=clock.now)

    assert (only_batch().state, only_batch().nonce) == ("sealed", None)


def test_a_service_that_is_not_there_is_said_to_be_missing(settings):
    settings.SUBMITTER_KEY_SERVICE = "school.kms.Key"

    with pytest.raises(ImproperlyConfigured, match="SUBMITTER_KEY_SERVICE"):
        chains.get_signer()


# -- A keystore ------------------------------------------------------------------------------------


@pytest.fixture
def keystore(settings, tmp_path):
    file = tmp_path / "keystore.json"
    file.write_text(json.dumps(KEYSTORE))
    settings.SUBMITTER_KEYSTORE = str(file)
    settings.SUBMITTER_PASSWORD = PASSWORD
    settings.SUBMITTER_KEY = f"{8:064x}"
    return file


def test_a_keystore_goes_before_a_key_and_is_opened_once(keystore):
    signer = chains.get_signer()
    keystore.unlink()

    assert signer.address == ADDRESS
    assert chains.get_signer() is signer


def test_another_password_opens_nothing_and_is_not_shown(keystore, settings):
    settings.SUBMITTER_PASSWORD = WRONG

    with pytest.raises(ImproperlyConfigured, match="does not open") as caught:
        chains.get_signer()

    assert WRONG not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("[]", "version 3"),
        ('{"version": 1}', "version 3"),
        ('{"version": 3}', "does not open"),
        (json.dumps({**KEYSTORE, "crypto": {}}), "does not open"),
        (" " * 20_000, "larger"),
    ],
)
def test_what_is_no_keystore_is_refused(keystore, content, words):
    keystore.write_text(content)

    with pytest.raises(ImproperlyConfigured, match=words):
        chains.get_signer()


def test_a_keystore_that_is_missing_is_named(keystore):
    keystore.unlink()

    with pytest.raises(ImproperlyConfigured, match=r"SUBMITTER_KEYSTORE.*keystore\.json"):
        chains.get_signer()
