"""The mailbox of the embedded stack: read in the browser, and on no real site."""

import pytest

from credentials.services import telling
from tests.conftest import NOW
from tests.services.credentials.test_telling import told
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.MAILBOX = True
    return tmp_path / "mail"


@pytest.fixture
def sent(folder, ecole_a):
    told(ecole_a, 2)
    telling.send(now=NOW, limit=10)


def test_what_was_sent_is_listed_and_read(client, sent):
    page = read(client.get("/mailbox"))
    assert "eleve0@example.org" in page.text
    assert "eleve1@example.org" in page.text

    [first, _second] = [link for link in page.links if link.startswith("/mailbox/")]
    one = read(client.get(first))

    assert "Votre badge : Soudure à l'arc" in one.text
    assert "Bonjour Élève 1" in one.text


def test_its_html_shows_its_pictures_and_runs_nothing(client, sent):
    link = next(x for x in read(client.get("/mailbox")).links if x.startswith("/mailbox/"))

    answer = client.get(f"{link}/html")

    assert 'src="data:image/png;base64,' in answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "sandbox" in policy


def test_a_code_to_sign_in_is_found_there(client, folder, alice):
    client.post("/account/login/", {"login": alice.email})

    link = next(x for x in read(client.get("/mailbox")).links if x.startswith("/mailbox/"))

    assert alice.email in read(client.get(link)).text


def test_before_the_first_e_mail_it_is_empty(client, folder):
    assert "Nothing was sent yet" in read(client.get("/mailbox")).text


def test_a_real_site_has_none(client, sent, settings):
    link = next(x for x in read(client.get("/mailbox")).links if x.startswith("/mailbox/"))
    settings.MAILBOX = False

    for address in ("/mailbox", link, f"{link}/html"):
        assert client.get(address).status_code == 404


def test_from_another_machine_there_is_none(client, sent):
    for address in ("10.0.0.7", "2001:db8::1", ""):
        assert client.get("/mailbox", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize(
    "rest", ["x.log/0", "x.log/7/html", "..%2Fkeys.log/0", "%2Fetc%2Fpasswd/0", "x.log/" + "9" * 30]
)
def test_what_is_not_there_is_not_there(client, sent, rest):
    assert client.get(f"/mailbox/{rest}").status_code == 404


def test_the_middle_of_an_e_mail_is_none(client, sent, folder):
    [file] = folder.iterdir()

    assert client.get(f"/mailbox/{file.name}/40").status_code == 404


def test_a_file_that_is_cut_off_or_strange_breaks_nothing(client, folder):
    folder.mkdir()
    (folder / "a-1.log").write_bytes(b"Subject: half")
    (folder / "b-2.log").write_bytes(
        b"Subject: =?x-none?b?!!?=\nContent-Type: text/plain; charset=none\nDate: never\n\n\xff\n"
        + b"-" * 79
        + b"\n"
    )

    page = read(client.get("/mailbox"))

    assert client.get(next(x for x in page.links if "b-2.log" in x)).status_code == 200
