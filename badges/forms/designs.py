"""What may come through the doors of the designer: texts, picture, rules; and blocks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from badges import models, services
from badges.core import drawing, frameworks, icons, pictures
from badges.core.parts import MAX_ITEMS, MAX_TEXT
from badges.forms.paper import PaperForm

MAX_TAG = 100
MAX_SVG_BYTES = 4_000_000
# The texts of one language, in the order in which they are asked for.
TEXTS = ("name", "description", "criteria", "tags", "image_caption")


class TextsForm(forms.Form):
    """What a badge says, in each language, side by side."""

    def __init__(
        self, *args: Any, rows: Mapping[str, models.Achievement | None], **kwargs: Any
    ) -> None:
        """Ask for the texts of each language; `rows` holds what is said today."""
        super().__init__(*args, **kwargs)
        self.languages = list(rows)
        for language, row in rows.items():
            for name, field in _texts(language).items():
                field.initial = _said(row, name)
                field.widget.attrs |= {"lang": language}
                self.fields[f"{name}_{language}"] = field

    def columns(self) -> list[dict[str, Any]]:
        """Return the fields of each language, for a page that sets them side by side."""
        return [
            {
                "language": language,
                "label": get_language_info(language)["name_translated"],
                "fields": [self[f"{name}_{language}"] for name in TEXTS],
            }
            for language in self.languages
        ]

    def clean(self) -> dict[str, Any]:
        """Split keywords at commas, within their bounds."""
        cleaned: dict[str, Any] = super().clean() or {}
        for language in self.languages:
            field = f"tags_{language}"
            tags = [each.strip() for each in str(cleaned.get(field, "")).split(",")]
            tags = list(dict.fromkeys(filter(None, tags)))
            if len(tags) > MAX_ITEMS or any(len(each) > MAX_TAG for each in tags):
                self.add_error(
                    field,
                    ngettext(
                        "Give at most %(most)d keyword.", "Give at most %(most)d keywords.",
                        MAX_ITEMS,
                    )
                    % {"most": MAX_ITEMS},
                )  # fmt: skip
            cleaned[field] = tags
        return cleaned

    def words(self) -> dict[str, services.Words]:
        """Return what the service takes."""
        return {
            language: services.Words(
                **{name: self.cleaned_data.get(f"{name}_{language}", "") for name in TEXTS[:3]},
                tags=tuple(self.cleaned_data.get(f"tags_{language}", ())),
                image_caption=self.cleaned_data.get(f"image_caption_{language}", ""),
            )
            for language in self.languages
        }


def _texts(language: str) -> dict[str, forms.CharField]:
    return {
        "name": forms.CharField(label=_("Name"), max_length=200, required=False),
        "description": forms.CharField(
            label=_("Description"),
            max_length=MAX_TEXT,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_(
                "What it stands for, in one or two sentences that an employer understands."
            ),
        ),
        "criteria": forms.CharField(
            label=_("What is required"),
            max_length=MAX_TEXT,
            required=False,
            widget=forms.Textarea(attrs={"rows": 8}),
            help_text=_("A line that begins with a dash becomes an entry of a list."),
        ),
        "tags": forms.CharField(
            label=_("Skills, in keywords"),
            max_length=MAX_ITEMS * MAX_TAG,
            required=False,
            help_text=_("With commas between them."),
        ),
        "image_caption": forms.CharField(
            label=_("What the image shows"),
            max_length=300,
            required=False,
            help_text=_("For people who do not see it."),
        ),
    }


def _said(row: models.Achievement | None, name: str) -> str:
    if row is None:
        return ""
    value = getattr(row, name)
    return ", ".join(map(str, value)) if name == "tags" else str(value)


SHAPES = {
    "hexagon": _("hexagon"), "circle": _("circle"), "shield": _("shield"),
    "rosette": _("rosette"), "tile": _("tile"),
}  # fmt: skip
ICONS = {
    "book": _("book"), "chart": _("chart"), "check": _("check mark"), "code": _("code"),
    "compass": _("compass"), "heart": _("heart"), "leaf": _("leaf"), "people": _("group of people"),
    "screen": _("screen"), "speech": _("speech bubbles"), "star": _("star"),
}  # fmt: skip
LETTERS = "letters"
PALETTES = {
    "forest": _("forest"), "ocean": _("ocean"), "plum": _("plum"), "brick": _("brick"),
    "slate": _("slate"), "night": _("night"),
}  # fmt: skip
OWN = "own"


class LookForm(forms.Form):
    """What the generator is to draw."""

    shape = forms.ChoiceField(label=_("Shape"), choices=SHAPES.items(), widget=forms.RadioSelect)
    palette = forms.ChoiceField(
        label=_("Colours"),
        choices=[*PALETTES.items(), (OWN, _("the three colours below"))],
        widget=forms.RadioSelect,
    )
    deep = forms.RegexField(label=_("Dark"), regex=r"^#[0-9a-fA-F]{6}$", required=False)
    bright = forms.RegexField(label=_("Bright"), regex=r"^#[0-9a-fA-F]{6}$", required=False)
    accent = forms.RegexField(label=_("Ribbon"), regex=r"^#[0-9a-fA-F]{6}$", required=False)
    icon = forms.ChoiceField(
        label=_("Pictogram"),
        choices=[*((each, ICONS[each]) for each in icons.ICONS), (LETTERS, _("the letters below"))],
        widget=forms.RadioSelect,
    )
    monogram = forms.CharField(
        label=_("Letters"), required=False, max_length=drawing.MAX_MONOGRAM,
        help_text=_("One to three, instead of a sign."),
    )  # fmt: skip
    caption = forms.CharField(
        label=_("Small words"), required=False, max_length=drawing.MAX_CAPTION,
        help_text=_("Under the sign, such as the name of your organisation."),
    )  # fmt: skip
    ribbon = forms.CharField(
        label=_("Words on the ribbon"), required=False, max_length=drawing.MAX_RIBBON,
        help_text=_("Without any there is no ribbon."),
    )  # fmt: skip

    def __init__(self, *args: Any, look: drawing.Drawing, **kwargs: Any) -> None:
        """Show what is drawn today."""
        kwargs["initial"] = initial(look)
        super().__init__(*args, **kwargs)
        for name in ("deep", "bright", "accent"):
            self.fields[name].widget = forms.TextInput(attrs={"type": "color"})
            self.fields[name].error_messages["invalid"] = _("Write six digits, such as #1d4f91.")

    def clean(self) -> dict[str, Any]:
        """Say what cannot be drawn, and beside which field."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("monogram", "caption", "ribbon"):
            odd = drawing.unwritable(str(cleaned.get(name, "")))
            if odd:
                wrong = _("The font of badges has no %(character)s: leave it out.")
                self.add_error(name, wrong % {"character": odd})
        if cleaned.get("icon") == LETTERS and not cleaned.get("monogram"):
            self.add_error("monogram", _("Write one to three letters, or choose a sign."))
        return cleaned

    def look(self) -> drawing.Drawing:
        """Return what is to be drawn."""
        said = self.cleaned_data
        colours = services.PALETTES.get(said["palette"]) or tuple(
            (said[name] or kept).lower()
            for name, kept in zip(
                ("deep", "bright", "accent"), services.PALETTES["forest"], strict=True
            )
        )
        has_letters = said["icon"] == LETTERS
        return drawing.Drawing(
            shape=said["shape"],
            colours=(colours[0], colours[1], colours[2]),
            icon="" if has_letters else said["icon"],
            monogram=said["monogram"] if has_letters else "",
            caption=said["caption"],
            ribbon=said["ribbon"],
        )


def initial(look: drawing.Drawing) -> dict[str, str]:
    """Return the values of the form that draw a picture."""
    known = {colours: name for name, colours in services.PALETTES.items()}
    deep, bright, accent = look.colours
    return {
        "shape": look.shape, "palette": known.get(look.colours, OWN), "deep": deep,
        "bright": bright, "accent": accent, "icon": look.icon or LETTERS,
        "monogram": look.monogram, "caption": look.caption, "ribbon": look.ribbon,
    }  # fmt: skip


class UploadForm(forms.Form):
    """A picture of one's own."""

    image = forms.FileField(
        label=_("Image (PNG)"),
        help_text=_("Square, of 500 to 2,000 pixels; at most 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,image/png"}),
    )
    drawing = forms.FileField(
        label=_("The same image as a drawing (SVG)"),
        required=False,
        help_text=_("If you have one; at most 4 MB. What acts or calls elsewhere is left out."),
        widget=forms.ClearableFileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )

    def clean_image(self) -> bytes:
        """Read the upload within its bound."""
        return _content(self.cleaned_data["image"], pictures.MAX_BYTES)

    def clean_drawing(self) -> bytes | None:
        """Read the upload within its bound."""
        file = self.cleaned_data["drawing"]
        return None if file is None else _content(file, MAX_SVG_BYTES)


def _content(file: Any, most: int) -> bytes:
    if file.size > most:
        raise ValidationError(
            _("This file is too large: at most %(most)d MB.") % {"most": most // 1_000_000}
        )
    return bytes(file.read(most + 1))


class RulesForm(PaperForm):
    """What holds of every award of a badge, and what it counts towards."""

    achievement_type = forms.ChoiceField(label=_("Kind"))
    certifies = forms.ChoiceField(
        label=_("Competency block"),
        required=False,
        help_text=_("What it counts towards: a block of yours, or one that you may train for."),
    )
    unit = forms.ChoiceField(label=_("Taught by"), required=False)
    validity_months = forms.IntegerField(
        label=_("Valid for, in months"),
        min_value=1,
        max_value=1200,
        required=False,
        help_text=_("Empty: it does not end."),
    )
    standing = forms.ChoiceField(
        label=_("After it was issued"),
        choices=models.Achievement.Standing.choices,
        widget=forms.RadioSelect,
    )
    needs_evidence = forms.BooleanField(
        label=_("Every award must show what it rests on (evidence)"), required=False
    )
    credits_available = forms.DecimalField(
        label=_("Credits"), min_value=0, max_digits=8, decimal_places=2, required=False
    )
    human_code = forms.CharField(
        label=_("Code that people know it by"), max_length=100, required=False
    )
    field_of_study = forms.CharField(label=_("Field of study"), max_length=200, required=False)
    criteria_url = forms.URLField(
        label=_("Page that says more about what is required"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    def __init__(
        self,
        *args: Any,
        row: models.Achievement,
        blocks: Sequence[models.CompetencyBlock],
        habilitations: Sequence[models.Habilitation],
        units: Sequence[Any],
        kinds: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """Offer what the organisation has, and what the row says today."""
        self._blocks = {f"block-{each.pk}": each for each in blocks}
        self._habilitations = {f"habilitation-{each.uuid}": each for each in habilitations}
        self._units = {str(each.unit.uuid): each.unit for each in units if not each.unit.closed_at}
        if row.unit is not None:
            self._units.setdefault(str(row.unit.uuid), row.unit)
        if row.habilitation is not None:
            self._habilitations.setdefault(
                f"habilitation-{row.habilitation.uuid}", row.habilitation
            )
        names = [name for name in self.base_fields if name not in {"certifies", "unit"}]
        kwargs["initial"] = {name: getattr(row, name) for name in names} | {
            "certifies": _certified(row),
            "unit": str(row.unit.uuid) if row.unit else "",
        }
        super().__init__(*args, **kwargs)
        self._offer("achievement_type", list(kinds.items()))
        self._offer(
            "certifies",
            [
                ("", _("None")),
                *((key, f"{each.code} {each.title}") for key, each in self._blocks.items()),
                *(
                    (key, f"{each.code} {each.title} ({each.issuer.name})")
                    for key, each in self._habilitations.items()
                ),
            ],
        )
        self._offer(
            "unit",
            [("", _("The organisation itself")), *((k, u.name) for k, u in self._units.items())],
        )

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined] # it is a ChoiceField

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        said = dict(self.cleaned_data)
        chosen = said.pop("certifies")
        return {
            **said,
            "unit": self._units.get(said["unit"]),
            "block": self._blocks.get(chosen),
            "habilitation": self._habilitations.get(chosen),
        }


def _certified(row: models.Achievement) -> str:
    if row.habilitation is not None:
        return f"habilitation-{row.habilitation.uuid}"
    return "" if row.block_id is None else f"block-{row.block_id}"


class BlockForm(forms.Form):
    """A competency block, and the certification that it is a part of."""

    code = forms.CharField(
        label=_("Code of the block"), max_length=30, help_text=_("Such as RNCP38596BC02.")
    )
    title = forms.CharField(label=_("Title of the block"), max_length=500)
    certification_title = forms.CharField(label=_("Title of the certification"), max_length=300)
    level = forms.CharField(
        label=_("Level"), max_length=20, required=False, help_text=_("1 to 8, where it has one.")
    )
    url = forms.URLField(
        label=_("Its page at France compétences"), required=False, assume_scheme="https"
    )

    def clean_code(self) -> str:
        """Read an official code; the certification's is the beginning of it."""
        code = str(self.cleaned_data["code"]).strip().upper().replace(" ", "")
        if not frameworks.BLOC_CODE.fullmatch(code):
            raise ValidationError(_("The code of a block is written RNCP38596BC02."))
        return code

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        said = self.cleaned_data
        return {
            "code": said["code"],
            "title": said["title"],
            "certification": {
                "code": said["code"].partition("BC")[0],
                "title": said["certification_title"],
                "level": said["level"],
                "url": said["url"],
            },
        }
