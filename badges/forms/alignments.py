"""What may come through the door about frameworks: one line for each entry that a badge maps to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from badges.core import document, frameworks

OTHER = "other"
MAX_LINES = 20
EMPTY_LINES = 2
# What a code of each looks like, said where it does not.
WRONG = {
    "ROME": _("A code of the ROME is written M1805."),
    "RNCP": _("A code of the RNCP is written RNCP38596, or RNCP38596BC02 for a block."),
    "RS": _("A code of the RS is written RS6565."),
    "ESCO": _("Copy the whole address of ESCO: http://data.europa.eu/esco/skill/…"),
}
FRAMEWORKS = [
    ("ROME", _("ROME (occupations)")),
    ("ESCO", _("ESCO (European skills)")),
    ("RNCP", "RNCP"),
    ("RS", _("RS (répertoire spécifique)")),
    (OTHER, _("another framework")),
]


class AlignmentForm(forms.Form):
    """One entry of a framework; an empty line is none."""

    # What a valid line says; an untouched one is never read.
    alignment: document.Alignment | None = None

    framework = forms.ChoiceField(label=_("Framework"), choices=FRAMEWORKS, required=False)
    code = forms.CharField(label=_("Code"), max_length=100, required=False)
    target_name = forms.CharField(label=_("Title"), max_length=300, required=False)
    url = forms.CharField(label=_("Address"), max_length=500, required=False)
    named = forms.CharField(label=_("Name of the framework"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """Make the alignment, or say what is wrong with it."""
        given: dict[str, Any] = super().clean() or {}
        texts = {name: str(given.get(name, "")).strip() for name in ("code", "target_name", "url")}
        self.alignment = None
        if not any(texts.values()):
            return given
        if not texts["target_name"]:
            self.add_error("target_name", _("Write its title, as the framework has it."))
            return given
        framework = given.get("framework") or OTHER
        try:
            self.alignment = _alignment(framework, **texts, named=str(given.get("named", "")))
        except frameworks.FrameworkCodeError:
            self.add_error("url" if framework == "ESCO" else "code", WRONG[framework])
        except ValueError:
            self.add_error("url", _("Write a whole address, such as https://…"))
        return given


AlignmentLines = formset_factory(
    AlignmentForm, extra=EMPTY_LINES, max_num=MAX_LINES, absolute_max=MAX_LINES,
    validate_max=True,
)  # fmt: skip


def lines(
    alignments: Sequence[document.Alignment], data: Any = None
) -> "BaseFormSet[AlignmentForm]":
    """Return the lines of a badge, with some empty ones."""
    known = dict(FRAMEWORKS)
    return AlignmentLines(
        data,
        prefix="alignments",
        initial=[
            {
                "framework": each.target_framework if each.target_framework in known else OTHER,
                "code": each.target_code or "",
                "target_name": each.target_name,
                "url": each.target_url,
                "named": "" if each.target_framework in known else each.target_framework or "",
            }
            for each in alignments
        ],
    )


def said(
    formset: "BaseFormSet[AlignmentForm]", before: Sequence[document.Alignment]
) -> list[document.Alignment]:
    """Return what the lines say; an entry that was there keeps what the lines do not ask.

    Args:
        formset: Valid lines.
        before: What the badge is mapped to until now.
    """
    known = {each.target_url: each for each in before}
    found = []
    for form in formset.forms:
        made = form.alignment
        if made is not None:
            kept = known.get(made.target_url, made)
            found.append(
                replace(
                    made,
                    target_type=kept.target_type or made.target_type,
                    target_description=kept.target_description,
                )
            )
    return found


def _alignment(
    framework: str, *, code: str, target_name: str, url: str, named: str
) -> document.Alignment:
    match framework:
        case "ROME":
            return frameworks.rome_alignment(code=code, title=target_name, url=url or None)
        case "RNCP":
            return frameworks.rncp_alignment(code=code, title=target_name, url=url or None)
        case "RS":
            return frameworks.rs_alignment(code=code, title=target_name, url=url or None)
        case "ESCO":
            return frameworks.esco_alignment(uri=url, title=target_name)
    if not url.startswith(("https://", "http://")):
        raise ValueError(url)
    return document.Alignment(
        target_name=target_name,
        target_url=url,
        target_framework=named.strip() or None,
        target_code=code or None,
    )
