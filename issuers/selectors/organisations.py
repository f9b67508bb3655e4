"""Questions about what an organisation proved, where its pages are, and what it is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from issuers import models, scope
from issuers.core import domains
from issuers.selectors import profiles


@dataclass(frozen=True, slots=True)
class ProvenDomain:
    """A domain as readers see it.

    Attributes:
        name: In ASCII: what looks like another name in other letters shows that it is not.
        method: "dns" or "file".
        verified_at: Since when it is proven without a lapse.
        confirmed_at: When the proof was last seen.
        lapsed_at: When it was proven no more; None where it stands.
    """

    name: str
    method: str
    verified_at: datetime
    confirmed_at: datetime
    lapsed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Address:
    """A host that an organisation asked for, and whether it answers."""

    host: models.Host
    live: models.LiveHost | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit, and those that it is a part of, the outermost first."""

    unit: models.Unit
    above: tuple[models.Unit, ...]

    @property
    def path(self) -> str:
        """The names from the outermost unit to this one."""
        return " › ".join(each.name for each in (*self.above, self.unit))  # noqa: RUF001 - text for people


def domains_of(*, issuer: models.Issuer) -> list[models.Domain]:
    """Return what an organisation says are its domains, proven or not; one query."""
    return list(models.Domain.objects.of(issuer).order_by("name"))


def find_domain(*, issuer: models.Issuer, pk: int) -> models.Domain | None:
    """Return a domain of an organisation; one query."""
    return models.Domain.objects.of(issuer).filter(pk=pk).first()


def proven_domains(*, issuer: models.Issuer, now: datetime) -> list[ProvenDomain]:
    """Return what an organisation proved, what stands first; one query.

    What was proven and is no more is among them: a reader may have seen it yesterday.
    """
    return proven_among(rows=domains_of(issuer=issuer), now=now)


def is_name_proven(*, issuer: models.Issuer, now: datetime) -> bool:
    """Say whether a domain that stands speaks for an organisation's name; one query."""
    first = next(iter(proven_domains(issuer=issuer, now=now)), None)
    return first is not None and first.lapsed_at is None


def proven_among(*, rows: Iterable[models.Domain], now: datetime) -> list[ProvenDomain]:
    """Return what is proven of what `domains_of` returned, what stands first; no query."""
    found = [
        ProvenDomain(
            name=row.name,
            method=row.method,
            verified_at=row.verified_at,
            confirmed_at=row.confirmed_at,
            # The row may be looked at later than it lapsed; what readers see does not wait.
            lapsed_at=row.lapsed_at
            or (
                None
                if domains.is_standing(row.confirmed_at, now)
                else row.confirmed_at + domains.GRACE
            ),
        )
        for row in rows
        if row.verified_at is not None and row.confirmed_at is not None
    ]
    return sorted(found, key=lambda each: each.lapsed_at is not None)


def holders_of(*, domain: str) -> list[models.Issuer]:
    """Return who ever proved a domain, by name; two queries."""
    found = models.Issuer.objects.filter(pk__in=scope.holders(domain)).defer("logo")
    return list(found.order_by("name", "id"))


def proven_domains_of(*, identifier: str, now: datetime) -> list[ProvenDomain] | None:
    """Return what the issuer of a DID proved; None where it is not one of ours; two queries."""
    issuer = models.Issuer.objects.filter(did=identifier).only("pk").first()
    return None if issuer is None else proven_domains(issuer=issuer, now=now)


def addresses_of(*, issuer: models.Issuer, now: datetime) -> list[Address]:
    """Return the hosts that an organisation asked for; two queries."""
    live = {row.name: row for row in models.LiveHost.objects.filter(owner=issuer).order_by("name")}
    return [
        Address(
            host,
            live.get(host.name),
            is_live=host.name in live and domains.is_fresh(live[host.name].confirmed_at, now),
        )
        for host in models.Host.objects.of(issuer).order_by("name")
    ]


def own_host() -> str:
    """Return the host of this installation, to which a host of somebody else leads; no query."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def find_host(*, issuer: models.Issuer, pk: int) -> models.Host | None:
    """Return a host of an organisation; one query."""
    return models.Host.objects.of(issuer).filter(pk=pk).first()


def live_hosts(*, now: datetime) -> dict[str, models.Issuer]:
    """Return every host that answers now, and with whose pages; one query.

    A host whose proof is too old is not among them, whether or not a worker looked.
    """
    rows = (
        models.LiveHost.objects.select_related("owner")
        .only("name", "owner__slug")
        .filter(confirmed_at__gte=now - domains.FRESH)
        .order_by("name")
    )
    return {row.name: row.owner for row in rows}


def units(*, issuer: models.Issuer) -> list[Placed]:
    """Return the units of an organisation, each behind those that it is a part of; one query."""
    rows = list(models.Unit.objects.of(issuer).order_by("name", "id"))
    below: dict[int | None, list[models.Unit]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Placed] = []

    def walk(parent: int | None, above: tuple[models.Unit, ...]) -> None:
        for row in below.get(parent, ()):
            found.append(Placed(row, above))
            walk(row.pk, (*above, row))

    walk(None, ())
    return found


def find_unit(*, issuer: models.Issuer, uuid: object) -> Placed | None:
    """Return a unit of an organisation, in its place; one query."""
    return next((each for each in units(issuer=issuer) if str(each.unit.uuid) == str(uuid)), None)


def unit_profile(*, issuer: models.Issuer, unit_id: int) -> dict[str, str]:
    """Return a unit as documents name who teaches and assesses for an organisation; one query."""
    place = next(each for each in units(issuer=issuer) if each.unit.pk == unit_id)
    own = profiles.address(issuer=issuer)
    return {
        "id": f"{own}#unit-{place.unit.uuid}",
        "name": f"{issuer.name}, {place.path}",
        "url": f"{own}#unit-{place.unit.uuid}",
    }


def look_alikes(*, judgements: Sequence[str]) -> list[models.LookAlike]:
    """Return the names that pass for others', newest first: for the operator; one query."""
    # Across issuers: it is the operator's, and about two of them.
    return list(
        models.LookAlike.objects.across_issuers()
        .select_related("issuer", "resembles")
        .defer("issuer__logo", "resembles__logo")
        .filter(judgement__in=judgements)
        .order_by("-found_at", "-id")
    )
