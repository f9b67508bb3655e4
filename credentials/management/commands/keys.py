"""`manage.py keys`: list, create, rotate, retire and disown the keys of an issuer.

docs/keys.md says what each act means.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.selectors import theft
from issuers import selectors, services

if TYPE_CHECKING:
    from argparse import ArgumentParser

REFUSALS = (
    selectors.NoSigningKey,
    services.ImpossibleInstant,
    services.KeyAlreadyEnded,
    services.KeyEncryptionKeyMissing,
    services.NoSuchKey,
)


class Command(BaseCommand):
    """Change which keys speak for an issuer."""

    help = "List, create, rotate, retire and disown the keys of an issuer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, what in (
            ("list", "show every key, past and present"),
            ("create", "create the first key of a kind"),
            ("rotate", "let a new key of a kind sign, and end the old ones in good order"),
            ("retire", "end a key in good order, and put none in its place"),
            ("compromise", "disown a stolen key: only what was anchored before stays verified"),
        ):
            act = acts.add_parser(name, help=what)
            act.add_argument("--issuer", required=True, metavar="SLUG")
            if name in ("create", "rotate"):
                act.add_argument(
                    "--kind", choices=[kind.value for kind in selectors.Kind], default="ed25519"
                )
            if name in ("retire", "compromise"):
                act.add_argument("--key", required=True, metavar="KID", help="its name")
            if name == "compromise":
                act.add_argument(
                    "--since",
                    required=True,
                    metavar="INSTANT",
                    help="from when on somebody else may have had it: 2026-03-02T09:00:00Z",
                )
                act.add_argument(
                    "--leave-without", action="store_true", help="create no key in its place"
                )
                act.add_argument("--yes", action="store_true", help="do it; it is not undone")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = selectors.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no issuer {options['issuer']} here.")
        try:
            getattr(self, f"_{options['act']}")(issuer, options, timezone.now())
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self, issuer: Any, options: dict[str, Any], now: datetime) -> None:
        signing = {
            key.pk
            for kind in selectors.Kind
            if (key := selectors.current_key(issuer=issuer, now=now, kind=kind)) is not None
        }
        for key in selectors.keys_of(issuer=issuer):
            facts = [f"since {_written(key.valid_from)}"]
            if key.expires_at is not None:
                facts.append(f"until {_written(key.expires_at)}")
            if key.revoked_at is not None:
                facts.append(f"disowned since {_written(key.revoked_at)}")
            if key.pk in signing:
                facts.append("signs")
            self.stdout.write(f"{key.kind:<8} {key.kid:<50} {', '.join(facts)}")

    def _create(self, issuer: Any, options: dict[str, Any], now: datetime) -> None:
        kind = selectors.Kind(options["kind"])
        held = selectors.current_key(issuer=issuer, now=now, kind=kind)
        if held is not None:
            raise CommandError(f"{held.kid} signs already: rotate it instead.")
        self.stdout.write(services.create_key(issuer=issuer, now=now, kind=kind).kid)

    def _rotate(self, issuer: Any, options: dict[str, Any], now: datetime) -> None:
        kind = selectors.Kind(options["kind"])
        self.stdout.write(services.rotate_key(issuer=issuer, now=now, kind=kind).kid)

    def _retire(self, issuer: Any, options: dict[str, Any], now: datetime) -> None:
        key = services.retire_key(issuer=issuer, kid=options["key"], now=now)
        kind = selectors.Kind(key.kind)
        self.stdout.write(f"{key.kid} ends at {_written(key.expires_at)}.")
        if selectors.current_key(issuer=issuer, now=now, kind=kind) is None:
            self.stdout.write(f"{issuer.slug} has no other {kind} key: it signs nothing with one.")

    def _compromise(self, issuer: Any, options: dict[str, Any], now: datetime) -> None:
        since = _instant(options["since"])
        key = selectors.find_key(issuer=issuer, kid=options["key"])
        if key is None:
            raise CommandError(f"Issuer {issuer.slug} has no key {options['key']}.")
        lost = theft.signed_without_proof_of_age(issuer=issuer, key=key, since=since)
        told = (
            f"{lost.total} credentials may bear its signature. {lost.anchored_before} were "
            f"anchored before {_written(since)} and stay verified; {lost.doubtful} were not, and "
            "are refuted: revoke them and issue those again that are yours."
        )
        if not options["yes"]:
            self.stdout.write(f"{told} Nothing was done: this is not undone. Add --yes to do it.")
            return
        services.declare_compromised(
            issuer=issuer,
            kid=key.kid,
            since=since,
            now=now,
            replace=not options["leave_without"],
        )
        self.stdout.write(told)
        kind = selectors.Kind(key.kind)
        successor = selectors.current_key(issuer=issuer, now=now, kind=kind)
        self.stdout.write(
            f"{successor.kid} signs now." if successor else f"No {kind} key signs now."
        )


def _written(instant: datetime | None) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else "?"


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CommandError(
            f"--since {text}: write an instant with its zone, as in 2026-03-02T09:00:00Z"
        )
    return instant
