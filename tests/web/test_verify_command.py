"""`manage.py verify`: the same report in a terminal, and an exit status for scripts."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(client, page, tmp_path):
    file = tmp_path / "badge.json"
    file.write_bytes(client.get(f"{page}.json").content)
    return file


def verify(*arguments) -> tuple[str | int | None, str]:
    out = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify", *map(str, arguments), stdout=out)
    return stopped.value.code, out.getvalue()


def test_a_verified_badge_exits_with_zero(badge):
    status, text = verify(badge)

    assert status == 0
    assert text.startswith("Verified: Soudure à l'arc\n")
    assert "7. Is it about the right person? Does not apply" in text


def test_an_address_of_ours_is_verified(page):
    status, _text = verify(f"http://localhost:8000{page}")

    assert status == 0


def test_an_image_is_verified(client, page, tmp_path):
    file = tmp_path / "badge.png"
    file.write_bytes(client.get(f"{page}.png").content)

    assert verify(file)[0] == 0


def test_an_altered_badge_exits_with_one_and_names_the_step(badge):
    badge.write_bytes(badge.read_bytes().replace(b"Soudure", b"Couture"))

    status, text = verify(badge, "--language", "fr")

    assert status == 1
    assert text.startswith("Altéré: ")
    assert "2. Est-il exactement tel qu’il a été signé\u202f? Échec" in text  # noqa: RUF001


def test_one_that_cannot_be_decided_exits_with_two(client, ecole_a, tmp_path):
    signed = factories.signed(issuer=ecole_a)

    status, text = verify(f"http://localhost:8000/credentials/{signed.token}")

    assert status == 2
    assert text.startswith("Not yet anchored: ")


def test_the_person_can_be_compared(credential, badge):
    assert verify(badge, "--email", credential.learner.email)[0] == 0
    assert verify(badge, "--email", "other@example.org")[0] == 1


def test_a_receipt_can_be_given(client, page, badge, tmp_path):
    receipt = tmp_path / "anchor.json"
    receipt.write_bytes(client.get(f"{page}/anchor.json").content)

    assert verify(badge, "--receipt", receipt)[0] == 0


def test_the_report_can_be_json(badge):
    status, text = verify(badge, "--json")

    assert status == 0
    assert json.loads(text)["verdict"] == "verified"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "no digital badge"), (b"", "nothing in it"), (b"x" * 10_000_001, "larger than 10 MB")],
)
def test_what_cannot_be_read_exits_with_two_and_says_why(tmp_path, content, words):
    file = tmp_path / "badge.json"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=words) as stopped:
        call_command("verify", str(file))

    assert stopped.value.returncode == 2


def test_a_file_that_is_not_there_exits_with_two(tmp_path):
    with pytest.raises(CommandError, match="No such file") as stopped:
        call_command("verify", str(tmp_path / "nothing.json"))

    assert stopped.value.returncode == 2
