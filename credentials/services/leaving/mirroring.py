"""Mirror: every public address of an organisation as a file, for a web server that knows no more.

    <folder>/public/      what is served, under the same paths
    <folder>/mirror.txt   what is in there, a line each; never served: it names every page

A path that ends like a file is that file. Any other is a folder, since other paths may begin with
it: `index.html` is its page in the organisation's language, `index.fr.html` that in French,
`index.json` what a program gets. What has not changed is not touched; what nobody may read any more
goes first; and nothing goes that is not in the list.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from credentials.selectors import leaving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from credentials.selectors.leaving import Address
    from issuers import models as issuers

PUBLIC, LIST = "public", "mirror.txt"
HEADER = "acquis mirror 1 "
# Of a list: a million pages of a hundred characters.
MAX_LIST = 512 * 1024 * 1024
OK, FAULT = 200, 500
_PATH = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_STATIC = re.compile(rb"""(?:href|src)="(/static/[A-Za-z0-9._/-]+)\"""")
_WITHIN = re.compile(rb"""url\(["']?([A-Za-z0-9._/-]+)["']?\)""")


class MirrorRefused(Exception):  # noqa: N818 - it says what happened
    """The folder is not one that a mirror may be written to."""


class Answer(Protocol):
    """What the site answers."""

    @property
    def status(self) -> int:
        """Return the number of the answer, as HTTP has it."""

    @property
    def body(self) -> bytes:
        """Return what comes with it."""


@dataclass(slots=True)
class Mirrored:
    """What was done.

    Attributes:
        addresses: that there are.
        written: files that are new, or have changed.
        same: files that are as they were.
        removed: files of what is not public any more.
        absent: answers that are no page and no document: they have no file.
        faults: paths where the site failed; the file of before stays.
    """

    addresses: int = 0
    written: int = 0
    same: int = 0
    removed: int = 0
    absent: int = 0
    faults: int = 0


@dataclass(frozen=True, slots=True)
class _Copy:
    """One answer that is kept: what is asked, and where it goes."""

    name: str
    path: str
    kind: str
    language: str
    facts: str


class _Mirror:
    """One run; a class because its steps share what is in the folder."""

    def __init__(self, folder: Path, did: str) -> None:
        self.root, self.list = folder / PUBLIC, folder / LIST
        self.header = HEADER + did
        self.known = self._read()
        self.kept: dict[str, str] = {}
        self.static: set[str] = set()
        self.done = Mirrored()
        self.root.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Written down before the file is: what a run that is cut short leaves, the next one knows.
        new = not self.list.exists()
        descriptor = os.open(self.list, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.log = os.fdopen(descriptor, "w", encoding="ascii")
        try:
            fcntl.flock(self.log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.log.close()
            raise MirrorRefused(f"{self.list}: another run is at work") from error
        if new:
            self.log.write(self.header + "\n")
            self.log.flush()

    def take(self, copy: _Copy, ask: Callable[[str, str, str], Answer]) -> None:
        """Ask for one answer, and keep it where it is not as it was."""
        path = self.root / copy.name
        if copy.facts and self.known.get(copy.name) == copy.facts and path.is_file():
            self._stays(copy)
            return
        answer = ask(copy.path, copy.kind, copy.language)
        if answer.status >= FAULT:
            self.done.faults += 1
            if copy.name in self.known:
                self.kept[copy.name] = ""
        elif answer.status != OK:
            self.done.absent += 1
        else:
            self._keep(copy, answer.body)

    def remove(self, names: set[str]) -> None:
        """Remove files that are on the list, and the folders that they leave empty."""
        for name in sorted(names):
            path = self.root / name
            if path.is_file():
                path.unlink()
                self.done.removed += 1
            for parent in path.parents:
                if parent == self.root or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
            self.known.pop(name, None)

    def finish(self) -> None:
        """Write the list anew: it has what is there now, and nothing else."""
        self.log.close()
        lines = [self.header, *(f"{name}\t{facts}" for name, facts in sorted(self.kept.items()))]
        self._write(self.list, ("\n".join(lines) + "\n").encode(), mode=0o600)

    def _read(self) -> dict[str, str]:
        if not self.list.exists():
            if self.root.exists() and any(self.root.iterdir()):
                raise MirrorRefused(
                    f"{self.root} has files, and no {LIST} says whose: name another folder"
                )
            return {}
        if self.list.stat().st_size > MAX_LIST:
            raise MirrorRefused(f"{self.list} is larger than any list of ours")
        header, *lines = self.list.read_text(encoding="ascii").split("\n")
        if header != self.header:
            raise MirrorRefused(f"{self.list} is not of this organisation")
        found = dict(_line(line) for line in lines if line)
        if not all(_PATH.fullmatch("/" + name) for name in found):
            raise MirrorRefused(f"{self.list} was changed: it names what no mirror writes")
        return found

    def _write(self, path: Path, content: bytes, *, mode: int) -> None:
        """Write a file whole or not at all: who reads meanwhile reads the old one, or the new."""
        # Beside what is served: nobody is given what a run that was cut short left half done.
        temporary = self.list.with_name(f".{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _stays(self, copy: _Copy) -> None:
        self.kept[copy.name] = copy.facts
        self.done.same += 1

    def _keep(self, copy: _Copy, body: bytes) -> None:
        self.static.update(each.decode() for each in _STATIC.findall(body))
        path = self.root / copy.name
        is_new = copy.name not in self.known
        if not is_new and path.is_file() and path.read_bytes() == body:
            self._stays(copy)
            return
        if is_new:
            self.log.write(f"{copy.name}\t\n")
            self.log.flush()
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._write(path, body, mode=0o644)
        self.kept[copy.name] = copy.facts
        self.done.written += 1


def mirror(
    *,
    issuer: issuers.Issuer,
    folder: Path,
    ask: Callable[[str, str, str], Answer],
    languages: Sequence[str],
    with_drawn: bool = True,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> Mirrored:
    """Write every public page and document of an organisation into a folder; what changed alone.

    Args:
        issuer: Whose.
        folder: Where to; it is this mirror's, or new.
        ask: The site: what it answers to a path, the type that is asked for, and a language. It is
            asked as everybody asks, so that nothing gets out that is not public.
        languages: In which pages speak.
        with_drawn: Whether certificates, cards and codes are made, too; those that are there stay,
            unless what they were drawn by has changed.
        report: Told how many addresses are done, and of how many.

    Raises:
        MirrorRefused: the folder has other things, or is another organisation's mirror.
        OSError: a file cannot be written.
    """
    run = _Mirror(folder, issuer.did)
    first = issuer.language if issuer.language in languages else languages[0]
    ordered = (first, *(each for each in languages if each != first))
    # What is not public any more goes before anything else is done: pages take their time.
    names: set[str] = set()
    for address in leaving.addresses(issuer=issuer):
        run.done.addresses += 1
        names.update(copy.name for copy in _copies(address, ordered))
    run.remove({name for name in run.known if name not in names and not _is_static(name)})
    for number, address in enumerate(leaving.addresses(issuer=issuer), start=1):
        for copy in _copies(address, ordered):
            if not copy.facts or with_drawn:
                run.take(copy, ask)
            elif run.known.get(copy.name) == copy.facts:
                run.kept[copy.name] = copy.facts
        report(number, run.done.addresses)
    _take_static(run, ask)
    run.remove(run.known.keys() - run.kept.keys())
    run.finish()
    return run.done


def file_of(path: str, *, kind: str, language: str = "", suffix: str = "json") -> str:
    """Return where the answer to a path lies in `public`.

    Args:
        path: as in "/credentials/…".
        kind: what was asked for.
        language: of a page or a file that is not in the organisation's own.
        suffix: of a file whose path has no ending.
    """
    if not _PATH.fullmatch(path):
        raise ValueError(f"{path} is no path of ours")
    tongue = f".{language}" if language else ""
    folder, _slash, last = path[1:].rpartition("/")
    stem, dot, ending = last.rpartition(".")
    if kind == leaving.HTML:
        return f"{path[1:]}/index{tongue}.html"
    if kind == leaving.JSON or not dot:
        return f"{path[1:]}/index{tongue}.{'json' if kind == leaving.JSON else suffix}"
    return f"{folder}/{stem}{tongue}.{ending}"


def _copies(address: Address, languages: Sequence[str]) -> Iterator[_Copy]:
    first, *others = languages
    for kind in address.kinds:
        spoken = kind == leaving.HTML or address.is_spoken
        for language in (first, *others) if spoken else (first,):
            name = file_of(
                address.path,
                kind=kind,
                language="" if language == first else language,
                suffix=address.suffix,
            )
            yield _Copy(name, address.path, kind, language, address.facts)


def _take_static(run: _Mirror, ask: Callable[[str, str, str], Answer]) -> None:
    """Copy the styles and pictures that pages name, and what those name in turn."""
    waiting, seen = run.static, set[str]()
    while waiting:
        path = min(waiting)
        waiting.discard(path)
        seen.add(path)
        run.take(_Copy(path[1:], path, "*/*", "en", ""), ask)
        written = run.root / path[1:]
        if path.endswith(".css") and written.is_file():
            base = path.rpartition("/")[0]
            within = (os.path.normpath(f"{base}/{each.decode()}")
                      for each in _WITHIN.findall(written.read_bytes()))  # fmt: skip
            waiting |= {each for each in within if each.startswith("/static/")} - seen
    if run.done.faults:  # a page that could not be asked may need what no other names
        run.kept.update({name: "" for name in run.known if _is_static(name)})


def _is_static(name: str) -> bool:
    return name.startswith("static/")


def _line(line: str) -> tuple[str, str]:
    name, _tab, facts = line.partition("\t")
    return name, facts
