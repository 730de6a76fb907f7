"""How long a response may take, without a socket."""

import asyncio

from contract_bench.proxy.address import Address
from contract_bench.proxy.connection import Head
from contract_bench.proxy.pass_through import Passed, PassThrough
from contract_bench.proxy.pool import UpstreamPool


class Client:
    """Takes a response."""

    def __init__(self) -> None:
        self.got = b""
        self.ending = ""

    def write(self, content: bytes) -> None:
        """Keep it."""
        self.got += content

    def finish(self, *, closes: bool) -> None:
        """Note an end in order."""
        self.ending = "closed" if closes else "kept"

    def break_off(self, *, with_reset: bool) -> None:
        """Note an end in the middle."""
        self.ending = "reset" if with_reset else "cut"

    def upload_full(self, is_full: bool) -> None:
        """Do nothing: no body is streamed."""


def test_a_slow_client_is_not_a_silent_upstream() -> None:
    """While the client does not read, neither does the proxy: the upstream's time stands still."""

    async def run() -> tuple[str, str]:
        client, ended = Client(), asyncio.get_running_loop().create_future()
        passing = PassThrough(
            UpstreamPool(Address.of("http://127.0.0.1:1")),
            client,
            b"",
            "GET",
            rewriter=None,
            timeout_s=0,
            keeps_all=False,
            speaks_1_1=True,
            keeps_alive=True,
            on_end=ended.set_result,
        )
        passing.pause()
        passing.begin(Head(200, b"OK", [(b"Content-Length", b"10")]))
        for _ in range(3):  # each time the clock is looked at
            await asyncio.sleep(0)
        while_paused = client.ending
        passing.resume()
        passed: Passed = await asyncio.wait_for(ended, 20)
        return while_paused, f"{client.ending}: {passed.error}"

    assert asyncio.run(run()) == ("", "cut: the upstream was silent for 0 s")
