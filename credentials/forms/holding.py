"""What comes through the doors of a wallet: an address, its code, what a badge is to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.selectors.holding.privacy import Privacy, Shown
from credentials.selectors.holding.wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.selectors.holding import Held


class WalletAddressForm(forms.Form):
    """The address to which badges were sent."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The one to which your badge was sent."),
    )


class CodeForm(forms.Form):
    """Eight digits, as they come from an e-mail."""

    code = forms.CharField(
        label=_("The code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        help_text=_("Eight digits."),
    )


class PrivacyForm(forms.Form):
    """Who may read the page of a badge, and what it says of its holder."""

    privacy = forms.ChoiceField(
        label=_("Who may read the page"),
        widget=forms.RadioSelect,
        choices=[
            (Privacy.UNLISTED, _("Whoever has the link. Search engines are told to pass by.")),
            (Privacy.PUBLISHED, _("Everybody: search engines may list it.")),
            (Privacy.HIDDEN, _("Nobody: the page says only that you keep the badge private.")),
        ],
    )
    name = forms.BooleanField(label=_("Show my name"), required=False)
    evidence = forms.BooleanField(label=_("Show what it rests on (evidence)"), required=False)
    results = forms.BooleanField(label=_("Show my results (grades)"), required=False)

    @classmethod
    def saying(cls, shown: Shown) -> dict[str, object]:
        """Return what the form begins with."""
        return {name: getattr(shown, name) for name in cls.base_fields}

    def shown(self) -> Shown:
        """Return what was chosen."""
        return Shown(**self.cleaned_data)


class LinkForm(forms.Form):
    """For whom a link is, for how long, and what it shows."""

    label = forms.CharField(
        label=_("For whom"),
        max_length=80,
        help_text=_("For you alone, such as “HR of X”: who opens the link does not read it."),
    )
    days = forms.ChoiceField(
        label=_("For how long"),
        initial="30",
        choices=[
            ("7", _("a week")),
            ("30", _("a month")),
            ("90", _("three months")),
            ("365", _("a year")),
        ],
    )
    name = forms.BooleanField(label=_("Show my name"), required=False, initial=True)
    evidence = forms.BooleanField(
        label=_("Show what it rests on (evidence)"), required=False, initial=True
    )
    results = forms.BooleanField(label=_("Show my results (grades)"), required=False, initial=True)

    def shown(self) -> Shown:
        """Return what was chosen."""
        given = self.cleaned_data
        return Shown(Privacy.UNLISTED, given["name"], given["evidence"], given["results"])


class WishForm(forms.Form):
    """What a learner asks of an organisation."""

    kind = forms.ChoiceField(
        label=_("What you ask for"),
        widget=forms.RadioSelect,
        choices=[
            (Wish.Kind.NAME, _("My name is wrong on this badge")),
            (Wish.Kind.ERASURE, _("Forget me, and all badges that you issued to me")),
        ],
    )
    said = forms.CharField(
        label=_("In your words"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The name as it should be, or anything that the organisation should know."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the name where it is to be corrected."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Wish.Kind.NAME and not cleaned.get("said"):
            self.add_error("said", _("Write the name as it should be."))
        return cleaned


class AnswerForm(forms.Form):
    """What an organisation answers."""

    state = forms.ChoiceField(
        label=_("What became of it"),
        widget=forms.RadioSelect,
        choices=[
            (Wish.State.DONE, _("It is done")),
            (Wish.State.DECLINED, _("It is not done, for the reason below")),
        ],
    )
    words = forms.CharField(
        label=_("What the learner reads"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CollectionForm(forms.Form):
    """A name, and what is in it."""

    name = forms.CharField(label=_("What it is called"), max_length=120)
    badges = forms.MultipleChoiceField(
        label=_("What is in it"), widget=forms.CheckboxSelectMultiple
    )
    is_shown = forms.BooleanField(label=_("Show it to whoever has its address"), required=False)

    def __init__(self, *args: Any, held: Sequence[Held], **options: Any) -> None:
        super().__init__(*args, **options)
        self._held = {str(each.credential.uuid): each.credential.uuid for each in held}
        self.fields["badges"].choices = [  # type: ignore[attr-defined] # it is one of choices
            (str(one.uuid), f"{one.achievement.name} · {one.issuer.name}")
            for one in (each.credential for each in held)
        ]

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen, in the words of the service."""
        badges = [self._held[each] for each in self.cleaned_data["badges"]]
        return self.cleaned_data | {"badges": badges}


class ImportForm(forms.Form):
    """The file of a badge from elsewhere."""

    file = forms.FileField(
        label=_("Badge file"),
        max_length=255,
        help_text=_(
            "The image (PNG, SVG), the document (JSON, JWT) or the certificate (PDF), at most 2 MB."
        ),
    )
