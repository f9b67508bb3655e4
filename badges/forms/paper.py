"""What may be said of the certificate of an award: how it lies, and who signs it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from badges import models


class PaperForm(forms.Form):
    """How the certificate of a badge looks, besides logo and colour."""

    layout = forms.ChoiceField(
        label=_("Layout of the certificate"),
        choices=models.Achievement.Layout.choices,
        widget=forms.RadioSelect,
    )
    signatory = forms.CharField(
        label=_("Who signs the certificate"),
        max_length=80,
        required=False,
        help_text=_("A name that stands on paper, such as Claire Dumas. Empty: nobody."),
    )
    signatory_role = forms.CharField(
        label=_("As what"),
        max_length=80,
        required=False,
        help_text=_("Such as: director of training."),
    )
