"""How a server is set up."""

from pathlib import Path

from fake_hubspot.portal.config import PortalConfig

__all__ = ["Settings"]


class Settings(PortalConfig, frozen=True, kw_only=True):
    """Everything that `fake-hubspot serve` can be told: what the default portal is made of, and how to serve it.

    Attributes:
        host: The address to listen on.
        port: 0 takes a free port.
        db: The file that keeps the default portal; others are kept beside it. Without one they are in memory.
        control_token: Opens the control API to other machines.
        seed_folders: The folders below which requests to the control API may name a file.
        allow_host: More names under which the server is known, as `--allow-host` takes them.
        webhook_host: The hosts besides this machine to which webhooks are sent, as `--webhook-host` takes them.
        given: The names of the options that were given on purpose, even if they equal their defaults. They must not
            contradict what the portal in `db` was made with.
    """

    host: str = "127.0.0.1"
    port: int = 0
    db: Path | None = None
    control_token: str | None = None
    seed_folders: tuple[Path, ...] = ()
    allow_host: tuple[str, ...] = ()
    webhook_host: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def portal_config(self) -> PortalConfig:
        """What the default portal is made of."""
        return PortalConfig(**{name: getattr(self, name) for name in PortalConfig.__struct_fields__})
