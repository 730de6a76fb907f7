"""Makes, keeps and drops the portals of one server."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from fake_hubspot.errors import UsageError
from fake_hubspot.exchange import Tenant
from fake_hubspot.portal.access import check_spelling
from fake_hubspot.portal.clock import real_now_ms
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.portal.portal import DEFAULT_PORTAL_ID, Portal, PortalOptions
from fake_hubspot.scenarios import apply_scenario
from fake_hubspot.seeds import Recipe
from fake_hubspot.tenants import DEFAULT_TOKEN, Tenants

__all__ = ["MOST_CONTACTS", "Host", "PortalPlan"]

DATA_CENTERS = ("na1", "na2", "eu1")
MOST_CONTACTS = 10_000_000
LARGEST_ID = 2**53 - 1


class PortalPlan(msgspec.Struct, frozen=True):
    """What a portal is to be."""

    portal_id: int = DEFAULT_PORTAL_ID
    token: str = DEFAULT_TOKEN
    recipe: Recipe = msgspec.field(default_factory=Recipe)
    scenario: str = "success"
    seed: int = 0
    tier: str = "free"
    enforce_limits: bool = False
    data_center: str = "na1"


class Host:
    """The portals of one server. With `db` each lies in a file: the default one there, the others beside it.

    Raises: UsageError for a plan that cannot be carried out.
    """

    def __init__(
        self, default: PortalPlan, *, db: Path | None = None, time_source: Callable[[], int] = real_now_ms
    ) -> None:
        self._db = db
        self._time_source = time_source
        self.tenants = Tenants(self._make(default, db))
        for path in self._others():
            self.tenants.add(self._reopen(path))

    def close(self) -> None:
        """Let go of every portal."""
        for tenant in self.tenants:
            tenant.portal.close()

    def create(self, plan: PortalPlan) -> Tenant:
        """Add a portal.

        Raises: UsageError when its id or token is taken.
        """
        if self.tenants.get(plan.portal_id) is not None:
            raise UsageError(f"there is a portal {plan.portal_id} already")
        if self.tenants.has_token(plan.token):
            raise UsageError("another portal has this token already")
        tenant = self._make(plan, self._path(plan.portal_id))
        self.tenants.add(tenant)
        return tenant

    def drop(self, tenant: Tenant) -> None:
        """Forget a portal, and remove its file.

        Raises: UsageError for the default portal.
        """
        if tenant is self.tenants.default:
            raise UsageError("the default portal cannot be dropped; reset it instead")
        path = tenant.portal.options.db
        self.tenants.drop(tenant)
        for suffix in ("", "-wal", "-shm"):
            if path is not None:
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def next_id(self) -> int:
        """An id that no portal has."""
        return max(tenant.portal.id for tenant in self.tenants) + 1

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
        tenant = Tenant(portal, token, plan.recipe, first_scenario=plan.scenario)
        try:
            plan.recipe(portal)
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
    contacts = plan.recipe.contacts
    if contacts is not None and not 0 <= contacts <= MOST_CONTACTS:
        raise UsageError(f"contacts must be between 0 and {MOST_CONTACTS}, not {contacts}")
