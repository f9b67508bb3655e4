"""Keyrings: keys given to the process, and keys that a service holds and gives to nobody."""

import logging
import traceback

import pytest

from issuers import selectors, services
from issuers.core import envelope, keks
from issuers.resolvers import keyrings
from learners import models as learners
from learners import selectors as people
from tests import factories, keyservice
from tests.conftest import NOW

OLD, NEW = "0d" * 32, "e1" * 32
DEKS = [bytes([number]) * 32 for number in range(5)]


@pytest.fixture
def service():
    with keyservice.running() as found:
        yield found


def ring(*entries: str, token: str = "") -> keyrings.Keyring:
    return keyrings.Keyring(keks.read(" ".join(entries), default_id="old"), token=token)


def test_the_first_key_wraps_and_every_key_opens():
    before = ring(OLD).wrap(DEKS)
    both = ring(f"new:{NEW}", OLD)

    wrapped = both.wrap(DEKS)

    assert {envelope.kek_id_of(each) for each in wrapped} == {"new"}
    assert both.unwrap([*before, *wrapped]) == DEKS + DEKS
    assert both.current() == "new"


def test_a_key_that_is_not_at_hand_is_named():
    wrapped = ring(OLD).wrap(DEKS)

    with pytest.raises(envelope.UnknownKek, match="'old'"):
        ring(f"new:{NEW}").unwrap(wrapped)


def test_a_service_wraps_many_keys_in_one_question_and_names_the_version(service):
    its = ring(service.setting, token=service.token)

    wrapped = its.wrap(DEKS)
    service.rotate()

    assert its.unwrap(wrapped) == DEKS
    assert service.asked == [("encrypt", 5), ("decrypt", 5)]
    assert {envelope.kek_id_of(each) for each in wrapped} == {"acquis/1"}
    assert its.current() == "acquis/2"


def test_keys_move_from_this_process_to_a_service(service):
    before = ring(OLD).wrap(DEKS)

    both = ring(service.setting, OLD, token=service.token)

    assert both.unwrap([*before, *both.wrap(DEKS)]) == DEKS + DEKS


def test_more_keys_than_one_question_takes_are_asked_in_pieces(service, monkeypatch):
    monkeypatch.setattr(keyrings, "BATCH", 2)
    its = ring(service.setting, token=service.token)

    assert its.unwrap(its.wrap(DEKS)) == DEKS
    assert service.asked == [(act, size) for act in ("encrypt", "decrypt") for size in (2, 2, 1)]


def test_a_service_that_lost_a_version_opens_nothing_of_it(service):
    its = ring(service.setting, token=service.token)
    wrapped = its.wrap(DEKS)
    service.rotate()
    del service.keys[1]

    with pytest.raises(envelope.EnvelopeError, match="does not open"):
        its.unwrap(wrapped)


@pytest.mark.parametrize(
    "answer",
    [
        (503, b"sealed"),
        (302, b""),
        (200, b"{"),
        (200, b"[]"),
        (200, b'{"data":[]}'),
        (200, b'{"data":{"batch_results":[]}}'),
        (200, b'{"data":{"batch_results":[1]}}'),
        (200, b'{"data":{"batch_results":[{}]}}'),
        (200, b'{"data":{"batch_results":[{"ciphertext":"vault:v1:"}]}}'),
        (200, b'{"data":{"batch_results":[{"ciphertext":"vault:v1:' + b"A" * 2000 + b'"}]}}'),
        (200, b" " * (keyrings.LIMIT + 1)),
    ],
)
def test_an_answer_that_is_none_wraps_nothing(service, answer):
    service.answer = answer

    with pytest.raises(keyrings.KeyServiceUnavailable, match="key service at"):
        ring(service.setting, token=service.token).wrap(DEKS[:1])


def test_a_service_that_is_not_there_or_knows_us_not_is_told_apart_from_a_wrong_key(service):
    with pytest.raises(keyrings.KeyServiceUnavailable, match="403"):
        ring(service.setting, token="another").wrap(DEKS)  # noqa: S106 - the wrong one
    with pytest.raises(keyrings.KeyServiceUnavailable, match="ConnectionRefusedError"):
        ring("http://127.0.0.1:1/v1/transit/keys/acquis").wrap(DEKS)


@pytest.mark.django_db
def test_an_organisation_whose_keys_a_service_wraps_signs(service, settings):
    settings.SIGNING_KEK = keks.read(service.setting, default_id="x")
    settings.SIGNING_KEK_TOKEN = settings.LEARNER_KEK_TOKEN = service.token
    settings.LEARNER_KEK = keks.read(service.setting, default_id="x")
    school = factories.issuer(slug="ecole-k")

    credential = factories.signed(issuer=school)

    assert credential.state == "signed"
    service.answer = (503, b"")
    with pytest.raises(keyrings.KeyServiceUnavailable):
        selectors.open_key(issuer=school, now=NOW)


# -- Nothing of a key is ever told -----------------------------------------------------------------


@pytest.mark.django_db
def test_no_key_is_in_logs_nor_in_what_is_printed_of_errors(settings, caplog, service):
    caplog.set_level(logging.DEBUG)
    settings.SIGNING_KEK = keks.read(f"{OLD} spare:{NEW}", default_id="signing-1")
    settings.LEARNER_KEK = keks.read(f"{NEW} spare:{OLD}", default_id="learner-1")
    school = factories.issuer(slug="ecole-k")
    factories.signed(issuer=school)
    seed = selectors.signing_key(issuer=school, now=NOW)[1]
    [dek] = people.data_keys(
        issuer_id=school.pk,
        learner_ids=learners.Learner.objects.of(school).values_list("pk", flat=True),
    ).values()

    told = [caplog.text, repr(settings.SIGNING_KEK), repr(keyrings.signing())]
    told += [repr(vars(holder)) for holder in keyrings.learner()._holders]
    for wrong in ("77" * 32, f"another:{'77' * 32}", service.setting):
        settings.SIGNING_KEK = keks.read(wrong, default_id="signing-1")
        for act in (selectors.signing_key, services.create_key):
            try:
                act(issuer=school, now=NOW)
            except Exception:  # noqa: BLE001 - whatever is said, is read here
                told.append(traceback.format_exc())

    text = "\n".join(told)
    for secret in (bytes.fromhex(OLD), bytes.fromhex(NEW), seed, dek, b"\x77" * 32):
        assert secret.hex() not in text.lower()
        assert repr(secret)[2:-1] not in text
    assert service.token not in text
    assert len(told) >= 7
