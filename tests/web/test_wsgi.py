"""The door that the server opens: what reaches it before any middleware does."""

import io

import pytest

from config.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("charset", ["rot13", "hex", "base64", "nonsense", "utf-16", "\xe9"])
def test_a_charset_that_is_none_is_no_error_of_ours(charset):
    answers = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/verify",
        "QUERY_STRING": "address=https%3A%2F%2Fexample.org",
        "CONTENT_TYPE": f"text/plain; charset={charset}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }

    body = b"".join(application(environ, lambda status, headers: answers.append(status)))

    assert answers == ["200 OK"]
    assert b"example.org" in body or charset == "utf-16"
