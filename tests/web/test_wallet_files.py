"""A holder takes everything along, whatever the page shows to others; nobody else does."""

import io
import json
import zipfile

import pytest

from credentials import services
from credentials.selectors.holding import privacy
from credentials.serializers.holding import FILES
from credentials.services import holding
from credentials.views.wallet import downloads
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, badge_of, open_wallet

pytestmark = pytest.mark.django_db
KINDS = ("png", "svg", "json", "proof.html", "anchor.json", "qr.png", "qr.svg")


@kept.fixture
def badge(ecole_a):
    found = badge_of(ecole_a, LEA)
    factories.anchor_everything()
    hidden = privacy.Shown("hidden", name=False, evidence=False, results=False)
    holding.show(issuer=ecole_a, credential=found, shown=hidden, now=NOW)
    return found


def unzipped(answer) -> dict[str, bytes]:
    body = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_file_is_given_to_its_holder_and_to_nobody_else(client, badge):
    for kind in KINDS:
        assert client.get(f"/wallet/badges/{badge.token}/files/{kind}").status_code == 302
    open_wallet(client, LEA)

    for kind in KINDS:
        answer = client.get(f"/wallet/badges/{badge.token}/files/{kind}")
        assert (kind, answer.status_code) == (kind, 200)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"/credentials/{badge.token}.json").status_code == 403
    assert client.get(f"/wallet/badges/{badge.token}/files/exe").status_code == 404


def test_the_files_of_others_are_not_there(client, badge, ecole_a):
    theirs = badge_of(ecole_a, ZOE)
    open_wallet(client, LEA)

    for path in ("files", "files/json"):
        assert client.get(f"/wallet/badges/{theirs.token}/{path}").status_code == 404
    assert client.post(f"/wallet/badges/{theirs.token}/all.zip").status_code == 404


def test_all_of_a_badge_comes_in_one_archive(client, badge, monkeypatch):
    quick = {kind: downloads._SERVED[kind] for kind in KINDS}
    monkeypatch.setattr(downloads, "_SERVED", quick)
    open_wallet(client, LEA)

    found = unzipped(client.post(f"/wallet/badges/{badge.token}/all.zip"))

    slug = badge.achievement.slug
    assert {f"{slug}.json", f"{slug}.png", f"{slug}-proof.html", f"{slug}-qr.svg"} <= set(found)
    assert json.loads(found[f"{slug}.json"])["id"].endswith(badge.token)


def test_all_badges_come_in_one_archive_with_a_list(client, badge, ecole_b):
    badge_of(ecole_b, LEA)
    badge_of(ecole_b, ZOE)
    open_wallet(client, LEA)

    found = unzipped(client.post("/wallet/all.zip?lang=en"))

    listed = json.loads(found["badges.json"])
    assert [each["issuer"] for each in listed["badges"]] in (
        ["École A", "École B"], ["École B", "École A"],
    )  # fmt: skip
    slug = badge.achievement.slug
    for place in (f"001-{slug}/{slug}", f"002-{slug}/{slug}"):
        assert {f"{place}{end}" for end in FILES.values() if end != ".jwt"} <= set(found) | {
            f"002-{slug}/{slug}-anchor.json", f"001-{slug}/{slug}-anchor.json",
        }  # fmt: skip
    assert f"001-{slug}/{slug}.jwt\n" in found["read-me.txt"].decode()


def test_tokens_are_in_it_once_a_worker_made_them(client, badge):
    open_wallet(client, LEA)
    unzipped(client.post("/wallet/all.zip"))
    services.sign_editions(now=NOW, limit=10)

    found = unzipped(client.post("/wallet/all.zip"))

    assert f"001-{badge.achievement.slug}/{badge.achievement.slug}.jwt" in found
    assert not [name for name in found if name.endswith(".txt")]


def test_beyond_what_one_can_wait_for_there_is_what_proves_each(client, badge, monkeypatch):
    monkeypatch.setattr(downloads, "WHOLE", 0)
    open_wallet(client, LEA)

    found = unzipped(client.post("/wallet/all.zip"))

    ends = {name.partition("/")[2].removeprefix(badge.achievement.slug) for name in found}
    assert ends == {"", ".png", ".json", "-anchor.json"}


def test_archives_from_one_place_end(client, badge, settings):
    open_wallet(client, LEA)
    settings.ACCOUNT_RATE_LIMITS = {"wallet_everything": "1/h/ip"}

    answers = [client.post("/wallet/all.zip").status_code for _ in range(2)]

    assert answers == [200, 429]


def test_a_holder_reads_which_files_there_are(client, badge):
    open_wallet(client, LEA)

    page = read(client.get(f"/wallet/badges/{badge.token}/files"))

    assert f"/wallet/badges/{badge.token}/files/pdf" in page.links
    actions = [each.get("action") for tag, each in page.elements if tag == "form"]
    assert f"/wallet/badges/{badge.token}/all.zip" in actions
