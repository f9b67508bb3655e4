"""Verify transcripts: ours as they are stored, those of others as they are handed over."""

import copy
import json

import pytest

from credentials import services
from credentials.core import canonical
from credentials.core.verification import Verdict
from credentials.selectors import transcripts
from credentials.services import isolation
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def transcript(ecole_a):
    made = factories.transcript(issuer=ecole_a)
    factories.anchor_everything()
    return made


@kept.fixture
def text(transcript):
    return transcripts.opened(transcript=transcript).document


def changed(text, change):
    document = json.loads(text)
    change(document)
    return json.dumps(document).encode()


def failing(found):
    return {check.name for check in found.report.checks if check.outcome.value == "failed"}


def test_one_of_ours_is_verified_and_so_is_each_badge_in_it(transcript):
    found = services.verify_transcript(transcript=transcript, now=NOW)

    assert found.report.verdict is Verdict.VERIFIED
    assert [check.outcome.value for check in found.report.checks] == ["passed"] * 7
    assert [part.report.verdict for part in found.parts] == [Verdict.VERIFIED] * 2
    assert [part.credential.reference for part in found.parts] == [
        "awa@example.org-bloc-1",
        "awa@example.org-bloc-2",
    ]


def test_more_badges_of_one_issuer_ask_for_its_keys_and_lists_once(
    ecole_a, transcript, django_assert_max_num_queries
):
    learner = transcript.learner
    more = [factories.achievement(issuer=ecole_a, slug=f"more-{n}") for n in range(10)]
    held = factories.awarded(issuer=ecole_a, learner=learner, achievements=more)
    long = services.request_transcript(
        issuer=ecole_a, learner=learner, credentials=held, now=NOW, reference="long"
    )
    services.sign_transcripts(now=NOW, limit=1)
    services.publish_status_lists(now=NOW)
    factories.anchor_everything()
    found = transcripts.find_by_token(token=long.token)

    with django_assert_max_num_queries(10 + 5 * 11):
        parts = services.verify_transcript(transcript=found, now=NOW).parts

    assert [part.report.verdict for part in parts] == [Verdict.VERIFIED] * 10


def test_it_is_open_until_it_is_anchored(ecole_a):
    transcript = factories.transcript(issuer=ecole_a)

    found = services.verify_transcript(transcript=transcript, now=NOW)

    assert found.report.verdict is Verdict.INCONCLUSIVE


def test_a_badge_that_was_revoked_since_shows_and_the_transcript_stands(ecole_a, transcript):
    [first, _second] = transcripts.credentials_of(transcript=transcript)
    services.revoke(issuer=ecole_a, credential=first, reason="By mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    found = services.verify_transcript(transcript=transcript, now=NOW)

    assert found.report.verdict is Verdict.VERIFIED
    assert [part.report.verdict for part in found.parts] == [Verdict.REFUTED, Verdict.VERIFIED]
    assert failing(found.parts[0]) == {"stands"}


def test_one_that_was_revoked_is_refuted_and_its_badges_are_not(ecole_a, transcript):
    services.revoke_transcript(issuer=ecole_a, transcript=transcript, reason="Wrong", now=NOW)
    services.publish_status_lists(now=NOW)

    found = services.verify_transcript(transcript=transcript, now=NOW)

    assert failing(found) == {"stands"}
    assert [part.report.verdict for part in found.parts] == [Verdict.VERIFIED] * 2


def test_handed_over_it_is_recognised_as_ours(transcript, text):
    found = services.verify_document(data=text, now=NOW)

    assert found.transcript == transcript
    assert found.report.verdict is Verdict.VERIFIED
    assert [part.report.verdict for part in found.parts] == [Verdict.VERIFIED] * 2


def test_its_address_is_read_here(transcript):
    for address in ("transcripts/{}", "transcripts/{}.json"):
        url = "http://localhost:8000/" + address.format(transcript.token)

        assert services.verify_address(url=url, now=NOW).transcript == transcript


@pytest.mark.parametrize("token", ["A" * 22, "short"])
def test_an_address_where_there_is_none_says_so(transcript, token):
    with pytest.raises(services.Unverifiable) as refusal:
        services.verify_address(url=f"http://localhost:8000/transcripts/{token}", now=NOW)

    assert refusal.value.reason == "not_found"


def test_it_is_about_whom_it_is_about(text):
    right = services.verify_document(data=text, now=NOW, identity=(("name", "Awa Diallo"),))
    wrong = services.verify_document(data=text, now=NOW, identity=(("name", "Zoé"),))

    assert right.report.verdict is Verdict.VERIFIED
    assert failing(wrong) == {"about"}


@pytest.mark.parametrize(
    ("change", "whole", "parts"),
    [
        (lambda it: it.update(partial=True), {"signed", "anchored"}, [set(), set()]),
        (
            lambda it: it["credentialSubject"]["verifiableCredential"].pop(),
            {"signed", "anchored"},
            [set()],
        ),
        (
            lambda it: it["credentialSubject"]["verifiableCredential"][0].update(name="Another"),
            {"signed", "anchored"},
            [{"signed", "anchored"}, set()],
        ),
        (
            lambda it: it["credentialSubject"]["association"].pop(),
            {"signed", "anchored"},
            [set(), set()],
        ),
    ],
)
def test_whatever_was_changed_fails_where_it_was_changed(text, change, whole, parts):
    found = services.verify_document(data=changed(text, change), now=NOW)

    assert failing(found) <= whole
    assert "signed" in failing(found)
    assert found.transcript is None
    assert [failing(part) - {"anchored"} for part in found.parts] == [
        each - {"anchored"} for each in parts
    ]


def test_the_badges_of_others_are_verified_in_one_process_apart(text, monkeypatch):
    """Whole badges of nobody we know: named otherwise, so that no row of ours is theirs."""
    asked = []
    ask = isolation._ask

    def counting(request, seconds):
        asked.append(seconds)
        return ask(request, seconds)

    monkeypatch.setattr(isolation, "_ask", counting)

    def rename(document):
        document["id"] = "https://elsewhere.example/transcripts/1"
        for number, each in enumerate(document["credentialSubject"]["verifiableCredential"]):
            each["id"] = f"https://elsewhere.example/credentials/{number}"

    found = services.verify_document(data=changed(text, rename), now=NOW)

    assert [failing(part) for part in found.parts] == [{"signed"}, {"signed"}]
    assert len(asked) == 2  # the transcript, and all badges together
    assert asked[1] == pytest.approx(isolation.SECONDS + 2 * isolation.SECONDS_EACH)


def test_an_answer_that_lacks_a_report_is_no_answer():
    report = {"checks": [], "endorsements": []}

    assert isolation._read_several(json.dumps({"reports": [report]}).encode(), 1) is None
    assert isolation._read_several(b'{"reports": []}', 1) is None
    assert isolation._read_several(b'{"checks": []}', 1) is None


def test_what_is_no_transcript_within_is_answered_and_never_a_failure(text):
    for value in (None, 3, "x", {}, [], [3], [{"type": "ClrCredential"}]):
        document = copy.deepcopy(canonical.loads(text))
        document["credentialSubject"]["verifiableCredential"] = value

        found = services.verify_document(data=json.dumps(document).encode(), now=NOW)

        assert "conforms" in failing(found)
