"""What may come through the doors of the operator's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issuers import selectors, services

READ_BY_THEM = gettext_lazy("Reason, as the people of the organisation read it")


class ReasonForm(forms.Form):
    """Why an organisation is suspended."""

    reason = forms.CharField(
        label=READ_BY_THEM, max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class GlassForm(ReasonForm):
    """Why an operator must read what an organisation has, and for how long."""

    minutes = forms.TypedChoiceField(label=gettext_lazy("For how long"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes = self.fields["minutes"]
        if isinstance(minutes, forms.TypedChoiceField):
            minutes.choices = [
                (each, _("%(minutes)d minutes") % {"minutes": each}) for each in services.MINUTES
            ]


class QuotaForm(forms.Form):
    """How much an organisation may have at most."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in selectors.QUOTAS:
            self.fields[kind] = forms.IntegerField(
                label=str(label)[:1].upper() + str(label)[1:],
                required=False,
                min_value=0,
                max_value=2_000_000_000,
                help_text=_("Empty: as much as it likes."),
            )


class JudgementForm(forms.Form):
    """What a look-alike name is."""

    judgement = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        widget=forms.RadioSelect,
        choices=[
            ("harmless", gettext_lazy("harmless: honest neighbours have similar names")),
            ("confirmed", gettext_lazy("confirmed: it passes for the other organisation")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("Note, for whoever comes next; needed to confirm"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
