"""Work on a portal that takes seconds, such as seeding a million contacts, in a thread, so that no other portal waits.

SQLite works outside of Python's lock, and Python lets the event loop in every few milliseconds. Requests for a portal
that is being worked on wait until it is done, as they did when nothing else could run: nobody sees half of it.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from fake_hubspot.context import Response, Tenant

__all__ = ["Held", "LongWork"]


class Held:
    """A portal that is being worked on.

    Attributes:
        tokens: What selects it; the work may read its access tokens again.
        done: Set in the event loop at the end.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tokens = frozenset(token.value for token in tenant.portal.access.tokens)
        self.done = asyncio.Event()
        self._ended = threading.Event()

    def end(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let everybody go on who waits."""
        self._ended.set()
        _tell(loop, self.done.set)

    def wait_in_thread(self) -> None:
        """Wait for the end without the event loop."""
        self._ended.wait()


class LongWork:
    """What is being done in threads. It is true while a portal is held by it."""

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}
        self._threads: list[threading.Thread] = []

    def __bool__(self) -> bool:
        return bool(self._held)

    def any(self) -> Held | None:
        """Return one of the portals that are being worked on."""
        return next(iter(list(self._held.values())), None)

    def on(self, portal_id: int) -> Held | None:
        """Return a portal if it is being worked on."""
        return self._held.get(portal_id)

    def by_token(self, value: str) -> Held | None:
        """Return the portal that is being worked on and that an access token selects."""
        return next((held for held in list(self._held.values()) if value in held.tokens), None)

    async def run(self, work: Callable[[], Response], tenant: Tenant | None) -> Response:
        """Work in a thread, and return its response.

        Args:
            work: What to do.
            tenant: The portal whose requests wait meanwhile.
        """
        while tenant is not None and (other := self.on(tenant.portal.id)):
            await other.done.wait()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Response] = loop.create_future()
        held = None if tenant is None else self._held.setdefault(tenant.portal.id, Held(tenant))

        def go() -> None:
            try:
                _tell(loop, _resolve(answer, work))
            finally:
                if tenant is not None and held is not None:
                    del self._held[tenant.portal.id]
                    held.end(loop)

        thread = threading.Thread(target=go, name="fake-hubspot-work")
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()
        return await answer

    def join(self) -> None:
        """Wait until everything is done."""
        for thread in self._threads:
            thread.join()


def _resolve(answer: "asyncio.Future[Response]", work: Callable[[], Response]) -> Callable[[], None]:
    """Work, and return what gives the result to the one who waits, if he still does."""
    try:
        response = work()
    except BaseException as error:
        failure = error
        return lambda: None if answer.done() else answer.set_exception(failure)
    return lambda: None if answer.done() else answer.set_result(response)


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Call something in the event loop, unless it has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)
