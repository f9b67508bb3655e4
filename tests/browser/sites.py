"""An installation as a person starts it, and what a person does to get in."""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from config.embedded import chain
from config.embedded.process import BASE
from tests.flows import stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from playwright.sync_api import Page

CODE = re.compile(r"^\s*([0-9A-Z]{3,4}[- ]?[0-9A-Z]{3,4})$", re.MULTILINE)
PATIENCE_SECONDS = 60.0


class Site(stacks.Up):
    """What `make demo` runs, on a folder and a port of its own."""

    arguments: tuple[str, ...] = ("demo",)
    # A machine that runs other tests as well takes its time.
    patience = 600.0

    def __init__(self, data: Path) -> None:
        super().__init__(data, chain.free_port())
        self.address = f"http://localhost:{self.port}"
        self._read_mails: set[Path] = set()

    def survive(self) -> None:
        """Kill a worker, the database, and all of it before it is done; then start it again.

        First to do what is left and end, as `make demo ONCE=1` does, and then to stay.
        """
        self._wait_until_it_says(r"\d+ of 240 signed")
        os.kill(self.pid("worker"), signal.SIGKILL)
        self._wait_until_it_says(r"[1-9]\d* of 240 signed")
        os.kill(self.pid("postgres"), signal.SIGKILL)
        stacks.until(lambda: "postgres ended" in self.output)
        self.kill()
        self.arguments = (*type(self).arguments, "--once")
        self.start()
        self.process.wait(self.patience)
        self.once = self.ended(), self.output
        self.arguments = type(self).arguments
        self.start()

    def _wait_until_it_says(self, pattern: str) -> None:
        def said() -> bool:
            assert self.process.poll() is None, f"it ended too soon:\n{self.output}"
            return re.search(pattern, self.output) is not None

        stacks.until(said, self.patience)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self.process.terminate()
        self.ended()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Let no alarm ring meanwhile: twenty in a second cost half of what pages cost."""
        beat = self.pid("beat")
        os.kill(beat, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(beat, signal.SIGCONT)

    def shown(self) -> list[str]:
        """Return the addresses that it told the person who started it to open."""
        return re.findall(rf"^\s+({re.escape(self.address)}\S*)", self.output, re.MULTILINE)

    def command(self, *words: str) -> str:
        """Run a command of manage.py beside it, and return what it says."""
        given = {name: value for name, value in os.environ.items() if name not in stacks.NOT_OURS}
        run = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "manage.py", *words],
            cwd=BASE,
            env=given | {"DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def mail(self, address: str) -> EmailMessage:
        """Return the next e-mail to an address that was not read yet; wait for it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            for file, message in self._mails():
                if address in str(message["To"]):
                    self._read_mails.add(file)
                    return message
            assert time.monotonic() < deadline, f"no e-mail came to {address}"
            time.sleep(0.1)

    def _mails(self) -> Iterator[tuple[Path, EmailMessage]]:
        folder = self.data / "mail"
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        for file in files:
            if file not in self._read_mails:
                read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                yield file, read

    def sign_in(self, page: Page, address: str) -> None:
        """Sign in with the code that is sent to an address."""
        page.goto(f"{self.address}/console/")
        page.fill("input[name=login]", address)
        page.keyboard.press("Enter")
        self.prove(page, address)

    def open_wallet(self, page: Page, address: str) -> None:
        """Open what somebody holds, with the code that is sent to their address."""
        page.goto(f"{self.address}/wallet/sign-in")
        page.fill("input[name=email]", address)
        page.keyboard.press("Enter")
        self.prove(page, address)

    def prove(self, page: Page, address: str) -> None:
        """Type the code that was sent to an address, and go on."""
        page.wait_for_selector("input[name=code]")
        page.fill("input[name=code]", self.code(address))
        with page.expect_navigation():
            page.keyboard.press("Enter")

    def code(self, address: str) -> str:
        """Return the next code that is sent to an address, whatever else is sent there."""
        while not (found := CODE.search(self.mail(address).get_content())):
            pass
        return found[1]

    def link(self, address: str) -> str:
        """Return the address of ours in the next e-mail to somebody."""
        found = re.search(rf"{re.escape(self.address)}/\S+", self.mail(address).get_content())
        assert found
        return found[0]


def send(page: Page, address: str, **fields: str | int) -> None:
    """Open a form, fill it in (a number: that box is ticked), and send it."""
    page.goto(address)
    for name, value in fields.items():
        found = page.locator(f"main [name={name}]")
        if isinstance(value, int):
            found.nth(value).check()
        else:
            found.fill(value)
    with page.expect_navigation():
        page.locator("main form .button[type=submit]").last.click()


def authenticator(secret: str, *, nth: int = 0) -> str:
    """Return a code that an authenticator app shows about now; each is good once."""
    counter = list(yield_hotp_counters_from_time())[nth]
    return str(format_hotp_value(hotp_value(secret, counter)))
