"""After how many days learners are reminded, and how often."""

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.services.requiring import MOST_DAYS, MOST_REMINDERS


class ReminderForm(forms.Form):
    """When whoever did not open their badge gets an e-mail again."""

    after = forms.IntegerField(
        label=_("Days after the last e-mail"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=7,
        help_text=_("A week is usual."),
    )
    most = forms.IntegerField(
        label=_("Reminders of one badge at most"),
        min_value=1,
        max_value=MOST_REMINDERS,
        initial=1,
        help_text=_("One is usual. Each further one waits as many days again."),
    )
