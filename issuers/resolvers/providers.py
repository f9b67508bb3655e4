"""What allauth asks identity providers, by the one way out that this program has.

allauth wants a session of requests; this is as much of one as it uses. An address that an
organisation's administrator typed in is a stranger's: it must be https, on port 443, of a public
host, and may not send us elsewhere. See `fetching`.
"""

import base64
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from requests import RequestException
from requests.auth import HTTPBasicAuth

from issuers.resolvers import fetching

# Discovery documents, key sets, tokens: none is larger.
LIMIT = 200_000
ACCEPT = "application/json, application/jwt;q=0.5"


class ProviderUnavailable(RequestException):
    """An identity provider could not be asked, or gave no answer that can be read."""


class Answer:
    """An answer that was read whole."""

    def __init__(self, fetched: fetching.Fetched) -> None:
        self.status_code = fetched.status
        self.content = fetched.body
        self.headers = {"content-type": fetched.media_type}

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            ProviderUnavailable: it is none.
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise ProviderUnavailable("It is not JSON.") from error

    def raise_for_status(self) -> None:
        """Do nothing: any other status than 200 is no answer here."""


class Session:
    """A session in name only: nothing is kept from one question to the next."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close nothing: every question has a connection of its own."""

    def get(self, url: str, **given: Any) -> Answer:
        """Ask for what is at an address."""
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> Answer:
        """Send a form to an address."""
        return self.request("POST", url, **given)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: HTTPBasicAuth | None = None,
    ) -> Answer:
        """Ask, with a form or without.

        Raises:
            ProviderUnavailable: it could not be had.
        """
        authorization = (headers or {}).get("Authorization", "")
        if auth is not None:
            pair = f"{auth.username!s}:{auth.password!s}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        try:
            return Answer(
                fetching.fetch(
                    url,
                    accept=ACCEPT,
                    limit=LIMIT,
                    what="identity provider",
                    network=fetching.PUBLIC,
                    form=urlencode(data or {}).encode() if method == "POST" else None,
                    authorization=authorization,
                )
            )
        except fetching.Unavailable as error:
            raise ProviderUnavailable(str(error)) from error
