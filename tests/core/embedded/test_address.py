"""Where pages are served, and the address that credentials carry for ever."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from config.embedded import address
from config.embedded.chain import free_port
from config.embedded.folder import EmbeddedError, Folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.create()
    return folder


def test_the_first_address_is_remembered(folder: Folder) -> None:
    port = free_port()

    first = address.choose(folder, environment={}, port=port)
    later = address.choose(folder, environment={}, port=None)

    assert first.public_url == f"http://localhost:{port}"
    assert first.listen[0] == f"127.0.0.1:{port}"
    assert (later.port, later.public_url, later.warning) == (port, first.public_url, "")


def test_another_port_keeps_the_address_and_says_what_that_means(folder: Folder) -> None:
    first, second = free_port(), free_port()
    address.choose(folder, environment={}, port=first)

    chosen = address.choose(folder, environment={}, port=second)

    assert chosen.public_url == f"http://localhost:{first}"
    assert chosen.port == second
    assert f"made for http://localhost:{first}" in chosen.warning
    assert f"look for port {first}" in chosen.warning


def test_another_public_address_is_taken_and_its_price_told(folder: Folder) -> None:
    port = free_port()
    address.choose(folder, environment={}, port=port)

    chosen = address.choose(
        folder, environment={"PUBLIC_URL": "https://acquis.example/"}, port=port
    )

    assert chosen.public_url == "https://acquis.example"
    assert "keep the former one" in chosen.warning


def test_behind_a_proxy_the_port_is_nobodys_concern(folder: Folder) -> None:
    given = {"PUBLIC_URL": "https://acquis.example"}

    chosen = address.choose(folder, environment=given, port=free_port())

    assert chosen.warning == ""


def test_a_port_that_is_taken_is_named_with_the_way_out(folder: Folder) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(EmbeddedError, match=f"Port {port} is taken .*--port {port + 1}"):
            address.choose(folder, environment={}, port=port)

    assert folder.recall("public_url") == ""


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_what_is_no_port_is_refused(folder: Folder, port: int) -> None:
    with pytest.raises(EmbeddedError, match="is not a port"):
        address.choose(folder, environment={}, port=port)
