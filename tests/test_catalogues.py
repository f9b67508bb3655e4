"""French is the equal of English: every string that a person reads is in the catalogue."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from config.catalogues import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("badges", "blockchain", "config", "credentials", "issuers", "learners")
TRANSLATED = ("fr",)
CALLS = {
    "_": (0,), "gettext": (0,), "gettext_lazy": (0,), "gettext_noop": (0,),
    "ngettext": (0, 1), "ngettext_lazy": (0, 1),
    "pgettext": (1,), "pgettext_lazy": (1,), "npgettext": (1, 2), "npgettext_lazy": (1, 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def marked(tree: ast.AST) -> set[str]:
    """Return the literal strings that a module passes to gettext."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = (
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            )
            for position in CALLS.get(name, ()):
                argument = node.args[position] if position < len(node.args) else None
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def marked_in_template(text: str) -> set[str]:
    """Return the strings that a template asks gettext for, read as makemessages reads it."""
    found = set()
    python = templatize(text)
    for call in re.finditer(r"\b(n?p?gettext|_)\(", python):
        # It ends at the first parenthesis that makes sense: those before it are in the text.
        for end in re.finditer(r"\)", python[call.start() :]):
            try:
                found |= marked(ast.parse(python[call.start() :][: end.end()]))
            except SyntaxError:
                continue
            break
    return found


def source_strings() -> set[str]:
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" not in path.parts and "migrations" not in path.parts:
                found |= marked(ast.parse(path.read_text()))
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            found |= marked_in_template(path.read_text())
    return found


@pytest.fixture(params=TRANSLATED)
def catalogue(request):
    return polib.pofile(str(ROOT / "locale" / request.param / "LC_MESSAGES" / "django.po"))


def test_every_string_of_the_source_is_in_the_catalogue(catalogue):
    known = {
        text
        for entry in catalogue
        for text in (entry.msgid, entry.msgid_plural)
        if not entry.obsolete
    }

    assert source_strings() - known == set()


def test_no_string_is_missing_or_uncertain(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_the_catalogue_keeps_no_string_that_nobody_says(catalogue):
    known = {entry.msgid for entry in catalogue if not entry.obsolete}

    assert known - source_strings() == set()
    assert catalogue.obsolete_entries() == []


def test_a_translation_keeps_the_placeholders_of_its_source(catalogue):
    for entry in catalogue:
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
                assert set(PLACEHOLDER.findall(text)) <= allowed, entry.msgid
                if not entry.msgid_plural:  # a singular may leave its number out
                    assert set(PLACEHOLDER.findall(text)) == allowed, entry.msgid


def test_the_french_of_canada_says_only_what_it_says_otherwise():
    def said(entry):
        return (entry.msgstr, *entry.msgstr_plural.values())

    own = polib.pofile(str(ROOT / "locale/fr_CA/LC_MESSAGES/django.po"))
    base = {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    }

    assert [entry for entry in own if not any(said(entry)) or entry.fuzzy or entry.obsolete] == []
    for entry in own:
        other = base[entry.msgctxt, entry.msgid]
        assert said(entry) != said(other), entry.msgid
        for mine, theirs in zip(said(entry), said(other), strict=True):
            assert set(PLACEHOLDER.findall(mine)) == set(PLACEHOLDER.findall(theirs)), entry.msgid


def test_a_template_is_read_as_makemessages_reads_it():
    template = """{% load i18n %}
    <p title="{% translate "A title" %}">{% blocktranslate with n=x trimmed %}
      Hello {{ n }}, it's (really) you
    {% endblocktranslate %}
    {% blocktranslate count c=k %}one{% plural %}{{ c }} of them{% endblocktranslate %}
    {{ _("In a variable") }} {% translate 'Single' %}"""

    assert marked_in_template(template) == {
        "A title", "Hello %(n)s, it's (really) you", "one", "%(c)s of them",
        "In a variable", "Single",
    }  # fmt: skip


def test_a_catalogue_is_compiled_without_gettext(tmp_path):
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    entry = polib.POEntry(msgid="verified", msgstr="vérifié")
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.append(entry)
    file.save(str(folder / "django.po"))

    written = compile_catalogues(tmp_path)

    assert written == [folder / "django.mo"]
    assert [(e.msgid, e.msgstr) for e in polib.mofile(str(written[0]))] == [("verified", "vérifié")]
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]


def test_no_string_is_translated_twice(catalogue):
    """A merge may bring a second entry, and which of two counts is left to chance."""
    seen: set[tuple[str | None, str]] = set()
    twice = []
    for entry in catalogue:
        if not entry.obsolete:
            name = (entry.msgctxt, entry.msgid)
            twice += [name] if name in seen else []
            seen.add(name)
    assert twice == []
