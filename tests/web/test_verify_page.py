"""/verify: a link, a file or a pasted document; a clear answer, whatever comes."""

import copy
import json
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.core import baking
from tests import factories, pdfs
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

SECONDS = 3.0


@pytest.fixture
def document(client, page):
    return client.get(f"{page}.json").json()


def verify(client, **fields):
    return client.post("/verify", fields)


def upload(content: bytes, name: str = "badge.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_form_states_its_limit_and_asks_for_no_account(client):
    text = read(client.get("/verify")).text

    assert "at most 10 MB" in text
    assert "No account" in text


def test_a_link_to_a_badge_from_here_leads_to_its_page(client, page):
    response = verify(client, address=f"http://localhost:8000{page}")

    assert response.status_code == 302
    assert response["Location"] == page


def test_a_pasted_document_is_verified(client, document):
    response = verify(client, document=json.dumps(document))

    assert response.status_code == 200
    assert "Verified" in read(response).text
    assert f"/credentials/{document['id'][-22:]}" in read(response).links
    assert response["Cache-Control"] == "private, no-store"


def test_a_json_file_is_verified(client, page):
    content = client.get(f"{page}.json").content

    response = verify(client, file=upload(content, "badge.json"))

    assert "Verified" in read(response).text


def test_a_badge_image_is_verified(client, page):
    image = client.get(f"{page}.png").content

    response = verify(client, file=upload(image))

    assert "Verified" in read(response).text


def test_an_altered_document_is_refuted_and_the_step_is_named(client, document):
    document["credentialSubject"]["achievement"]["name"] = "Expert"

    response = verify(client, document=json.dumps(document))

    shown = read(response)
    assert "Altered" in shown.text
    assert "#check-2" in shown.links
    assert "What the document claims:" in shown.text
    assert "verdict--bad" in response.content.decode()


def test_the_person_is_compared_and_not_shown(client, credential, document):
    name, email = credential.learner.name, credential.learner.email

    right = verify(client, document=json.dumps(document), name=name, email=email)
    wrong = verify(client, document=json.dumps(document), email="other@example.org")

    assert "The name and the e-mail address are those that the issuer signed." in read(right).text
    assert "About somebody else" in read(wrong).text


def test_a_link_with_a_person_to_compare_stays_here(client, credential, page):
    response = verify(client, address=f"http://localhost:8000{page}", email="other@example.org")

    assert response.status_code == 200
    assert "About somebody else" in read(response).text


def test_the_language_can_be_changed_without_giving_the_badge_again(client, document):
    response = verify(client, document=json.dumps(document))
    [form] = [
        attributes for tag, attributes in read(response).elements
        if tag == "form" and attributes.get("class") == "languages"
    ]  # fmt: skip
    given = {
        attributes["name"]: attributes["value"]
        for tag, attributes in read(response).elements
        if tag == "input" and attributes.get("name") != "csrfmiddlewaretoken"
    }

    again = client.post(f"{form['action']}?lang=fr", given)

    assert "Vérifié" in read(again).text


def test_nothing_given_asks_for_something(client):
    response = verify(client)

    assert response.status_code == 400
    assert "Give a link, a file or the text of a badge." in read(response).text


def test_two_ways_at_once_keep_what_was_given(client):
    response = verify(client, address="https://badges.example/1", document="{}")

    assert response.status_code == 400
    assert "Give one of the three only" in read(response).text
    assert 'value="https://badges.example/1"' in response.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("not an address", "could not be read"),
        ("http://localhost:8000/credentials/AAAAAAAAAAAAAAAAAAAAAA", "no badge at this address"),
        ("http://localhost:8000/", "no badge at this address"),
        ("file:///etc/passwd", "could not be read"),
        ("http://169.254.169.254/latest/meta-data/", "could not be read"),
        ("https://[::1]/x", "could not be read"),
        ("https://", "could not be read"),
        ("http://[", "could not be read"),
        ("https://\u202ebadges.example/", "could not be read"),
        ("https://a b/", "could not be read"),
    ],
)
def test_an_address_that_leads_nowhere_says_so_and_is_kept(client, address, words):
    response = verify(client, address=address)

    assert response.status_code in {400, 404}
    assert words in read(response).text


PNG = factories.png()
DEEP = b'{"a":' * 5_000 + b"1" + b"}" * 5_000


def test_a_certificate_is_verified_as_its_document_is(client, page, document):
    pdf = client.get(f"{page}/certificate.pdf").content

    response = verify(client, file=upload(pdf, "welding.pdf"))
    asked = client.post("/api/verify", pdf, content_type="application/pdf")
    plain = client.post("/api/verify", json.dumps(document), content_type="application/json")

    assert response.status_code == 200
    assert "Verified" in read(response).text
    assert page in read(response).links
    assert asked.json()["verdict"] == "verified"
    differing = {name for name, said in plain.json().items() if asked.json()[name] != said}
    assert differing <= {"checked_at"}


def test_a_certificate_with_an_altered_document_is_altered(client, document):
    document["credentialSubject"]["achievement"]["name"] = "Doctor of everything"
    pdf = pdfs.certificate(json.dumps(document).encode())

    response = verify(client, file=upload(pdf, "welding.pdf"))
    asked = client.post("/api/verify", pdf, content_type="application/pdf")

    assert "Altered" in read(response).text
    assert asked.json()["verdict"] == "refuted"


def test_a_print_of_a_certificate_is_not_enough(client):
    scanned = pdfs.pdf(pdfs.catalog(b""), pdfs.PAGES)

    text = read(verify(client, file=upload(scanned, "scan.pdf"))).text
    french = read(
        client.post("/verify?lang=fr", {"file": upload(scanned)}, headers={"Accept-Language": "fr"})
    ).text

    assert "This PDF holds no credential. Give the original certificate" in text
    assert "a print or a scan is not enough" in text
    assert "Ce PDF ne contient aucun badge signé" in french


HOSTILE = {
    "ten megabytes of nothing": b"\0" * 10_000_000,
    "ten megabytes of JSON": b'{"a":"' + b"x" * 9_999_000 + b'"}',
    "ten megabytes of PNG": PNG + b"x" * 9_900_000,
    "broken JSON": b'{"@context": [',
    "no JSON at all": b"Dear Sir or Madam",
    "a list": b"[]",
    "a number": b"1",
    "not UTF-8": b'{"a": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a member twice": b'{"a": 1, "a": 2}',
    "deep nesting": DEEP,
    "NaN": b'{"a": NaN}',
    "half a pair": b'{"a": "\\ud800"}',
    "a number of a thousand digits": b'{"a": ' + b"9" * 1000 + b"}",
    "a truncated PNG": PNG[:60],
    "a PNG with nothing inside": PNG,
    "a PNG of one chunk that claims to be huge": PNG[:8] + b"\xff\xff\xff\xffiTXt",
    "a PNG with broken JSON inside": baking.bake_png(PNG, '{"a":'),
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a PDF": b"%PDF-1.7\n%%EOF",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_get_a_clear_answer_quickly(client, what):
    started = time.perf_counter()

    response = verify(client, file=upload(HOSTILE[what]))

    assert response.status_code in {400, 413}
    text = read(response).text
    assert "This could not be checked" in text
    assert any(word in text for word in ("Give the", "There is no badge inside", "10 MB"))
    assert time.perf_counter() - started < SECONDS


def test_a_file_above_the_limit_is_refused_by_name(client):
    response = verify(client, file=upload(b"x" * 10_000_001))

    assert "larger than 10 MB" in read(response).text


def test_a_body_above_the_limit_is_not_even_read(client):
    response = client.post(
        "/verify", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=10**12
    )

    assert response.status_code == 413
    assert "larger than 10 MB" in read(response).text


def test_a_pasted_text_beyond_all_measure_is_refused(client):
    response = verify(client, document="x" * 3_000_000)

    assert response.status_code in {400, 413}
    assert "This could not be checked" in read(response).text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"a=1&" * 5_000, "application/x-www-form-urlencoded"),
        (b"document=%ff%fe%00", "application/x-www-form-urlencoded"),
        (b"document=%7b%7d", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"{}", "application/json"),
        (b"\x00\x01", ""),
    ],
)
def test_a_body_that_is_no_form_gets_an_answer(client, body, kind):
    response = client.post("/verify", body, content_type=kind)

    assert response.status_code in {400, 413}
    assert "This could not be checked" in read(response).text


def poison(blank_nodes: int = 40) -> dict[str, Any]:
    """Return a document whose blank nodes are all alike: to name them is a puzzle."""
    names = [f"_:n{number}" for number in range(blank_nodes)]
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:web:badges.example", "relatedResource": []},
        "credentialSubject": [
            {"id": name, "https://example.org/knows": [{"id": other} for other in names]}
            for name in names
        ],
    }


@pytest.mark.deadline
def test_a_poison_graph_that_is_signed_gets_an_answer_in_time(client, document):
    hostile = poison() | {
        "@context": document["@context"], "proof": document["proof"], "issuer": document["issuer"],
    }  # fmt: skip
    started = time.perf_counter()

    response = verify(client, document=json.dumps(hostile))

    assert response.status_code in {200, 400}
    assert "verdict--good" not in response.content.decode()
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("issuer", None),
        ("credentialSubject", [{"id": 7}]),
        ("proof", "http://localhost:8000/"),
        ("proof", [{"id": 7}]),
        ("validFrom", 7),
        ("@context", {"id": 7}),
        ("credentialStatus", [None, 7]),
        ("type", None),
        ("id", {"id": "x"}),
    ],
)
def test_members_of_any_shape_get_a_report(client, document, member, value):
    altered = copy.deepcopy(document)
    altered[member] = value

    response = verify(client, document=json.dumps(altered))

    assert response.status_code in {200, 400}
    if document != altered:
        assert "verdict--good" not in response.content.decode()


def test_an_id_that_is_no_address_gets_a_report(client, document):
    response = verify(client, document=json.dumps(document | {"id": "http://["}))

    assert "verdict--bad" in response.content.decode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=12,
)
MEMBERS = ["@context", "id", "type", "issuer", "credentialSubject", "proof", "validFrom"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=400))
def test_no_bytes_make_it_fail(client, content):
    assert verify(client, file=upload(content, "x")).status_code in {200, 400}


# Each starts a process of its own; tests/web/test_presentation.py tries many more without.
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(members=st.dictionaries(st.sampled_from(MEMBERS), json_values))
def test_no_document_makes_it_fail(client, members):
    response = verify(client, document=json.dumps(members))

    assert response.status_code in {200, 400}
    assert "verdict--good" not in response.content.decode()


def test_the_form_is_protected_against_forgery(credential):
    strict = Client(enforce_csrf_checks=True)
    strict.get("/verify")
    token = strict.cookies["csrftoken"].value

    without = strict.post("/verify", {"document": "{}"})
    with_token = strict.post("/verify", {"document": "{}", "csrfmiddlewaretoken": token})

    assert without.status_code == 403
    assert "The form has expired" in read(without).text
    assert with_token.status_code in {200, 400}


def test_a_foreign_image_is_not_loaded_and_a_script_is_not_a_link(client, document):
    achievement = document["credentialSubject"]["achievement"]
    achievement["image"]["id"] = "https://tracker.example/pixel.png"
    achievement["criteria"]["id"] = "javascript:alert(1)"
    document["issuer"]["url"] = "javascript:alert(2)"

    response = verify(client, document=json.dumps(document))

    shown = read(response)
    assert all(address.startswith("/") for address in shown.loads)
    assert not [link for link in shown.links if link.startswith("javascript")]
