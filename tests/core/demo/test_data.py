"""The demonstration's data: it is whole, and what is wrong in a copy of it is found where it is."""

import shutil
import unicodedata
from datetime import UTC, datetime

import pytest

from badges.core import document, drawing, frameworks, vocabulary
from config.demo import data
from credentials.core import rdf
from learners.core import identity

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def issuers():
    return data.load()


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "demo"
    shutil.copytree(data.HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_there_are_two_issuers_six_badges_and_two_hundred_learners(issuers):
    assert [one.country for one in issuers] == ["FR", "CA"]
    assert sum(len(one.achievements) for one in issuers) == 6
    assert sum(len(one.learners) for one in issuers) == 200
    assert sum(len(one.credentials) for one in issuers) == 240


def test_every_learner_earned_something(issuers):
    for issuer in issuers:
        earned = {credential.email for credential in issuer.credentials}

        assert earned == {learner.email for learner in issuer.learners}


def test_three_badges_are_the_blocks_of_one_certification(issuers):
    french = issuers[0]

    blocks = [one.block for one in french.achievements if one.block]

    assert blocks == ["RNCP99001BC01", "RNCP99001BC02", "RNCP99001BC03"]
    assert french.certification_of(blocks[0]).code == "RNCP99001"
    assert french.block(blocks[2]).title == "Piloter l'équipe et le budget d'un projet numérique"


def test_some_hold_the_whole_certification(issuers):
    held: dict[str, set[str]] = {}
    for credential in issuers[0].credentials:
        held.setdefault(credential.email, set()).add(credential.achievement)
    blocks = {badge.slug for badge in issuers[0].achievements if badge.block}

    assert len([badges for badges in held.values() if blocks <= badges]) == 9


def test_one_credential_has_expired_and_one_is_revoked(issuers):
    credentials = [credential for one in issuers for credential in one.credentials]

    assert len([one for one in credentials if one.has_expired(NOW)]) == 1
    [revoked] = [one for one in credentials if one.is_revoked]
    assert revoked.revocation_reason
    assert revoked.revoked_at
    assert revoked.valid_from < revoked.revoked_at < NOW


def test_nothing_is_earned_in_the_future_nor_expires_too_soon_to_be_shown(issuers):
    for issuer in issuers:
        for credential in issuer.credentials:
            assert credential.valid_from < NOW


def test_addresses_can_belong_to_nobody(issuers):
    for issuer in issuers:
        assert issuer.url.endswith(".example/")
        assert issuer.email.endswith(".example")
        for learner in issuer.learners:
            domain = learner.email.partition("@")[2]
            assert domain.removeprefix("mail.") in ("example.org", "example.com", "example.net")


def test_names_are_composed_and_written_in_several_scripts(issuers):
    names = [learner.name for one in issuers for learner in one.learners]

    assert all(unicodedata.is_normalized("NFC", name) for name in names)
    scripts = {unicodedata.name(name[0]).split()[0] for name in names}
    assert {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "CJK"} <= scripts
    assert any("'" in name for name in names)
    assert any("-" in name for name in names)


def test_every_badge_can_be_written_and_drawn(issuers):
    for issuer in issuers:
        assert drawing.png(issuer.logo, size=64)
        for badge in issuer.achievements:
            alignments = badge.alignments
            if badge.block:
                block = issuer.block(badge.block)
                alignments = (
                    frameworks.rncp_alignment(code=block.code, title=block.title),
                    *alignments,
                )
            assert drawing.compose(badge.drawing)
            written = document.achievement_document(
                document.Achievement(
                    id=f"https://badges.example.org/achievements/{badge.slug}",
                    name=badge.name,
                    description=badge.description,
                    criteria_narrative=badge.criteria,
                    achievement_type=badge.achievement_type,
                    tags=badge.tags,
                    in_language=badge.language,
                    alignments=alignments,
                    human_code=badge.block or None,
                )
            )
            # What JSON-LD would drop is refused here.
            assert rdf.canonicalise({"@context": list(vocabulary.CONTEXTS), **written})


def test_every_name_and_address_can_be_hashed(issuers):
    for issuer in issuers:
        for learner in issuer.learners:
            assert identity.normalise_name(learner.name) == learner.name
            assert identity.normalise_email(learner.email) == learner.email


FRENCH = "institut-ardoise"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("learners.csv", "email,name", "mail,name", r"learners.csv, row 1: .*email,name,language"),
        ("learners.csv", "Élodie Lefèvre,fr", "Élodie Lefèvre", "row 2, .*3 cells"),
        ("learners.csv", "Élodie Lefèvre,fr", ",fr", "row 2, column name: is missing"),
        ("learners.csv", "Élodie Lefèvre,fr", "Élodie Lefèvre,de", "column language: must be"),
        ("learners.csv", "elodie.lefevre@", "Elodie@", "row 2, column email: .*small letters"),
        ("learners.csv", "jean-baptiste.morel@mail.", "elodie.lefevre@", "row 3, .*twice"),
        ("learners.csv", "Élodie Lefèvre,fr", '"Élodie,fr', "row .*EOF|row .*end"),
        ("credentials.csv", "IA-2026-0002", "IA-2026-0001", "row 3, column reference: .*twice"),
        (
            "credentials.csv",
            "emre.yildiz@example.org",
            "nobody@example.org",
            "column email: .*no learner",
        ),
        (
            "credentials.csv",
            "cadrer-un-projet-responsable",
            "souder",
            "row 2, column achievement: 'souder'",
        ),
        ("credentials.csv", ",2026-01-30,", ",30/01/2026,", "column valid_from: .*2026-03-14"),
        ("credentials.csv", ",2026-01-30,", ",,", "column valid_from: is missing"),
        (
            "credentials.csv",
            ",2026-01-30,,",
            ",2026-01-30,2026-01-29,",
            "column valid_until: is before",
        ),
        ("credentials.csv", ",2026-11-16,", ",2020-11-16,", "column revoked_on: is before"),
        ("credentials.csv", ",2026-11-16,", ",,", "column revocation_reason: goes with"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_column(folder, file, old, new, message):
    change(folder / FRENCH / file, old, new)

    with pytest.raises(data.DataError, match=message) as refusal:
        data.load(folder)

    assert str(refusal.value).startswith(f"{FRENCH}/{file}, row ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('slug = "institut-ardoise"', "", "issuer 1, slug: must be text"),
        ('country = "FR"', "country = 33", "issuer 1, country: must be text"),
        ('region = "Pays', 'regoin = "Pays', "issuer 1, regoin: is none of"),
        ('code = "RNCP99001"', 'code = "RS1"', "certification 1, code: must look like"),
        ('code = "RNCP99001BC02"', 'code = "RNCP99002BC02"', "block 2, code: must look like"),
        ('code = "RNCP99001BC02"', 'code = "RNCP99001BC01"', "certification 1, block: .*twice"),
        (
            'block = "RNCP99001BC01"',
            'block = "RNCP99001BC09"',
            "achievement 1, block: .*no certification",
        ),
        ('tags = ["gestion de projet"', "tags = [1", "achievement 1, tags: must be an array"),
        (
            "validity_months = 60",
            'validity_months = "60"',
            "validity_months: must be a whole number",
        ),
        (
            'framework = "ROME"',
            'framework = "ROMA"',
            "alignment 1, framework: must be ROME or ESCO",
        ),
        ('code = "M1806"', 'code = "1806"', "alignment 1, code: .*M1805"),
        ('icon = "compass"', 'icon = "dragon"', "achievement 1 drawing, drawing: .*'dragon'"),
        ('colours = ["#1b2a6b", ', "colours = [", "logo, colours: must be three"),
        ("[issuer.logo]", "[issuer.sign]", "sign: is none of|logo: is missing"),
        ("[[issuer]]", "[[issuer", "issuers.toml: "),
        (
            'slug = "mentorat-entre-pairs"',
            'slug = "piloter-une-equipe-projet"',
            "achievement: .*twice",
        ),
    ],
)
def test_a_wrong_member_of_the_description_is_named(folder, old, new, message):
    change(folder / "issuers.toml", old, new)

    with pytest.raises(data.DataError, match=message):
        data.load(folder)


def test_a_missing_file_is_named(folder):
    (folder / FRENCH / "learners.csv").unlink()

    with pytest.raises(data.DataError, match=r"institut-ardoise/learners\.csv: is missing"):
        data.load(folder)


def test_a_file_in_another_encoding_is_named(folder):
    path = folder / FRENCH / "learners.csv"
    path.write_bytes(path.read_text().encode("utf-16"))

    with pytest.raises(data.DataError, match="is not UTF-8"):
        data.load(folder)


def test_a_file_saved_by_a_spreadsheet_is_read(folder):
    path = folder / FRENCH / "learners.csv"
    path.write_bytes(path.read_text().replace("\n", "\r\n").encode("utf-8-sig"))

    assert data.load(folder) == data.load()
