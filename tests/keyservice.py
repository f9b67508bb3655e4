"""A key service on loopback that speaks the part of Vault's transit protocol that we use."""

from __future__ import annotations

import json
import secrets
import threading
from base64 import b64decode, b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "acquis"


class KeyService:
    """One key with versions. A test may break it: `answer` replaces what it would say."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(12)
        self.keys = {1: secrets.token_bytes(32)}
        self.asked: list[tuple[str, int]] = []
        self.answer: tuple[int, bytes] | None = None
        self.address = ""

    @property
    def setting(self) -> str:
        return f"{self.address}/v1/transit/keys/{NAME}"

    def rotate(self) -> None:
        self.keys[max(self.keys) + 1] = secrets.token_bytes(32)

    def reply(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if token != self.token:
            return 403, b'{"errors":["permission denied"]}'
        act = {f"/v1/transit/{each}/{NAME}": each for each in ("encrypt", "decrypt")}.get(path)
        if act is None:
            return 404, b'{"errors":[]}'
        items = body["batch_input"]
        self.asked.append((act, len(items)))
        results = [
            self._encrypt(each) if act == "encrypt" else self._decrypt(each) for each in items
        ]
        status = 400 if any("error" in each for each in results) else 200
        return status, json.dumps({"data": {"batch_results": results}}).encode()

    def _encrypt(self, item: dict[str, str]) -> dict[str, Any]:
        version, nonce = max(self.keys), secrets.token_bytes(12)
        sealed = AESGCM(self.keys[version]).encrypt(nonce, b64decode(item["plaintext"]), None)
        text = f"vault:v{version}:{b64encode(nonce + sealed).decode()}"
        return {"ciphertext": text, "key_version": version}

    def _decrypt(self, item: dict[str, str]) -> dict[str, Any]:
        _vault, version, text = item["ciphertext"].split(":")
        raw, key = b64decode(text), self.keys.get(int(version[1:]))
        if key is None:
            return {"error": "ciphertext version is disallowed by policy (too old)"}
        return {"plaintext": b64encode(AESGCM(key).decrypt(raw[:12], raw[12:], None)).decode()}


@contextmanager
def running() -> Iterator[KeyService]:
    """Let a key service answer on loopback."""
    service = KeyService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, data = service.answer or service.reply(
                self.path, self.headers.get("X-Vault-Token", ""), body
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()
