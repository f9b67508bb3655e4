"""Which policies of row-level security a table should have, as PostgreSQL writes them back."""

from collections.abc import Sequence
from dataclasses import dataclass

from issuers.scope.rows import Wall

WEB, WORKER, AUDITOR = "acquis", "acquis_worker", "acquis_auditor"
ISSUERS = "issuers_issuer"

# As PostgreSQL writes them back, so that what is there can be compared with what should be. Each
# is evaluated once for a statement, not for every row.
OURS = "(issuer_id = ( SELECT acquis_issuer() AS acquis_issuer))"
EVERYBODYS = "true"
LOOKING = "( SELECT acquis_across() AS acquis_across)"
OPERATING = "(( SELECT acquis_operator() AS acquis_operator) IS NOT NULL)"
NOT_OPERATING = "(( SELECT acquis_operator() AS acquis_operator) IS NULL)"
# An operator who broke the glass reads what one organisation has, until it closes.
OPENED = f"({NOT_OPERATING} OR ( SELECT acquis_opened() AS acquis_opened))"
ACTIVE = "(NOT ( SELECT acquis_suspended() AS acquis_suspended))"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy of a table, as pg_policies shows it."""

    name: str
    command: str
    roles: tuple[str, ...]
    using: str | None
    check: str | None
    # Every restrictive policy must agree, and one of the others besides.
    is_restrictive: bool = False

    def create(self, table: str) -> str:
        """Return the statement that makes it."""
        using = "" if self.using is None else f" USING ({self.using})"
        check = "" if self.check is None else f" WITH CHECK ({self.check})"
        return (
            f'CREATE POLICY {self.name} ON "{table}" '
            f"{'AS RESTRICTIVE ' if self.is_restrictive else ''}FOR {self.command} "
            f"TO {', '.join(self.roles)}{using}{check}"
        )


def policies_for(table: str, *, wall: Wall, owner: str, roles: Sequence[str]) -> dict[str, Policy]:
    """Return the policies that a table should have.

    Args:
        table: Its name.
        wall: What its model says.
        owner: The role that owns it: it migrates, and its functions find.
        roles: Those that the server has.
    """
    served = tuple(role for role in (WEB, WORKER) if role in roles)
    wanted = [Policy("wall_owner", "ALL", (owner,), EVERYBODYS, EVERYBODYS)]
    if AUDITOR in roles:
        wanted.append(Policy("wall_auditor", "SELECT", (AUDITOR,), EVERYBODYS, None))
    if not served:
        return {each.name: each for each in wanted}
    if table == ISSUERS:
        wanted += _policies_of_issuers(served)
        if WEB in served:
            wanted.append(_only("wall_operator", "DELETE", NOT_OPERATING, None))
        return {each.name: each for each in wanted}
    allowed = (WORKER,) if wall.is_secret and WORKER in served else served
    wanted.append(Policy("wall_issuer", "ALL", allowed, OURS, OURS))
    if WORKER in served:
        # A worker looks for work across issuers, and claims it; it writes inside one.
        wanted.append(Policy("wall_looking", "SELECT", (WORKER,), LOOKING, None))
        wanted.append(Policy("wall_claiming", "UPDATE", (WORKER,), LOOKING, OURS))
    if wall.shared_with:
        other = f"({wall.shared_with}_id = ( SELECT acquis_issuer() AS acquis_issuer))"
        wanted.append(Policy("wall_shared", "SELECT", allowed, other, None))
        wanted.append(Policy("wall_answering", "UPDATE", allowed, other, other))
    if wall.person:
        own = f"({wall.person}_id = ( SELECT acquis_person() AS acquis_person))"
        wanted.append(Policy("wall_person", "SELECT", allowed, own, None))
    if wall.is_issuing:
        wanted.append(Policy("wall_suspended", "INSERT", served, None, ACTIVE, is_restrictive=True))
    if WEB in allowed:
        wanted += _policies_of_operators(wall)
    return {each.name: each for each in wanted}


def _policies_of_operators(wall: Wall) -> list[Policy]:
    """What a request of the operator's sees and writes; it is served by the web's role."""
    if wall.operator == "":
        return [
            _only("wall_operator", "ALL", OPENED, NOT_OPERATING),
            _only("wall_operator_removes", "DELETE", NOT_OPERATING, None),
        ]
    writes = OPERATING if wall.operator == "decides" else NOT_OPERATING
    return [
        Policy("wall_operating", "SELECT", (WEB,), f"({OPERATING} AND {LOOKING})", None),
        _only("wall_operator", "ALL", EVERYBODYS, writes),
        _only("wall_operator_removes", "DELETE", writes, None),
    ]


def _only(name: str, command: str, using: str, check: str | None) -> Policy:
    return Policy(name, command, (WEB,), using, check, is_restrictive=True)


def _policies_of_issuers(served: tuple[str, ...]) -> list[Policy]:
    """Who the issuers are is for everybody to read; each changes its own row alone."""
    own = "(id = ( SELECT acquis_issuer() AS acquis_issuer))"
    return [
        Policy("wall_register", "SELECT", served, EVERYBODYS, None),
        Policy("wall_registering", "INSERT", served, None, EVERYBODYS),
        # Whoever orders what is done for one issuer locks its row, which takes this right.
        Policy("wall_issuer", "UPDATE", served, EVERYBODYS, own),
        Policy("wall_leaving", "DELETE", served, own, None),
    ]
