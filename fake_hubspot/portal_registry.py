"""The portals of one server: creates, finds and drops them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from fake_hubspot.context import Tenant
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.access import Token, check_spelling
from fake_hubspot.portal.clock import real_now_ms
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.portal.portal import DEFAULT_PORTAL_ID, Portal, PortalOptions
from fake_hubspot.scenarios import apply_scenario
from fake_hubspot.seeds import Seeder
from fake_hubspot.settings import DEFAULT_TOKEN

__all__ = ["MOST_CONTACTS", "PortalPlan", "PortalRegistry"]
DATA_CENTERS = ("na1", "na2", "eu1")
MOST_CONTACTS = 10_000_000
LARGEST_ID = 2**53 - 1


class PortalPlan(msgspec.Struct, frozen=True):
    """What a portal is to be."""

    portal_id: int = DEFAULT_PORTAL_ID
    token: str = DEFAULT_TOKEN
    seeder: Seeder = msgspec.field(default_factory=Seeder)
    scenario: str = "success"
    seed: int = 0
    tier: str = "free"
    enforce_limits: bool = False
    data_center: str = "na1"


class PortalRegistry:
    """The portals of one server. With `db` each lies in a file: the default one there, the others beside it.

    Raises: UsageError for a plan that cannot be carried out.
    """

    def __init__(
        self, default: PortalPlan, *, db: Path | None = None, time_source: Callable[[], int] = real_now_ms
    ) -> None:
        self._db = db
        self._time_source = time_source
        self._by_id: dict[int, Tenant] = {}
        self._by_token: dict[str, Tenant] = {}
        self.default = self._make(default, db)
        self._add(self.default)
        for path in self._others():
            self._add(self._reopen(path))

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self._by_id.values()))

    def close(self) -> None:
        """Let go of every portal."""
        for tenant in self:
            tenant.portal.close()

    def get(self, portal_id: int) -> Tenant | None:
        """The portal with that id."""
        return self._by_id.get(portal_id)

    def find_by_token(self, value: str) -> tuple[Tenant, Token] | None:
        """The portal that an access token selects, with the token."""
        tenant = self._by_token.get(value)
        token = tenant.portal.access.tokens.get(value) if tenant else None
        if tenant is not None and token is not None:
            return tenant, token
        for other in self:
            token = other.portal.access.tokens.get(value)
            if token is not None:
                self._by_token[value] = other
                return other, token
        return None

    def create(self, plan: PortalPlan) -> Tenant:
        """Add a portal.

        Raises: UsageError when its id or token is taken.
        """
        if self.get(plan.portal_id) is not None:
            raise UsageError(f"there is a portal {plan.portal_id} already")
        if self.find_by_token(plan.token) is not None:
            raise UsageError("another portal has this token already")
        tenant = self._make(plan, self._path(plan.portal_id))
        self._add(tenant)
        return tenant

    def drop(self, tenant: Tenant) -> None:
        """Forget a portal, and remove its file.

        Raises: UsageError for the default portal.
        """
        if tenant is self.default:
            raise UsageError("the default portal cannot be dropped; reset it instead")
        path = tenant.portal.options.db
        del self._by_id[tenant.portal.id]
        self._by_token = {token: kept for token, kept in self._by_token.items() if kept is not tenant}
        tenant.portal.close()
        for suffix in ("", "-wal", "-shm"):
            if path is not None:
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def next_id(self) -> int:
        """An id that no portal has."""
        return max(tenant.portal.id for tenant in self) + 1

    def _add(self, tenant: Tenant) -> None:
        self._by_id[tenant.portal.id] = tenant
        if tenant.token not in tenant.portal.access.tokens:
            tenant.portal.access.add(Token(value=tenant.token, kind="private-app"))
        self._by_token[tenant.token] = tenant

    def _path(self, portal_id: int) -> Path | None:
        return None if self._db is None else self._db.with_name(f"{self._db.name}.{portal_id}")

    def _others(self) -> list[Path]:
        if self._db is None:
            return []
        beside = self._db.parent.glob(f"{self._db.name}.*")
        return sorted(path for path in beside if path.name.rpartition(".")[2].isdecimal())

    def _reopen(self, path: Path) -> Tenant:
        portal_id = int(path.name.rpartition(".")[2])
        return self._make(PortalPlan(portal_id=portal_id, token=""), path)

    def _make(self, plan: PortalPlan, path: Path | None) -> Tenant:
        _check(plan)
        portal = Portal(
            PortalOptions(
                portal_id=plan.portal_id,
                data_center=plan.data_center,
                seed=plan.seed,
                tier=plan.tier,
                db=path,
                time_source=self._time_source,
            )
        )
        portal.limits.enforced = plan.enforce_limits
        token = plan.token or portal.notes.get("token") or ""
        tenant = Tenant(portal, token, plan.seeder, first_scenario=plan.scenario)
        try:
            plan.seeder(portal)
            portal.notes.put("token", token)
            apply_scenario(tenant, plan.scenario)
        except BaseException:
            portal.close()
            raise
        return tenant


def _check(plan: PortalPlan) -> None:
    if plan.tier not in TIERS:
        raise UsageError(f"there is no tier {plan.tier!r}; there are: {', '.join(TIERS)}")
    if plan.data_center not in DATA_CENTERS:
        raise UsageError(f"there is no data centre {plan.data_center!r}; there are: {', '.join(DATA_CENTERS)}")
    if not 0 < plan.portal_id <= LARGEST_ID:
        raise UsageError(f"a portal's id is a positive whole number below 2^53, not {plan.portal_id}")
    check_spelling(plan.token)
    contacts = plan.seeder.contacts
    if contacts is not None and not 0 <= contacts <= MOST_CONTACTS:
        raise UsageError(f"contacts must be between 0 and {MOST_CONTACTS}, not {contacts}")
