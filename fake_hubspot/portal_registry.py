"""The portals of one server: creates, finds and drops them."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bench_core.targets import TargetPolicy
from fake_hubspot.context import Tenant
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.access import Token
from fake_hubspot.portal.clock import real_now_ms
from fake_hubspot.portal.config import PortalConfig, convert_config
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.scenarios import apply_scenario, saved_scenario
from fake_hubspot.seeds import SeedFolders, absolute_seed_file, ignore_record, parse_seed_file, seed_portal

__all__ = ["PortalRegistry"]


class PortalRegistry:
    """The portals of one server. With `db` each is kept in a file: the default one there, the others beside it.

    Args:
        default: What the default portal is made of.
        given: The fields of `default` that were set on purpose. Those that differ from their defaults always count.
        db: The file of the default portal; without one every portal is in memory.
        seed_folders: Where new portals may load files from. The default portal may load any.
        time_source: Units: milliseconds since 1970.
        targets: Where the portals may send webhooks.
        on_record: Called for each record with which a portal begins.

    Attributes:
        on_webhook_work: Called with a portal that may have events to send.

    Raises:
        UsageError: The config cannot be used, or contradicts what the file was made with.
    """

    def __init__(
        self,
        default: PortalConfig,
        *,
        given: Collection[str] = (),
        db: Path | None = None,
        seed_folders: SeedFolders | None = None,
        time_source: Callable[[], int] = real_now_ms,
        targets: TargetPolicy | None = None,
        on_record: Callable[[], None] = ignore_record,
    ) -> None:
        self.on_webhook_work: Callable[[Tenant], None] = _nobody
        self._on_record = on_record
        self._targets = targets or TargetPolicy(option="--webhook-host")
        self.seed_folders = seed_folders or SeedFolders()
        self._db = db
        self._time_source = time_source
        self._by_id: dict[int, Tenant] = {}
        self._by_token: dict[str, Tenant] = {}
        self._reserved: dict[int, str] = {}
        self.default = self._open(default, db, given=given)
        self._add(self.default)
        try:
            for portal_id, path in self._other_files():
                self._reopen(portal_id, path)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self._by_id.values()))

    def close(self) -> None:
        """Close every portal's database."""
        for tenant in self:
            tenant.portal.close()

    def get(self, portal_id: int | None) -> Tenant | None:
        """Return the portal with that id."""
        return None if portal_id is None else self._by_id.get(portal_id)

    def find_by_token(self, value: str) -> tuple[Tenant, Token] | None:
        """Return the portal that an access token selects, with the token."""
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

    def complete(self, fields: dict[str, Any]) -> PortalConfig:
        """Make the config of a new portal from JSON fields; a missing id and token are generated.

        Raises:
            msgspec.ValidationError: A field is unknown or has the wrong type.
        """
        given = {name: value for name, value in fields.items() if value is not None}
        given.setdefault("portalId", max([*self._reserved, *(tenant.portal.id for tenant in self)]) + 1)
        config = convert_config(given)
        if "token" in given:
            return config
        return replace(config, token=f"pat-{config.data_center}-{config.portal_id:08d}-0000-4000-8000-000000000000")

    def create(self, config: PortalConfig) -> Tenant:
        """Add a portal, whose id and token may have been reserved.

        Raises:
            UsageError: Its id or token is taken, or the config cannot be used.
        """
        if self._reserved.get(config.portal_id) != config.token:
            self.reserve(config)
        try:
            if config.seed_cassette is not None:
                config = replace(config, seed_cassette=self.seed_folders.find(config.seed_cassette))
            config = replace(config, seed_files=tuple(self._found_seed_file(text) for text in config.seed_files))
            tenant = self._open(config, self._path(config.portal_id))
            self._add(tenant)
        finally:
            del self._reserved[config.portal_id]
        return tenant

    def reserve(self, config: PortalConfig) -> None:
        """Take the id and the token of a portal that is going to be created.

        Raises:
            UsageError: One of them is taken.
        """
        if config.portal_id in self._by_id or config.portal_id in self._reserved:
            raise UsageError(f"there is a portal {config.portal_id} already")
        if self.find_by_token(config.token) is not None or config.token in self._reserved.values():
            raise UsageError("another portal has this token already")
        self._reserved[config.portal_id] = config.token

    def _found_seed_file(self, text: str) -> str:
        name, path = parse_seed_file(text)
        found = self.seed_folders.find(path)
        return str(found) if name is None else f"{name}={found}"

    def drop(self, tenant: Tenant) -> None:
        """Remove a portal and its file.

        Raises:
            UsageError: It is the default portal.
        """
        if tenant is self.default:
            raise UsageError("the default portal cannot be dropped; reset it instead")
        del self._by_id[tenant.portal.id]
        self._by_token = {token: kept for token, kept in self._by_token.items() if kept is not tenant}
        tenant.portal.close()
        _remove_files(tenant.portal.db.path)

    def _reopen(self, portal_id: int, path: Path) -> None:
        tenant = self._open(self.complete({"portalId": portal_id}), path)
        if tenant.portal.id in self._by_id:
            tenant.portal.close()
            raise UsageError(f"{path} keeps portal {tenant.portal.id}, which is in another file already; remove one")
        self._add(tenant)

    def _add(self, tenant: Tenant) -> None:
        self._by_id[tenant.portal.id] = tenant
        tenant.portal.on_webhook_work = lambda: self.on_webhook_work(tenant)
        if tenant.token not in tenant.portal.access.tokens:
            tenant.portal.access.add(Token(value=tenant.token, kind="private-app"))
        self._by_token[tenant.token] = tenant

    def _path(self, portal_id: int) -> Path | None:
        return None if self._db is None else self._db.with_name(f"{self._db.name}.{portal_id}")

    def _other_files(self) -> Iterator[tuple[int, Path]]:
        if self._db is None:
            return
        for path in sorted(self._db.parent.glob(f"{self._db.name}.*")):
            portal_id = parse_id(path.name.rpartition(".")[2], largest=LARGEST_EXACT_ID)
            if portal_id is not None and path == self._path(portal_id):
                yield portal_id, path

    def _open(self, config: PortalConfig, path: Path | None, *, given: Collection[str] | None = None) -> Tenant:
        """Make a portal, or open the one in the file with the config that it was made with."""
        config.check()
        config = replace(config, seed_files=tuple(map(absolute_seed_file, config.seed_files)))
        is_new_file = path is not None and not path.exists()
        portal = Portal(config, db=Database(path), time_source=self._time_source)
        try:
            if given is not None:
                _check_contradictions(portal, config, given)
            seed_portal(portal, self._on_record)
            portal.save_config()
            tenant = Tenant(portal, targets=self._targets)
            apply_scenario(tenant, saved_scenario(portal))
        except BaseException:
            portal.close()
            if is_new_file:
                _remove_files(path)
            raise
        return tenant


def _nobody(tenant: Tenant) -> None:
    """Do nothing: no server sends webhooks."""


def _check_contradictions(portal: Portal, wanted: PortalConfig, given: Collection[str]) -> None:
    """Check the options of the default portal against the file that keeps it.

    Raises:
        UsageError: An option contradicts what the portal was made with.
    """
    defaults = PortalConfig()
    for name in PortalConfig.__struct_fields__:
        option, kept = _absolute(getattr(wanted, name)), _absolute(getattr(portal.config, name))
        if option != kept and (name in given or option != getattr(defaults, name)):
            shown = "another token" if name == "token" else f"{name} {_shown(kept)}"
            raise UsageError(
                f"{portal.db.path} keeps a portal that was made with {shown}, "
                f"which the option {name.replace('_', '-')} contradicts. Leave the option out to keep the portal as it "
                "is, change it through the control API while the fake runs, or name another file"
            )


def _absolute(value: object) -> object:
    return value.absolute() if isinstance(value, Path) else value


def _shown(value: object) -> str:
    return "the default" if value is None else str(value)


def _remove_files(path: Path | None) -> None:
    for suffix in ("", "-wal", "-shm"):
        if path is not None:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
