"""A running fake: in a thread of this process (`Server`), or in the foreground (`serve_forever`).

with Server(Settings(contacts=250)) as server:
    requests.get(f"{server.url}/crm/v3/objects/contacts", headers={"Authorization": f"Bearer {server.token}"})
"""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TypeVar, cast

import uvicorn

from fake_hubspot.app import App
from fake_hubspot.control import control_routes
from fake_hubspot.crm import crm_routes
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal_registry import PortalPlan, PortalRegistry
from fake_hubspot.protocol import WireProtocol
from fake_hubspot.seeds import Seeder
from fake_hubspot.settings import Settings
from fake_hubspot.stopping import PromptServer

__all__ = ["Server", "build_app", "serve_forever"]

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

START_TIMEOUT_S = 30.0
KEEP_ALIVE_S = 75
BACKLOG = 2048


def build_app(settings: Settings) -> App:
    """The application with its portals, seeded.

    Raises: UsageError for a scenario, a seed file or a database file that cannot be used.
    """
    plan = PortalPlan(
        portal_id=settings.portal_id,
        token=settings.token,
        seeder=Seeder(settings.contacts, settings.seed_cassette),
        scenario=settings.scenario,
        seed=settings.seed,
        tier=settings.tier,
        enforce_limits=settings.enforce_limits,
    )
    portals = PortalRegistry(plan, db=settings.db)
    routes = crm_routes()
    return App(portals, [*routes, *control_routes(portals, routes)], control_token=settings.control_token)


def _uvicorn(app: App) -> PromptServer:
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(WireProtocol, app.fast_path)),
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
    return PromptServer(config)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio switches off Nagle only on sockets that name their protocol; with it on each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _url(settings: Settings, listener: socket.socket) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


class Server:
    """A fake HubSpot in a thread of this process, on a free port by default.

    `url` and `token` are what a connector needs; `app` and `portal` are the state behind them. Touch that state before
    the server starts or through `in_loop`.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.app = build_app(self.settings)
        self.url = ""
        self._uvicorn = _uvicorn(self.app)
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def token(self) -> str:
        """The access token of the default portal."""
        return self.settings.token

    @property
    def portal(self) -> Portal:
        """The default portal."""
        return self.app.portals.default.portal

    def in_loop(self, work: Callable[[], Result]) -> Result:
        """Do something with the portals between two requests, never during one, while the server runs."""

        async def request() -> Result:
            return work()

        if self._loop is None:
            return work()
        return asyncio.run_coroutine_threadsafe(request(), self._loop).result()

    def __enter__(self) -> "Server":
        """Start to listen; returns when requests are answered."""
        listener = _listen(self.settings)
        self.url = _url(self.settings, listener)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="fake-hubspot", daemon=True)
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S) or self._failure is not None:
            raise RuntimeError(f"the fake did not start on {self.url}") from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and let go of every portal."""
        self._uvicorn.stop()
        if self._thread is not None:
            self._thread.join()
        self._loop = None
        self.app.portals.close()

    def _run(self, listener: socket.socket) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve(listener))
        except BaseException as error:  # the starter must learn of it, whatever it is
            self._failure = error
        finally:
            self._started.set()
            listener.close()

    async def _serve(self, listener: socket.socket) -> None:
        serving = asyncio.ensure_future(self._uvicorn.serve(sockets=[listener]))
        while not self._uvicorn.started and not serving.done():
            await asyncio.sleep(0)
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await serving


def serve_forever(settings: Settings, *, on_start: Callable[[str, str], None]) -> None:
    """Run in the foreground until a signal ends it. `on_start` is told the URL and the token."""
    app = build_app(settings)
    with _listen(settings) as listener:
        on_start(_url(settings, listener), settings.token)
        try:
            _uvicorn(app).run(sockets=[listener])
        finally:
            app.portals.close()
