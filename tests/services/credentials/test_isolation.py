"""A stranger's document is verified in a process that is limited, killed and not believed."""

import json
import logging
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.core import __main__ as checker
from credentials.core import canonical, given, verification
from credentials.core.verification import Report, Verdict
from credentials.services import isolation
from tests import pdfs
from tests.core.credentials.verifiable import NOW, good, material, reasons

# Machines that run many tests at once start a process slowly; only the tests of the deadline care.
PATIENT = 30.0


def verify(document: dict[str, Any], *, seconds: float = PATIENT, **changes: Any) -> Report:
    return isolation.verify(
        document=document, material=material(**changes), now=NOW, seconds=seconds
    )


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a checker that misbehaves in the place of the real one."""
    monkeypatch.setattr(isolation, "CHECKER", "tests.services.credentials.hostile_child")


@pytest.fixture(autouse=True)
def _no_child_of_another_test() -> Iterator[None]:
    isolation.dismiss()
    yield
    isolation.dismiss()


def below(process: str) -> list[str]:
    return [
        child
        for tasks in Path(f"/proc/{process}/task").glob("*/children")
        for child in tasks.read_text().split()
    ]


def children() -> list[str]:
    """Return the processes that are at a verification: copies of those that wait."""
    waiting = []
    for child in below("self"):
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and b"os.fork" in command.read_bytes():
            waiting.append(child)
    return [copy for child in waiting for copy in below(child)]


# -- The same answers ------------------------------------------------------------------------------


def test_a_good_document_gets_the_report_that_it_would_get_here() -> None:
    report = verify(good())

    assert report == verification.verify(good(), material(), NOW)
    assert report.verdict is Verdict.VERIFIED


def test_an_altered_document_gets_the_report_that_it_would_get_here() -> None:
    document = {**good(), "name": "Doctorat"}

    report = verify(document)

    assert report == verification.verify(document, material(), NOW)
    assert report.verdict is Verdict.REFUTED


def test_material_that_could_not_be_had_travels_too() -> None:
    gone = verification.Unavailable("DID document", "elle est trop âgée")

    report = verify(good(), did_document=gone, receipt=None, finding=None)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.checks[2].detail == {"why": "elle est trop âgée"}


def test_a_long_detail_is_cut() -> None:
    document = {**good(), "issuer": {"id": "did:web:" + "a" * 100_000, "type": ["Profile"]}}

    report = verify(document)

    assert report.checks[2].reason == "foreign_key"
    assert len(report.checks[2].detail["issuer"]) == checker.MAX_DETAIL


# -- Children that give no answer ------------------------------------------------------------------


@pytest.mark.usefixtures("hostile")
def test_a_pdf_about_which_nothing_is_answered_is_refused() -> None:
    with pytest.raises(given.Unreadable) as refused:
        isolation.badge_in(pdf=pdfs.certificate(b"{}"))

    assert refused.value.reason == "pdf_damaged"


@pytest.mark.deadline
def test_a_certificate_of_nine_megabytes_is_opened_in_time() -> None:
    badge = canonical.dumps(good())
    picture = b"<</Length 9000000>>\nstream\n%s\nendstream" % bytes(9_000_000)
    large = pdfs.pdf(pdfs.catalog(pdfs.named(3)), pdfs.PAGES, pdfs.stream(badge), picture)
    isolation.badge_in(pdf=pdfs.certificate(badge))

    assert isolation.badge_in(pdf=large).document == good()


def test_a_pdf_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "SECONDS", 0.0)

    with pytest.raises(given.Unreadable) as refused:
        isolation.badge_in(pdf=pdfs.certificate(b"{}"))

    assert refused.value.reason == "pdf_damaged"
    assert children() == []


@pytest.mark.usefixtures("hostile")
def test_a_poison_graph_is_killed_and_the_cheap_checks_are_made_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    started = time.monotonic()

    with caplog.at_level(logging.INFO):
        report = isolation.verify(
            document={**good(), "do": "poison"}, material=material(), now=NOW + timedelta(days=400)
        )

    assert isolation.SECONDS <= time.monotonic() - started < 3
    assert "was stopped after" in caplog.text
    assert reasons(report) == {
        "conforms": "conforms",
        "signed": "too_complex",
        "issuer": "issuer",
        "stands": "too_complex",
        "in_time": "expired",
        "anchored": "too_complex",
        "about": "about",
    }
    assert children() == []


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("deed", ["swell", "memory", "abort", "raise", "nothing", "flood"])
def test_a_child_that_dies_leaves_the_verdict_open(deed: str) -> None:
    report = verify({**good(), "do": deed})

    assert report.verdict is Verdict.INCONCLUSIVE
    assert reasons(report)["signed"] == "too_complex"
    assert children() == []


@pytest.mark.usefixtures("hostile")
def test_a_crash_is_noted_without_what_the_document_says(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        verify({**good(), "do": "raise"})

    assert "RuntimeError" in caplog.text
    assert "hostile_child.py" in caplog.text
    assert "awa@example.org" not in caplog.text


def answer(**changes: Any) -> dict[str, Any]:
    """Return the answer of a child that found everything in order, with its last check changed."""
    checks = [
        {"number": number, "name": name, "outcome": "passed", "reason": "fine", "detail": {}}
        for number, name in enumerate(verification.NAMES, start=1)
    ]
    checks[-1] |= changes
    return {"checks": checks, "endorsements": []}


@pytest.mark.parametrize(
    "words",
    [
        "",
        "verified",
        "[]",
        "{}",
        '{"checks":7}',
        '{"checks":[]}',
        '{"checks":[1,2,3,4,5,6,7]}',
        json.dumps({**answer(), "checks": answer()["checks"][:6]}),
        json.dumps({**answer(), "checks": answer()["checks"] * 2}),
        json.dumps({**answer(), "checks": answer()["checks"][::-1]}),
        json.dumps(answer(number=8)),
        json.dumps(answer(name="signed")),
        json.dumps(answer(outcome="verified")),
        json.dumps(answer(outcome=None)),
        json.dumps(answer(reason="<b>")),
        json.dumps(answer(reason=7)),
        json.dumps(answer(detail=[])),
        json.dumps(answer(detail={"why": 7})),
        json.dumps(answer(detail={"why": "x" * 501})),
        json.dumps(answer(more=1)),
        json.dumps({"checks": answer()["checks"]}),
        json.dumps({**answer(), "endorsements": [1]}),
        json.dumps({**answer(), "endorsements": [{"of": "issuer"}]}),
        json.dumps(answer()) + "\n{}",
        json.dumps(answer()).replace('"reason"', '"reason": "a", "reason"'),
        json.dumps(answer(detail={"why": "\ud800"})),
        "x" * 1_000_000,
    ],
    ids=range(27),
)
def test_an_answer_that_is_not_seven_checks_is_no_answer(words: str) -> None:
    assert isolation._read(words.encode()) is None


@pytest.mark.usefixtures("hostile")
def test_an_answer_of_seven_checks_is_one_and_another_is_none() -> None:
    report = verify({**good(), "do": "say", "words": json.dumps(answer())})
    other = verify({**good(), "do": "say", "words": "verified"})

    assert set(reasons(report).values()) == {"fine"}
    assert report.checked_at == NOW
    assert reasons(other)["signed"] == "too_complex"


# -- What a child sees -----------------------------------------------------------------------------


@pytest.mark.usefixtures("hostile")
def test_a_child_sees_no_secret_and_may_not_take_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING_KEK", "5ec2e7" * 10)
    monkeypatch.setenv("DATABASE_URL", "postgres://acquis:5ec2e7@localhost/acquis")
    with Path(__file__).open() as ours:
        assert ours.fileno() > 2
        output = isolation._ask(pickle.dumps(({"do": "tell"},)), PATIENT)

    seen = json.loads(output or b"")
    # The C library's own choice of a character set may stand there: it is no inheritance.
    assert set(seen["environment"]) <= {"LC_CTYPE"}
    assert "5ec2e7" not in (output or b"").decode()
    assert seen["folder"] == "/"
    assert len([each for each in seen["open"] if each > 2]) <= 2, "the answer and the listing"
    assert seen["memory"][0] <= 1 << 30
    assert seen["processor"][0] <= 10
    assert seen["file"] == [0, 0]
    assert seen["loaders"] == []


@pytest.mark.usefixtures("hostile")
def test_nothing_of_one_document_is_there_for_the_next() -> None:
    answers = [
        isolation._ask(pickle.dumps(({"do": "remember", "words": words},)), PATIENT)
        for words in ("first", "second")
    ]

    assert [json.loads(each or b"") for each in answers] == [["first"], ["second"]]


@pytest.mark.usefixtures("hostile")
def test_one_that_waits_is_asked_again_and_one_that_left_is_replaced() -> None:
    verify({**good(), "do": "nothing"})
    [waiting] = isolation._idle
    verify({**good(), "do": "nothing"})
    assert isolation._idle == [waiting]

    waiting.end()
    assert reasons(verify({**good(), "do": "say", "words": json.dumps(answer())}))["signed"] == (
        "fine"
    )
    assert isolation._idle != [waiting]


# -- Few at a time ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("hostile")
def test_only_a_few_run_at_once_and_the_others_are_told_so() -> None:
    results: list[object] = []

    def ask() -> None:
        try:
            results.append(verify({**good(), "do": "poison"}, seconds=1.5))
        except isolation.Busy as error:
            results.append(error)

    threads = [threading.Thread(target=ask) for _each in range(isolation.MAX_CHILDREN + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(result, isolation.Busy) for result in results) == 2
    assert sum(isinstance(result, Report) for result in results) == isolation.MAX_CHILDREN
    assert reasons(verify({**good(), "do": "abort"})), "their places are free again"


def test_a_machine_without_room_for_a_process_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    for _each in range(isolation.MAX_CHILDREN + 1):
        with pytest.raises(isolation.Busy):
            verify(good())
