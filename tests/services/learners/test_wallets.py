"""Wallets: who types the code has the address; several addresses are one person."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection

from learners import models
from learners import services as people
from learners.selectors import wallets as questions
from learners.services import wallets
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LEA = "lea@example.org"


def wallet_of(*emails):
    token = wallets.open_wallet(email=emails[0], now=NOW)
    wallet = questions.opened_in(token=token, now=NOW)
    for email in emails[1:]:
        wallets.add_address(wallet=wallet, email=email, now=NOW)
    return wallet


def test_the_code_proves_the_address_once():
    asked = wallets.ask_for_code(email=" Lea@Example.org ", now=NOW)

    typed = f" {asked.code[:4]}-{asked.code[4:]} "
    assert wallets.prove(uuid=asked.uuid, email=LEA, code=typed, now=NOW) == LEA
    with pytest.raises(wallets.CodeOver):
        wallets.prove(uuid=asked.uuid, email=LEA, code=asked.code, now=NOW)


def test_a_code_is_over_after_ten_minutes():
    asked = wallets.ask_for_code(email=LEA, now=NOW)
    wallets.prove(
        uuid=asked.uuid, email=LEA, code=asked.code, now=NOW + timedelta(minutes=9, seconds=59)
    )
    asked = wallets.ask_for_code(email=LEA, now=NOW)

    with pytest.raises(wallets.CodeOver):
        wallets.prove(uuid=asked.uuid, email=LEA, code=asked.code, now=NOW + timedelta(minutes=10))


def test_the_fifth_wrong_try_is_the_last():
    asked = wallets.ask_for_code(email=LEA, now=NOW)
    wrong = f"{(int(asked.code) + 1) % 10**8:08d}"

    for _ in range(4):
        with pytest.raises(wallets.WrongCode):
            wallets.prove(uuid=asked.uuid, email=LEA, code=wrong, now=NOW)
    with pytest.raises(wallets.CodeOver):
        wallets.prove(uuid=asked.uuid, email=LEA, code=wrong, now=NOW)
    with pytest.raises(wallets.CodeOver):
        wallets.prove(uuid=asked.uuid, email=LEA, code=asked.code, now=NOW)


def test_a_code_proves_no_other_address():
    asked = wallets.ask_for_code(email=LEA, now=NOW)

    with pytest.raises(wallets.CodeOver):
        wallets.prove(uuid=asked.uuid, email="zoe@example.org", code=asked.code, now=NOW)


def test_an_address_gets_thirty_codes_within_the_hour():
    for _ in range(30):
        wallets.ask_for_code(email=LEA, now=NOW)

    with pytest.raises(wallets.TooMany):
        wallets.ask_for_code(email="LEA@example.org", now=NOW + timedelta(minutes=59))
    wallets.ask_for_code(email="zoe@example.org", now=NOW)
    wallets.ask_for_code(email=LEA, now=NOW + timedelta(minutes=61))
    assert models.WalletCode.objects.count() == 1  # what was old is gone


@pytest.mark.parametrize(
    "email", ["", "lea", "lea@", "lea@example", "a@b@c.org", "x" * 260 + "@a.fr"]
)
def test_what_is_no_address_is_refused_by_name(email):
    with pytest.raises(ValidationError) as refused:
        wallets.ask_for_code(email=email, now=NOW)

    assert "email" in refused.value.message_dict


def test_neither_an_address_nor_a_code_is_kept_in_clear():
    asked = wallets.ask_for_code(email=LEA, now=NOW)
    wallets.send_code(asked=asked, language="fr")
    token = wallets.open_wallet(email=LEA, now=NOW)

    kept = b""
    with connection.cursor() as cursor:
        for name in ("wallet", "walletaddress", "walletcode", "walletsession"):
            cursor.execute(f"SELECT row_to_json(one)::text FROM learners_{name} AS one")  # noqa: S608
            kept += "".join(text for (text,) in cursor.fetchall()).encode()
        cursor.execute("SELECT string_agg(sealed, '') FROM learners_walletaddress")
        kept += bytes(cursor.fetchone()[0])
    assert mail.outbox[-1].to == [LEA]
    for secret in (LEA, asked.code, token, "lea"):
        assert secret.encode() not in kept


def test_the_same_address_opens_the_same_wallet_and_a_closed_one_is_closed():
    first, second = (wallets.open_wallet(email=LEA, now=NOW) for _ in range(2))
    wallet = questions.opened_in(token=first, now=NOW)
    assert wallet == questions.opened_in(token=second, now=NOW)

    wallets.leave(token=first)

    assert questions.opened_in(token=first, now=NOW) is None
    assert questions.opened_in(token=second, now=NOW) == wallet
    assert questions.opened_in(token=second, now=NOW + wallets.SESSION) is None
    assert questions.opened_in(token="", now=NOW) is None


def test_two_wallets_become_one():
    zoe = wallet_of("zoe@example.org", "zoe@school.example")
    lea = wallet_of(LEA)

    wallets.add_address(wallet=lea, email="zoe@example.org", now=NOW)

    assert sorted(questions.addresses(wallet=lea).values()) == [
        LEA, "zoe@example.org", "zoe@school.example",
    ]  # fmt: skip
    assert not models.Wallet.objects.filter(pk=zoe.pk).exists()


def test_ten_addresses_are_the_most():
    wallet = wallet_of(*(f"lea{number}@example.org" for number in range(10)))

    with pytest.raises(ValidationError):
        wallets.add_address(wallet=wallet, email=LEA, now=NOW)
    assert len(questions.addresses(wallet=wallet)) == 10


def test_an_address_is_removed_unless_it_is_the_only_one_or_anothers():
    wallet, other = wallet_of(LEA, "lea@school.example"), wallet_of("zoe@example.org", "z@a.org")
    [first, second], theirs = (
        questions.addresses(wallet=wallet),
        [*questions.addresses(wallet=other)],
    )

    wallets.remove_address(wallet=wallet, pk=theirs[0], token="")
    assert len(questions.addresses(wallet=other)) == 2
    wallets.remove_address(wallet=wallet, pk=first, token="")
    with pytest.raises(wallets.OnlyAddress):
        wallets.remove_address(wallet=wallet, pk=second, token="")

    assert [*questions.addresses(wallet=wallet).values()] == ["lea@school.example"]


def test_an_address_that_is_removed_closes_what_it_may_have_opened():
    wallet = wallet_of(LEA, "lea@school.example")
    mine, elsewhere = (
        wallets.open_wallet(email=LEA, now=NOW),
        wallets.open_wallet(email="lea@school.example", now=NOW),
    )
    [_first, school] = questions.addresses(wallet=wallet)

    wallets.remove_address(wallet=wallet, pk=school, token=mine)

    assert questions.opened_in(token=mine, now=NOW) == wallet
    assert questions.opened_in(token=elsewhere, now=NOW) is None


def test_whoever_gives_their_wallet_up_leaves_nothing_there():
    wallets.ask_for_code(email=LEA, now=NOW)
    wallet = wallet_of(LEA, "lea@school.example")

    wallets.give_up(wallet=wallet)

    assert not models.WalletAddress.objects.exists()
    assert not models.WalletSession.objects.exists()
    assert not models.WalletCode.objects.exists()


def test_the_organisations_that_know_an_address_are_found_and_no_others(ecole_a, ecole_b):
    mine = [factories.learner(issuer=each, email=LEA) for each in (ecole_a, ecole_b)]
    factories.learner(issuer=ecole_b, email="zoe@example.org")

    assert questions.known_to(email=LEA) == dict(zip([ecole_a.pk, ecole_b.pk], mine, strict=True))
    assert questions.known_to(email="nobody@example.org") == {}

    models.LearnerKey.objects.of(ecole_a).all().delete()
    assert [*questions.known_to(email=LEA)] == [ecole_b.pk]


def test_keys_of_wallets_are_wrapped_again_and_open_as_before(settings):
    from issuers.core import keks

    for number in range(3):
        wallets.open_wallet(email=f"lea{number}@example.org", now=NOW)
    settings.LEARNER_KEK = keks.read(
        f"learner-2:{'e1' * 32} {settings.LEARNER_KEK[0].key.hex()}", default_id="learner-1"
    )

    first = people.rewrap_wallet_keys(after=0, limit=2)
    second = people.rewrap_wallet_keys(after=first.last, limit=2)

    assert (first.wrapped, second.wrapped) == (2, 1)
    assert people.wallet_keys_by_kek() == {"learner-2": 3}
    settings.LEARNER_KEK = keks.read(f"learner-2:{'e1' * 32}", default_id="learner-1")
    for number, wallet in enumerate(models.Wallet.objects.order_by("pk")):
        assert [*questions.addresses(wallet=wallet).values()] == [f"lea{number}@example.org"]
