"""A running fake: in a thread of this process (`Server`), or in the foreground (`serve_forever`).

with Server(Settings(contacts=250)) as server:
    requests.get(f"{server.url}/crm/v3/objects/contacts", headers={"Authorization": f"Bearer {server.token}"})
"""

from collections.abc import Callable
from functools import cache, partial
from types import TracebackType
from typing import Self

from bench_core.access import AccessPolicy
from bench_core.lines import EventLines
from bench_core.listener import BackgroundServer, ListenerOptions, serve_in_foreground
from bench_core.progress import Progress
from bench_core.targets import TargetPolicy
from bench_core.wire import WireProtocol
from fake_hubspot.app import SPELLING, App
from fake_hubspot.console import ConsoleOptions, console_routes
from fake_hubspot.context import Route
from fake_hubspot.control.health import health_routes
from fake_hubspot.crm import crm_routes
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal_registry import PortalRegistry
from fake_hubspot.request_lines import lines_of
from fake_hubspot.routing import Later, Router
from fake_hubspot.seeds import SeedFolders
from fake_hubspot.settings import Settings

__all__ = ["Server", "api_routes", "build_app", "serve_forever"]

KEEP_ALIVE_S = 75


@cache
def api_routes() -> tuple[Route, ...]:
    """Return the routes of HubSpot's API. Every server of a process has the same ones."""
    return tuple(_api_router().routes)


@cache
def _api_router() -> Router:
    """Return the router of HubSpot's API, which all servers of a process share."""
    return Router(crm_routes(), later=[Later(_further_routes, lambda path: not _is_control(path))])


def _is_control(path: str) -> bool:
    """Whether a path is one of the control API."""
    return path.lstrip("/").startswith("_fake/")


def _further_routes() -> list[Route]:
    """Return the routes that few clients use, and import their modules: so late, the server starts quickly."""
    from fake_hubspot.crm.families import family_routes
    from fake_hubspot.legacy import legacy_routes

    return [*family_routes(), *legacy_routes()]


def build_app(settings: Settings, lines: EventLines | None = None, *, shows_progress: bool = False) -> App:
    """Return the application with its portals, seeded.

    Args:
        settings: What is served.
        lines: Prints a line for each request.
        shows_progress: Whether long seeding shows how far it is.

    Raises:
        UsageError: A scenario, a seed file or a database file cannot be used.
    """
    if settings.control_token is not None and not settings.control_token.strip():
        raise UsageError("the control token is empty; leave it out to control the fake from this machine only")
    with Progress("seeding", unit="records", total=_generated(settings), is_shown=shows_progress) as progress:
        portals = PortalRegistry(
            settings.portal_config,
            given=settings.given,
            db=settings.db,
            seed_folders=SeedFolders(settings.seed_folders),
            targets=TargetPolicy(settings.webhook_host, option="--webhook-host"),
            on_record=progress.advance,
        )

    @cache
    def control_routes() -> list[Route]:
        from fake_hubspot.control import table

        return table.control_routes(portals, api_routes)

    def api() -> tuple[Route, ...]:
        return (*api_routes(), *control_routes(), *health_routes())

    console = ConsoleOptions(portals, api, settings.control_token)
    app = App(
        portals,
        [*health_routes(), *console_routes(console)],
        base=_api_router(),
        later=[Later(control_routes, _is_control)],
        control_token=settings.control_token,
        policy=AccessPolicy(settings.host, settings.allow_host),
        console=console,
    )
    portals.on_webhook_work = app.sender.wake
    if lines is not None:
        app.listeners.append(lines_of(lines, portals.default.portal.id))
    return app


def _generated(settings: Settings) -> int | None:
    """Return how many records the default portal begins with; None if files hold some of them."""
    if settings.seed_files or settings.seed_cassette is not None:
        return None
    return (settings.contacts or 0) + settings.companies + settings.deals + settings.tickets


def _options(app: App) -> ListenerOptions:
    return ListenerOptions(
        protocol=partial(WireProtocol, app.fast_path, app.wants_body, SPELLING),
        keep_alive_s=KEEP_ALIVE_S,
        on_stop=app.sender.stop,
    )


class Server(BackgroundServer):
    """A fake HubSpot in a thread of this process, on a free port by default.

    `url` and `token` are what a connector needs; `app` and `portal` are the state behind them. Use that state only
    before the server starts or through `in_loop`.
    """

    def __init__(
        self, settings: Settings | None = None, *, lines: EventLines | None = None, shows_progress: bool = False
    ) -> None:
        self.settings = settings or Settings()
        self.app = build_app(self.settings, lines, shows_progress=shows_progress)
        super().__init__(
            self.app,
            host=self.settings.host,
            port=self.settings.port,
            name="fake-hubspot",
            options=_options(self.app),
        )

    @property
    def token(self) -> str:
        """The access token of the default portal."""
        return self.app.portals.default.token

    def link_to(self, other_side: str) -> None:
        """Let the pages of this server link to those of another one, at that address."""
        self.app.console.other_side = other_side

    @property
    def portal(self) -> Portal:
        """The default portal."""
        return self.app.portals.default.portal

    def __enter__(self) -> Self:
        """Start; returns once requests are answered. If that fails, the portals are closed."""
        try:
            super().__enter__()
            self.in_loop(lambda: self.app.sender.wake_all(self.app.portals))
            return self
        except BaseException:
            self.app.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and close every portal."""
        super().__exit__(kind, error, trace)
        self.app.close()


def serve_forever(
    settings: Settings,
    *,
    on_start: Callable[[str, str], None],
    lines: EventLines | None = None,
    shows_progress: bool = False,
) -> None:
    """Run in the foreground until a signal ends it.

    Args:
        settings: What to serve.
        on_start: Called with the URL and the token once the server listens.
        lines: Prints a line for each request.
        shows_progress: Whether long seeding shows how far it is.
    """
    app = build_app(settings, lines, shows_progress=shows_progress)
    try:
        serve_in_foreground(
            app,
            host=settings.host,
            port=settings.port,
            on_start=lambda url: on_start(url, app.portals.default.token),
            options=_options(app),
        )
    finally:
        app.close()
