"""What takes e-mails: a mail server, a provider's interface, or a folder; one connection for many.

Whatever it answers becomes one of six fates, of which one has to be kept apart: that nobody knows.
A connection that ends while an e-mail is on its way may end after the server took it; sent again,
somebody would get it twice.
"""

import smtplib
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, Self

from anymail import exceptions as anymail
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as Smtp

# Answers of a provider's interface (RFC 9110, section 15): nothing was taken.
_NOT_ADMITTED = frozenset({401, 402, 403})
_NOT_NOW = frozenset({429, 503})
# Of a mail server (RFC 5321, section 4.2.1): the first digit says whether to try again.
_PERMANENT = 500
_CLOSING = 421


class Fate(Enum):
    """What became of an e-mail."""

    TAKEN = "taken"
    NO_SUCH_ADDRESS = "no such address"  # refused for good, for whom it is to
    REFUSED = "refused"  # refused for good, for what it is
    LATER = "later"
    UNREACHABLE = "unreachable"  # nothing was handed over, whatever it is
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Handed:
    """What was answered.

    Attributes:
        fate: What became of it.
        said: In the words of who answered; it may hold the address.
        provider_id: What a provider calls it.
    """

    fate: Fate
    said: str = ""
    provider_id: str = ""


class Line:
    """A connection, opened for the first e-mail and used for all that follow."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._connection: Any = get_connection()
        self._is_smtp = isinstance(self._connection, Smtp)

    def __enter__(self) -> Self:
        """Use it for a while."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._close()

    def hand_over(self, message: EmailMultiAlternatives) -> Handed:
        """Hand one e-mail over, to one address; return what was answered."""
        try:
            self._open()
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            return Handed(Fate.UNREACHABLE, _words(error))
        try:
            self._connection.send_messages([message])
        except UnicodeError as error:  # an address that no server could be asked for
            return Handed(Fate.NO_SUCH_ADDRESS, _words(error))
        except smtplib.SMTPException as error:
            return self._of_server(error)
        except anymail.AnymailError as error:
            return _of_provider(error)
        except OSError as error:
            self._close()
            return Handed(Fate.UNKNOWN if self._is_smtp else Fate.UNREACHABLE, _words(error))
        status = getattr(message, "anymail_status", None)
        return Handed(Fate.TAKEN, provider_id=str(getattr(status, "message_id", None) or "")[:200])

    def _open(self) -> None:
        """Open it, again where the server closed it meanwhile."""
        server = getattr(self._connection, "connection", None)
        if self._is_smtp and server is not None:
            try:
                server.noop()
            except smtplib.SMTPException:
                self._close()
        self._connection.open()

    def _close(self) -> None:
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException):
            self._connection.connection = None

    def _of_server(self, error: smtplib.SMTPException) -> Handed:
        """Read what a mail server answered.

        Source: RFC 5321 section 4.2.1.
        """
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            fate = Fate.NO_SUCH_ADDRESS if code >= _PERMANENT else Fate.LATER
            return Handed(fate, _answer(code, said))
        if isinstance(error, smtplib.SMTPResponseException):
            if error.smtp_code == _CLOSING:
                self._close()
            fate = Fate.REFUSED if error.smtp_code >= _PERMANENT else Fate.LATER
            return Handed(fate, _answer(error.smtp_code, error.smtp_error))
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return Handed(Fate.NO_SUCH_ADDRESS, _words(error))
        self._close()
        return Handed(Fate.UNKNOWN, _words(error))


def _of_provider(error: anymail.AnymailError) -> Handed:
    said = _words(error)
    if isinstance(error, anymail.AnymailRecipientsRefused | anymail.AnymailInvalidAddress):
        return Handed(Fate.NO_SUCH_ADDRESS, said)
    if not isinstance(error, anymail.AnymailAPIError):
        return Handed(Fate.REFUSED, said)  # it cannot be said in the provider's terms
    status = error.status_code or 0
    if status in _NOT_ADMITTED:
        return Handed(Fate.UNREACHABLE, said)
    if status in _NOT_NOW:
        return Handed(Fate.LATER, said)
    return Handed(Fate.REFUSED if 400 <= status < _PERMANENT else Fate.UNKNOWN, said)  # noqa: PLR2004 - RFC 9110


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
