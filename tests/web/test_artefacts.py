"""What is made of a badge for paper and for sharing."""

import io
import re
import shutil
import subprocess
import zlib
from dataclasses import replace

import pytest
import segno
from django.core.management import CommandError, call_command
from PIL import Image

from credentials import selectors, services
from credentials.serializers import card, certificate, press
from credentials.views import artefacts
from issuers import models as parties
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
FILES = ("/certificate.pdf", "/card.png", "/qr.svg", "/qr.png")


@pytest.fixture(autouse=True)
def _dressed(ecole_a):
    factories.change(ecole_a, colour="#7a1f4d", logo=factories.png(200, 60))


def words(pdf: bytes, tmp_path) -> str:
    """Return the text of a PDF as a reader finds it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing: apt-get install poppler-utils")
    place = tmp_path / "one.pdf"
    place.write_bytes(pdf)
    done = subprocess.run(  # noqa: S603 - our own file
        [shutil.which("pdftotext") or "", "-layout", str(place), "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    return " ".join(done.stdout.decode().split())


def images(pdf: bytes, tmp_path) -> list[Image.Image]:
    """Return the pages of a PDF as they look, in grey, 144 dots an inch."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing: apt-get install poppler-utils")
    place = tmp_path / "some.pdf"
    place.write_bytes(pdf)
    subprocess.run(  # noqa: S603 - our own file
        [shutil.which("pdftoppm") or "", "-r", "144", "-gray", str(place), str(tmp_path / "page")],
        check=True,
    )
    return [Image.open(each) for each in sorted(tmp_path.glob("page*.pgm"))]


def test_a_certificate_says_who_earned_what_from_whom_and_when(client, credential, page, tmp_path):
    response = client.get(f"{page}/certificate.pdf", {"lang": "fr"})

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="welding.pdf"'
    text = words(response.content, tmp_path)
    for said in ("Attestation", "Élève 0", "Soudure à l'arc", "École A", "2 mars 2026",
                 selectors.address(token=credential.token)):  # fmt: skip
        assert said in text


def test_paper_says_of_a_name_that_it_is_not_verified_until_it_is(
    client, ecole_a, page, tmp_path, settings
):
    caution = "Name not verified"
    factories.anchor_everything()

    before = client.get(f"{page}/certificate.pdf", {"lang": "en"})
    card_before = client.get(f"{page}/card.png", {"lang": "en"}).content
    parties.Domain.objects.of(ecole_a).create(
        issuer=ecole_a, name="ecole-a.org", token="t" * 22, method="dns",
        asked_at=NOW, verified_at=NOW, confirmed_at=NOW, checked_at=NOW,
    )  # fmt: skip
    after = client.get(f"{page}/certificate.pdf", {"lang": "en"})

    assert caution in words(before.content, tmp_path)
    assert before.keep_seconds <= settings.EDGE_SECONDS
    assert caution not in words(after.content, tmp_path)
    assert client.get(f"{page}/card.png", {"lang": "en"}).content != card_before


def test_it_is_in_the_language_that_is_asked_for_and_its_words_in_their_own(client, page, tmp_path):
    english = client.get(f"{page}/certificate.pdf", headers={"Accept-Language": "en"})

    assert "2 March 2026" in words(english.content, tmp_path)
    assert "Souder des pièces" in words(english.content, tmp_path)
    assert "Accept-Language" in english["Vary"]


def test_the_signed_badge_is_in_the_file_and_the_file_is_for_archives(client, credential, page):
    pdf = client.get(f"{page}/certificate.pdf").content

    document = selectors.opened(credential=credential).document
    found = []
    for stream in re.finditer(rb"stream\r?\n", pdf):
        try:
            found.append(zlib.decompressobj().decompress(pdf[stream.end() :]))
        except zlib.error:
            continue
    assert document in found
    assert any(b'pdfaid:part="3"' in each for each in found)


def test_the_same_certificate_of_two_people_shares_no_name(ecole_a, tmp_path):
    first, second = factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=10)
    printed = []
    for row in (first, second):
        found = selectors.find_by_token(token=row.token)
        assert found is not None
        printed.append(certificate.made(found, NOW)[1])

    sheets = press.press().sheets(printed)

    assert "Élève 0" in words(sheets, tmp_path)
    assert "Élève 1" in words(sheets, tmp_path)


@pytest.mark.parametrize("layout", press.CODE_AT)
def test_the_code_on_a_sheet_is_that_of_its_own_page(credential, layout, tmp_path):
    _shown, printed = certificate.made(credential, NOW)
    printed = replace(printed, layout=layout, signatory="Claire Dumas", role="Directrice")
    addresses = [f"https://acquis.example/credentials/{letter * 22}" for letter in "AB"]
    two = [replace(printed, address=address, learner="Awa") for address in addresses]

    pages = images(press.press().sheets(two), tmp_path)

    for page, address in zip(pages, addresses, strict=True):
        assert (page.width < page.height) is (layout == "portrait")
        side, (left, top) = press.CODE_SIDE * 1.5, [each * 1.5 for each in press.CODE_AT[layout]]
        rows = segno.make(address, error="m", micro=False, mask=press.MASK).matrix
        module = side / len(rows)
        found = [
            [page.getpixel((left + (x + 0.5) * module, top + (y + 0.5) * module)) < 128
             for x in range(len(rows))] for y in range(len(rows))
        ]  # fmt: skip
        assert found == [[bool(each) for each in row] for row in rows]


def test_a_second_certificate_of_a_badge_lays_out_the_person_alone(credential, monkeypatch):
    _shown, printed = certificate.made(credential, NOW)
    printer, laid_out = press.press(), []
    lay_out = printer._laid_out
    monkeypatch.setattr(
        printer, "_laid_out",
        lambda name, *args, **options: laid_out.append(name) or lay_out(name, *args, **options),
    )  # fmt: skip
    mine = replace(printed, badge="Nobody printed it before")

    first, second = (printer.certificate(replace(mine, learner=name)) for name in ("Awa", "Ida"))

    assert laid_out == ["certificate_people", "certificate", "certificate_people"]
    assert first != second


@pytest.mark.parametrize(
    "other", ["badge", "issuer", "issued", "until", "description", "colour", "signatory", "role"]
)
def test_certificates_that_differ_in_anything_share_no_layer(credential, other, tmp_path):
    _shown, printed = certificate.made(credential, NOW)
    told = "#123456" if other == "colour" else "Otherwise"

    [one, two] = images(
        press.press().sheets([printed, replace(printed, **{other: told})]), tmp_path
    )

    assert one.tobytes() != two.tobytes()


@pytest.mark.parametrize("name", ["<b>Awa</b> & “Ko”", "Ana Đorđević-Öztürk", "Ольга Ή", "م" * 20])
def test_a_name_is_text_whatever_it_holds(credential, name, tmp_path):
    shown, printed = certificate.made(credential, NOW)
    assert shown.learner

    pdf = press.press().certificate(
        certificate.Certificate(**{**_members(printed), "learner": name, "badge": name * 9})
    )

    assert pdf.startswith(b"%PDF")
    if name.isascii() or "Đ" in name:
        assert name in words(pdf, tmp_path)


def _members(printed):
    return {name: getattr(printed, name) for name in printed.__slots__}


def test_a_page_fetches_nothing_from_elsewhere(monkeypatch):
    printer = press.press()

    for url in ("https://evil.example/a.png", "file:///etc/passwd", "acquis:font/../settings.py",
                "acquis:font/manrope/../../x", "acquis:picture/none"):  # fmt: skip
        with pytest.raises(ValueError, match="nothing from elsewhere"):
            printer._content(url)


def test_of_what_does_not_stand_there_is_no_certificate_and_the_card_says_so(
    client, ecole_a, credential, page
):
    before = client.get(f"{page}/card.png").content
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    assert client.get(f"{page}/certificate.pdf").status_code == 409
    after = client.get(f"{page}/card.png")
    assert after.status_code == 200
    assert after.content != before


def test_a_card_has_the_size_that_networks_ask_for(client, page):
    response = client.get(f"{page}/card.png")

    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (1200, 630)
    assert response["Content-Type"] == "image/png"
    assert len(response.content) < 300_000


@pytest.mark.parametrize("badge", ["B", "Un titre " * 20, "Å" * 80, "Соединение деталей", "名前"])
def test_any_name_fits_on_a_card(credential, badge):
    _shown, printed = certificate.made(credential, NOW)

    drawn = card.card(
        certificate.Certificate(**{**_members(printed), "badge": badge, "logo": None}),
        warning="Révoqué",
    )

    assert drawn.startswith(b"\x89PNG")


def test_a_card_that_warns_has_its_warning_where_others_have_an_address(credential):
    _shown, printed = certificate.made(credential, NOW)
    here, there = (replace(printed, address=f"https://{each}.example/x") for each in "ab")

    assert card.card(here, warning="Révoqué") == card.card(there, warning="Révoqué")
    assert card.card(here, warning="") != card.card(there, warning="")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_code_is_that_of_the_page(client, credential, page, kind):
    response = client.get(f"{page}/qr.{kind}")

    expected = segno.make(selectors.address(token=credential.token), error="m", micro=False)
    if kind == "svg":
        stream = io.BytesIO()
        expected.save(stream, kind="svg", scale=8, border=4)
        assert response.content == stream.getvalue()
    else:
        with Image.open(io.BytesIO(response.content)) as image:
            assert image.width == expected.symbol_size(scale=8, border=4)[0]


@pytest.mark.parametrize("file", FILES)
def test_where_there_is_no_badge_there_is_nothing(client, ecole_a, credential, page, file):
    [due] = factories.due(issuer=ecole_a)

    assert client.get("/credentials/" + "A" * 22 + file).status_code == 404
    learners.LearnerKey.objects.of(credential.issuer).filter(learner=credential.learner).delete()
    if "qr" not in file:
        assert client.get(page + file).status_code == 410
        assert client.get(f"/credentials/{due.token}{file}").status_code == 404


def test_without_the_libraries_there_is_a_clear_answer(client, page, monkeypatch):
    def missing():
        raise press.NoPress("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(artefacts, "press", missing)

    response = client.get(f"{page}/certificate.pdf")

    assert response.status_code == 503
    assert "libraries are missing" in response.json()["detail"]


def test_libraries_that_are_missing_are_told_from_other_trouble(monkeypatch):
    def missing(name):
        raise OSError(f"cannot load library for {name}")

    monkeypatch.setattr(press, "import_module", missing)

    with pytest.raises(press.NoPress, match="cannot load library"):
        press.Press()


def test_the_page_offers_it_and_names_its_card(client, credential, page):
    html = client.get(page).content.decode()

    assert f"{page}/certificate.pdf" in html
    assert f'content="http://localhost:8000{page}/card.png?lang=en">' in html
    assert credential.learner.name not in html.partition("</head>")[0].partition("og:")[2]


@pytest.mark.parametrize("sheets", [True, False])
def test_a_command_prints_those_of_a_badge_that_stand(ecole_a, tmp_path, sheets):
    rows = factories.due(issuer=ecole_a, count=3)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    services.revoke(issuer=ecole_a, credential=rows[1], reason="Mistake", now=NOW)

    call_command("certificates", "ecole-a", "welding", tmp_path, sheets=sheets, language="fr")

    names = {place.name for place in tmp_path.iterdir()}
    expected = {f"{rows[0].token}.pdf", f"{rows[2].token}.pdf"}
    assert names == ({"welding-1-2.pdf"} if sheets else expected)


def test_the_command_says_what_is_not_there(ecole_a, tmp_path):
    with pytest.raises(CommandError, match="no organisation"):
        call_command("certificates", "nobody", "welding", tmp_path)
    with pytest.raises(CommandError, match="Nobody holds"):
        call_command("certificates", "ecole-a", "welding", tmp_path)
