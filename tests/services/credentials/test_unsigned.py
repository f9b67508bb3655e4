"""Why an award could not be signed: no value on the row, and words for it in each language."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from badges.core import document, schema
from credentials.core import canonical, proof, rdf, refusals
from credentials.serializers import unsigned
from credentials.services import refusing
from learners import selectors as learners
from learners.core import identity

ROOT = Path(__file__).resolve().parents[3]
# By what is called: which of its arguments is the code.
CODES = {"DocumentError": 1, "IdentityError": 1, "MalformedDocument": 0, "refuse": 1}
# Never of a document of our own: written by others, or in the other edition.
ELSEWHERE = {"schema2.py", "transcripts.py"}


def written_codes():
    """Return every code that stands in the core where something is refused."""
    found = {"erased"}
    for app in ("badges", "credentials", "learners"):
        for path in (ROOT / app / "core").rglob("*.py"):
            calls = () if path.name in ELSEWHERE else ast.walk(ast.parse(path.read_text()))
            for call in (node for node in calls if isinstance(node, ast.Call)):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                arguments = call.args[CODES[name] :][:1] if name in CODES else []
                found |= {a.value for a in arguments if isinstance(a, ast.Constant)}
    kinds = [refusals.CanonicalisationError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        found |= {kind.reason, proof.DocumentRefused(kind.__new__(kind)).reason}
    return found - {"depends"}  # asked of nobody: see schema.values_conform


def test_whatever_can_be_refused_has_its_words_in_both_languages():
    codes = sorted(written_codes())

    for code in codes:
        with translation.override("en"):
            english = unsigned.why(code).words
        with translation.override("fr"):
            french, unknown = unsigned.why(f"a/0: {code}").words, unsigned.why("new").words
        assert "endroit a/0" in french, code
        assert french != unknown, code
        assert english not in french, code
        assert "%(" not in french + english, code
    assert len(codes) > 60


@pytest.mark.parametrize(
    ("refusal", "kept"),
    [
        (learners.Erased("Learner 7 has no data key."), "erased"),
        (document.DocumentError("is 12", "value_outside", where="results/0", value="12"),
         "results/0: value_outside"),
        (document.DocumentError("Only we can do that."), "Only we can do that."),
        (identity.IdentityError("the name is empty", "name_empty"), "name_empty"),
        (schema.NonConformant((schema.Problem("/a/0", "must not be blank", "blank"),)),
         "/a/0: blank"),
        (rdf.CanonicalisationError("so", pointer="/b"), "/b: not-canonical"),
        (canonical.MalformedDocument("too-large", "so"), "too-large"),
        (proof.DocumentRefused(refusals.DataLoss("so", pointer="/b")), "document-data-loss"),
    ],
)  # fmt: skip
def test_the_row_keeps_a_code_and_a_place_and_nothing_that_was_given(refusal, kept):
    assert refusing.reason(refusal) == kept


def test_what_is_not_known_is_shown_as_it_is():
    with translation.override("fr"):
        shown = unsigned.why("Only we can do that.")

    assert shown.detail == "Only we can do that."
    assert "ni écrit ni signé" in shown.words


def test_what_was_refused_before_there_were_codes_is_told_too():
    with translation.override("fr"):
        shown = unsigned.why("The learner was erased before the credential was signed.")

    assert "apprenant a été effacé avant la signature." in shown.words
    assert not shown.detail
