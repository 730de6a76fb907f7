"""A uvicorn server in a thread that stops when it is told to, not at its next look at the clock.

uvicorn looks ten times a second whether it should stop, and then waits another tenth for its connections. A test that
has a server of its own would wait for that longer than for all else.
"""

import asyncio
import socket
from contextlib import suppress

import uvicorn

__all__ = ["PromptServer"]

LOOK_S = 0.1  # a signal only sets `should_exit`


class PromptServer(uvicorn.Server):
    """Stops within a millisecond where no request is under way."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def stop(self) -> None:
        """Stop soon; for another thread than the server's."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself meanwhile
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Wait until it should stop."""
        self._loop = asyncio.get_running_loop()
        while not self.should_exit:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), LOOK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is idle; wait as uvicorn does where a request is under way."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # idle connections are gone after this
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
