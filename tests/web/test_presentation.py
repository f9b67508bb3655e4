"""Words for every outcome, and a page for every document, whatever it holds."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from blockchain.core import anchor
from config.catalogues import LOCALE
from credentials.core import proof, standing, verification
from credentials.core.verification import Check, Material, Outcome, Report, Unavailable
from credentials.serializers import present, report_json, states, words
from tests.web.conftest import Page

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
NAMES = verification.NAMES
PASSED = {name: Check(number, name, Outcome.PASSED, name) for number, name in enumerate(NAMES, 1)}


def report(**changed: tuple[Outcome, str]) -> Report:
    """Return a report in which every check passed but those named."""
    checks = [
        Check(check.number, name, *changed.get(name, (check.outcome, check.reason)))
        for name, check in PASSED.items()
    ]
    return Report(tuple(checks), NOW)


def reasons() -> set[str]:
    """Return every reason that a check can have, read from the source of the walk."""
    core = Path(verification.__file__).parent
    found = {
        reason
        for module in core.glob("*.py")
        for reason in re.findall(r'Outcome\.[A-Z_]+,\s+"([a-z_]+)"', module.read_text())
    }
    # Those whose reason is a value in the source.
    found |= set(standing.STATUS_PURPOSES.values())
    return found | {
        kind.reason
        for base in (anchor.AnchorError, proof.ProofError)
        for kind in kinds(base)
        if ".core." in kind.__module__  # an audit has more to say, and not to recruiters
    }


def kinds(base: Any) -> list[Any]:
    """Return the leaves of a tree of exceptions that have a reason of their own."""
    own = [kind for child in base.__subclasses__() for kind in kinds(child)]
    return own or ([base] if "reason" in vars(base) else [])


def test_every_reason_has_its_words():
    assert len(reasons()) > 40
    told = {reason for _name, reason in words.SENTENCES} | set(words.ENDORSEMENTS)
    assert reasons() - told == set()


def test_every_sentence_can_be_said_in_both_languages():
    values = dict.fromkeys(("issuer", "network", "when", "since", "until", "learner", "suite"), "X")
    for language in ("en", "fr"):
        with translation.override(language):
            for text in [
                *words.SENTENCES.values(),
                *words.FALLBACKS.values(),
                *(state.sentence for state in states.STATES.values()),
            ]:
                assert "%(" not in str(text) % values


@pytest.mark.parametrize(
    ("changed", "state", "tone"),
    [
        ({}, "verified", "good"),
        ({"stands": (Outcome.FAILED, "revoked")}, "revoked", "bad"),
        ({"stands": (Outcome.FAILED, "suspended")}, "suspended", "bad"),
        ({"in_time": (Outcome.FAILED, "expired")}, "expired", "over"),
        ({"in_time": (Outcome.FAILED, "not_yet_valid")}, "not_yet_valid", "over"),
        ({"signed": (Outcome.FAILED, "signature-mismatch")}, "altered", "bad"),
        ({"signed": (Outcome.FAILED, "proof-missing")}, "unsigned", "bad"),
        ({"issuer": (Outcome.FAILED, "key_not_listed")}, "forged", "bad"),
        ({"anchored": (Outcome.FAILED, "wrong_path")}, "unproven", "bad"),
        ({"conforms": (Outcome.FAILED, "nonconformant")}, "malformed", "bad"),
        ({"in_time": (Outcome.FAILED, "no_validity")}, "malformed", "bad"),
        ({"about": (Outcome.FAILED, "another_person")}, "another_person", "bad"),
        ({"issuer": (Outcome.INCONCLUSIVE, "issuer_unknown")}, "unknown_issuer", "open"),
        ({"anchored": (Outcome.INCONCLUSIVE, "not_anchored_yet")}, "pending", "open"),
        ({"anchored": (Outcome.INCONCLUSIVE, "not_deep_enough")}, "pending", "open"),
        ({"anchored": (Outcome.INCONCLUSIVE, "chain_unavailable")}, "unchecked", "open"),
        ({"stands": (Outcome.INCONCLUSIVE, "status_stale")}, "unchecked", "open"),
        ({"signed": (Outcome.INCONCLUSIVE, "too_complex")}, "unchecked", "open"),
        ({"about": (Outcome.NOT_APPLICABLE, "no_identity_given")}, "verified", "good"),
    ],
)
def test_each_kind_of_report_has_its_state(changed, state, tone):
    found = states.of(report(**changed))

    assert (found.code, found.tone) == (state, tone)


def test_tampering_comes_before_revocation_and_revocation_before_the_dates():
    both = report(
        signed=(Outcome.FAILED, "signature-mismatch"),
        stands=(Outcome.FAILED, "revoked"),
        in_time=(Outcome.FAILED, "expired"),
    )

    assert states.of(both).code == "altered"


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.FAILED])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reason", ["unheard_of", "too_complex"])
def test_only_a_report_without_a_stain_is_green(name, outcome, reason):
    found = states.of(report(**{name: (outcome, reason)}))

    assert found.tone == ("bad" if outcome is Outcome.FAILED else "open")


def test_every_state_has_a_drawing_and_no_two_tones_share_one():
    for state in states.STATES.values():
        assert render_to_string(f"icons/{state.icon}.svg")

    pairs = {(state.icon, state.tone) for state in states.STATES.values()}
    assert len(pairs) == len({icon for icon, _tone in pairs})


INSTANTS = ["2026-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
INNER = """id type name achievement image criteria narrative tag alignment targetName targetUrl
targetCode identifier statusListIndex statusListCredential verificationMethod created @value"""
OUTER = """@context id type name issuer credentialSubject proof validFrom validUntil awardedDate
credentialStatus"""
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(INSTANTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(INNER.split()), inner, max_size=4)
    ),
    max_leaves=10,
)
documents = st.dictionaries(st.sampled_from(OUTER.split()), values)


@settings(max_examples=200, deadline=None)
@given(document=documents)
def test_a_document_of_any_shape_can_be_shown(document):
    away = Unavailable("DID document", "not asked")
    # The graph is somebody else's subject, and slow.
    found = verification.verify(document, Material(away), NOW, without_graph=True)

    shown = present(found, document, None)
    html = render_to_string("credentials/verdict.html", {"shown": shown})
    html += render_to_string("credentials/badge.html", {"shown": shown})
    html += render_to_string("credentials/report.html", {"shown": shown})

    assert Page(html).unclosed == []
    assert report_json(shown, found.checks, language="en")["verdict"] != "verified"


def test_what_a_hostile_document_says_is_bounded():
    long = "x" * 250_000
    document = {
        "issuer": {"name": long, "url": "https://" + long},
        "credentialSubject": {"achievement": {"name": long, "tag": [long] * 1000}},
    }

    shown = present(report(), document, None)

    assert len(shown.badge.name) <= 20_000
    assert len(shown.badge.tags) <= 50


def test_the_french_catalogue_is_typeset_as_french_is():
    text = (LOCALE / "fr/LC_MESSAGES/django.po").read_text()
    translated = "\n".join(line for line in text.splitlines() if line.startswith("msgstr"))

    # No ordinary space before a double sign, and no apostrophe of the typewriter.
    assert re.findall(r".{12} [:;?!»]", translated) == []
    assert re.findall(r"\w'\w.{0,12}", translated) == []
