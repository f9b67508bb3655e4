"""The pages of lists: from a spreadsheet to badges, and what each role meets on the way."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credentials import models, services
from credentials.selectors import intakes
from learners import models as learners
from tests import factories, kept
from tests.core.credentials import nasty
from tests.web.conftest import read

HERE = "/console/ecole-a/lists"
TEXT = (
    "Nom;Prénom;Courriel;Obtenu le\n"
    "Roy;Léa;lea@example.org;13/02/2026\n"
    "Ménard;Zoë;zoe@example.org;14/02/2026\n"
    "Diallo;Awa;personne;14/02/2026\n"
)


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a)


def give(client, badge, content=TEXT, name="Liste été.csv"):
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, body)
    return client.post(f"{HERE}/new", {"badge": str(badge.uuid), "file": file})


def chosen(client, address):
    """Return what the form of columns would send as it stands."""
    page = read(client.get(address))
    sent, select = {}, None
    for tag, attributes in page.elements:
        if tag == "select":
            select = attributes["name"]
            sent.setdefault(select, "")
        elif tag == "option" and "selected" in attributes and select:
            sent[select] = attributes.get("value") or ""
        elif tag == "input" and attributes.get("type") not in {"checkbox", "radio"}:
            sent[attributes["name"]] = attributes.get("value") or ""
    return {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"}


def looked_at(client, badge, content=TEXT):
    address = give(client, badge, content)["Location"]
    return client.post(address, chosen(client, address))["Location"]


def confirmed(client, badge, content=TEXT, window="0"):
    address = looked_at(client, badge, content).replace("/look", "/confirm")
    count = re.search(r"Issue (\d+) badge", read(client.get(address)).text)[1]
    return client.post(address, {"window": window, "typed": count})["Location"]


def work(issuer):
    now = timezone.now()
    while services.record(now=now, limit=100):
        pass
    services.sign(now=now, limit=100)


def test_a_spreadsheet_becomes_badges(client, bob, badge, ecole_a):
    client.force_login(bob)

    columns = give(client, badge)["Location"]
    page = read(client.get(columns))
    assert "columns parted by semicolons" in page.text
    assert "lea@example.org · zoe@example.org · personne" in page.text
    look = client.post(columns, chosen(client, columns))["Location"]
    page = read(client.get(look))
    assert "2 badges to issue" in page.text
    assert "Léa Roy" in page.text
    assert "13 February 2026" in page.text
    assert "4 Courriel personne one e-mail address, such as lea@example.org" in page.text
    assert not learners.Learner.objects.of(ecole_a).exists()
    confirm = look.replace("/look", "/confirm")
    assert "2 learners are enrolled" in read(client.get(confirm)).text
    assert "as it stands above" in read(client.post(confirm, {"window": "0", "typed": "3"})).text
    progress = client.post(confirm, {"window": "0", "typed": "2"})["Location"]
    assert "Signed 0 To be signed 2" in read(client.get(progress)).text
    work(ecole_a)

    page = read(client.get(progress))
    assert "done" in page.text
    assert "Signed 2 To be signed 0" in page.text
    assert progress in read(client.get(HERE)).links


@pytest.mark.parametrize("tells", [True, False])
def test_learners_are_told_where_that_is_said(client, bob, badge, ecole_a, tells):
    client.force_login(bob)
    confirm = looked_at(client, badge).replace("/look", "/confirm")
    assert ("tells", True) in [
        (each.get("name"), "checked" in each) for tag, each in read(client.get(confirm)).elements
    ]

    client.post(confirm, {"window": "0", "typed": "2"} | ({"tells": "on"} if tells else {}))
    work(ecole_a)

    assert models.Message.objects.of(ecole_a).count() == (2 if tells else 0)


def test_a_workbook_with_several_sheets_is_asked_for_one(client, bob, badge):
    def second(book):
        book.create_sheet("Autres").append(["Nom", "Mail"])
        book["Autres"].append(["Awa Diallo", "awa@example.org"])

    client.force_login(bob)
    address = give(client, badge, nasty.book(nasty.ROWS, second))["Location"]
    assert "sheet “Sheet”" in read(client.get(address)).text

    client.post(address, {"sheet": "Autres"})

    page = read(client.get(address))
    assert "sheet “Autres”" in page.text
    assert "awa@example.org" in page.text
    assert "no such sheet" in read(client.post(address, {"sheet": "?"}, follow=True)).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older workbook"),
        (b"nom;mail\n", "no row below"),
        (nasty.REFUSED["1,000 columns"][0], "more than 100 columns"),
        (nasty.REFUSED["entities in entities"][0], "damaged"),
    ],
)
def test_a_file_that_is_not_read_says_why(client, bob, badge, content, words):
    client.force_login(bob)

    response = give(client, badge, content)

    assert response.status_code == 200
    assert words in read(response).text
    assert not models.Intake.objects.across_issuers().exists()


def test_days_that_could_be_either_are_asked_for(client, bob, badge):
    text = "Nom;Mail;Date\nLéa;lea@example.org;03/04/2026\n"
    client.force_login(bob)
    address = give(client, badge, text)["Location"]
    sent = chosen(client, address)

    asked = read(client.post(address, sent))
    look = client.post(address, sent | {"order": "mdy"})["Location"]

    assert "No day of this list tells" in asked.text
    assert "4 March 2026" in read(client.get(look)).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"column_2": ""}, "which column holds the e-mail addresses"),
        ({"column_0": "", "column_1": ""}, "which column holds the names"),
        ({"column_0": "name"}, "in one column, or in two"),
        ({"column_3": "email"}, "said to be the same"),
        ({"column_3": "shoe size"}, "Select a valid choice"),
    ],
)
def test_columns_that_make_no_sense_are_asked_for_again(client, bob, badge, changed, words):
    client.force_login(bob)
    address = give(client, badge)["Location"]

    assert words in read(client.post(address, chosen(client, address) | changed)).text


def test_rows_that_are_left_out_come_back_as_a_file_that_computes_nothing(client, bob, badge):
    client.force_login(bob)
    text = TEXT + "=cmd|' /C calc'!A0;B;b@example.org;\n"
    look = looked_at(client, badge, text)

    answer = client.get(look.replace("/look", "/left-out.csv"))

    body = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment")
    assert body.splitlines()[0] == "Nom,Prénom,Courriel,Obtenu le,Row,What is wrong"
    assert 'Diallo,Awa,personne,14/02/2026,4,"Courriel: one e-mail' in body
    assert "'=cmd" in body
    assert "\n=" not in body


def test_each_row_is_shown_as_it_will_be_signed(client, bob, badge):
    client.force_login(bob)
    look = looked_at(client, badge)

    page = read(client.get(look.replace("/look", "/rows/0")))

    assert "Léa Roy · lea@example.org" in page.text
    assert '"validFrom": "2026-02-13T00:00:00Z"' in page.text
    assert client.get(look.replace("/look", "/rows/2")).status_code == 404


def test_one_learner_takes_the_same_way(client, bob, badge, ecole_a):
    client.force_login(bob)
    entry = {
        "badge": str(badge.uuid), "name": "Léa Roy", "email": "lea@example.org", "language": "fr",
        "day": "2026-02-13",
    }  # fmt: skip
    assert "one e-mail" in read(client.post("/console/ecole-a/issue", entry | {"email": "a"})).text

    confirm = client.post("/console/ecole-a/issue", entry)["Location"]
    client.post(confirm, {"window": "0", "typed": "1"})
    work(ecole_a)

    [row] = models.Credential.objects.of(ecole_a)
    assert (row.state, row.valid_from.isoformat()) == ("signed", "2026-02-13T00:00:00+00:00")
    assert "issued before" in read(client.post("/console/ecole-a/issue", entry)).text


def test_a_list_is_paused_goes_on_and_is_cancelled(client, bob, badge, ecole_a):
    client.force_login(bob)
    here = confirmed(client, badge, window="60")
    page = read(client.get(here))
    assert "can still be cancelled" in page.text
    assert f"{here}/cancel" in page.links

    client.post(f"{here}/pause")
    assert "paused" in read(client.get(here)).text
    client.post(f"{here}/go-on")
    work(ecole_a)
    assert "2 awards are not signed yet" in read(client.get(f"{here}/cancel")).text
    client.post(f"{here}/cancel")

    assert "2 awards were cancelled" in read(client.get(here)).text
    assert not models.Credential.objects.of(ecole_a).exists()
    assert client.post(f"{here}/cancel").status_code == 409


def test_a_draft_is_deleted_after_a_question(client, bob, badge, ecole_a):
    client.force_login(bob)
    here = looked_at(client, badge).replace("/look", "/delete")
    assert "Delete this list?" in read(client.get(here)).text

    client.post(here)

    assert intakes.intakes(issuer=ecole_a) == []
    assert "Nothing was issued from here yet" in read(client.get(HERE)).text


def test_an_approver_releases_what_an_issuer_prepared(client, bob, badge, ecole_a):
    dora = factories.member(issuer=ecole_a, name="Dora", role="approver")
    factories.change(ecole_a, four_eyes=True)
    client.force_login(bob)
    here = confirmed(client, badge)
    work(ecole_a)
    client.force_login(dora)

    page = read(client.get(here))
    [approval] = [link for link in page.links if "/approvals/" in link]
    client.post(f"{approval}/release")
    work(ecole_a)

    assert "waiting for approval" in page.text
    assert f"{here}/cancel" not in page.links
    assert "Signed 2" in read(client.get(here)).text


def test_a_viewer_sees_how_far_a_list_got_and_nobody_on_it(client, bob, badge, ecole_a):
    client.force_login(bob)
    here = confirmed(client, badge)
    draft = looked_at(client, badge)
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role="viewer"))

    page = read(client.get(here))

    assert "To be signed 2" in page.text
    # The address in the menu is her own.
    others = page.text.replace("bob@example.org", "").replace("vera@example.org", "")
    assert "example.org" not in others
    assert f"{here}/cancel" not in page.links
    assert client.get(draft).status_code == 403
    assert client.get(draft.replace("/look", "")).status_code == 404
    assert client.post(f"{here}/pause").status_code == 403


def test_lists_of_others_are_not_there(client, bob, charlie, badge, ecole_b):
    client.force_login(bob)
    here, draft = confirmed(client, badge), looked_at(client, badge)
    client.force_login(charlie)
    uuid = here.rsplit("/", 1)[1]

    for name in ("", "/cancel", "/look", "/columns", "/confirm", "/left-out.csv", "/rows/0"):
        assert client.get(f"{HERE}/{uuid}{name}").status_code == 404
        assert client.get(f"/console/ecole-b/lists/{uuid}{name}").status_code == 404
    assert client.get(draft).status_code == 404
    assert client.post(f"/console/ecole-b/lists/{uuid}/pause").status_code == 404


def test_a_badge_of_others_is_not_issued(client, bob, ecole_a, ecole_b, badge):
    theirs = factories.achievement(issuer=ecole_b)
    client.force_login(bob)

    assert "Select a valid choice" in read(give(client, theirs)).text


def test_pages_speak_french(client, bob, badge):
    client.force_login(bob)
    look = looked_at(client, badge)

    page = read(client.get(f"{look}?lang=fr"))

    assert "2 badges à délivrer" in page.text
    assert "13 février 2026" in page.text
    body = client.get(look.replace("/look", "/left-out.csv?lang=fr")).content.decode("utf-8-sig")
    assert body.startswith("Nom;Prénom;Courriel;Obtenu le;Ligne;")


def test_the_list_of_lists_costs_the_same_however_many(
    client, bob, badge, ecole_a, django_assert_max_num_queries
):
    for _each in range(3):
        factories_list(ecole_a, badge, bob)
    client.force_login(bob)

    with django_assert_max_num_queries(12):
        client.get(HERE)


def factories_list(issuer, badge, actor):
    return services.upload(
        issuer=issuer, achievement=badge, name="l.csv", content=TEXT.encode(), actor=actor,
        now=timezone.now() - timedelta(days=1),
    )  # fmt: skip
