"""What may come through the doors about e-mails: their words, and an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from credentials.core import letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class LettersForm(forms.Form):
    """How one kind of e-mail reads, in each language, side by side."""

    def __init__(
        self,
        *given: Any,
        said: Mapping[str, letters.Letter],
        known: Sequence[str] = letters.KNOWN,
        **more: Any,
    ) -> None:
        """Ask for subject and text of each language.

        Args:
            given: what was sent.
            said: what they are today.
            known: what there is to put in, besides the link.
            more: as Django's.
        """
        super().__init__(*given, **more)
        self.known = known
        self.languages = list(said)
        for language, letter in said.items():
            attributes = {"lang": language}
            self.fields[f"subject_{language}"] = forms.CharField(
                label=_("Subject"),
                initial=letter.subject,
                max_length=letters.MAX_SUBJECT,
                widget=forms.TextInput(attrs=attributes),
            )
            self.fields[f"body_{language}"] = forms.CharField(
                label=_("Text"),
                initial=letter.body,
                max_length=letters.MAX_BODY,
                widget=forms.Textarea(attrs=attributes | {"rows": 14}),
                help_text=_("An empty line begins a paragraph. [link] stands alone on its line."),
            )

    def columns(self) -> list[dict[str, Any]]:
        """Return the fields of each language, for a page that sets them side by side."""
        return [
            {
                "language": language,
                "label": get_language_info(language)["name_translated"],
                "fields": [self[f"subject_{language}"], self[f"body_{language}"]],
            }
            for language in self.languages
        ]

    def clean(self) -> dict[str, Any]:
        """Read each letter, and say what is wrong beside it."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.letters: dict[str, letters.Letter] = {}
        for language in self.languages:
            subject, body = cleaned.get(f"subject_{language}"), cleaned.get(f"body_{language}")
            if subject is None or body is None:
                continue
            try:
                self.letters[language] = letters.read(subject, body, known=self.known)
            except letters.LetterError as error:
                about = "subject" if error.part == "subject" else "body"
                self.add_error(f"{about}_{language}", ValidationError(_refusal(error, self.known)))
        return cleaned


def _refusal(error: letters.LetterError, names: Sequence[str]) -> str:
    """Say what is wrong with a text, and what to do."""
    known = " ".join(f"[{each}]" for each in (*names, letters.LINK))
    words = {
        "unknown": _("There is nothing to put in for %(found)s. There are: %(known)s"),
        "bracket": _("A square bracket stands alone. They are for placeholders only: %(known)s"),
        "no_link": _("The text has to hold [link], alone on a line: it becomes the button."),
        "two_links": _("[link] stands more than once: once is enough, also for several badges."),
        "link_in_line": _("[link] has to stand alone on its line: it becomes the button."),
        "link_in_subject": _("[link] cannot stand in the subject."),
        "two_lines": _("The subject is one line."),
        "empty": _("Write something here."),
        "too_long": _("This is longer than %(found)s characters."),
    }
    return str(words[error.reason]) % {"found": error.found, "known": known}
