"""The connector as a process, started like in its image."""

import os
import re
import subprocess
import sys
import threading
from typing import Self

from tests.support.processes import kill_group
from tests.support.upstream_stub import TOKEN
from tests.support.waiting import wait_until


class ServiceProcess:
    """`python -m service` on a free port. Its output is kept for the test."""

    def __init__(self, environ: dict[str, str]) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith(("proxy", "port"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "service"],
            env=clean | {"HOST": "127.0.0.1", "PORT": "0", "PYTHONUNBUFFERED": "1"} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._forgotten = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        announced = self.wait_for(r"Listening at: http://(\S+):(\d+)")
        self.port = int(announced[2])
        self.url = f"http://{announced[1]}:{self.port}"

    @classmethod
    def in_front_of(cls, upstream_url: str, **environ: str) -> Self:
        """Start it in front of this HubSpot, with the token of the tests and three records per page, read in order."""
        needed = {
            "HUBSPOT_API_KEY": TOKEN,
            "HUBSPOT_BASE_URL": upstream_url,
            "HUBSPOT_PAGE_SIZE": "3",
            "HUBSPOT_CONNECTIONS": "1",
            "HUBSPOT_RETRIES": "0",
        }
        return cls(needed | environ)

    @property
    def output(self) -> str:
        """The output since the last call of `forget_output`."""
        return "".join(self._lines[self._forgotten :])

    @property
    def everything(self) -> str:
        """The whole output."""
        return "".join(self._lines)

    def forget_output(self) -> None:
        """Start `output` from here, for the next test."""
        self._forgotten = len(self._lines)

    def wait_for(self, pattern: str, *, timeout_s: float = 20.0) -> re.Match[str]:
        """Wait until the process has written a match of the pattern, and return the first one."""

        def observe() -> tuple[bool, str]:
            has_ended = self._process.poll() is not None and not self._reader.is_alive()
            return has_ended, self.output

        _, output = wait_until(
            observe,
            f"{pattern!r} in the output of the service",
            is_met=lambda seen: seen[0] or re.search(pattern, seen[1]) is not None,
            timeout_s=timeout_s,
        )
        match = re.search(pattern, output)
        assert match, f"the service ended without writing {pattern!r}:\n{output}"
        return match

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def stop(self) -> int:
        """Send SIGTERM, wait for the end, and return the exit status."""
        self.terminate()
        try:
            status = self._process.wait(timeout=30)
        finally:
            kill_group(self._process.pid)
        self._reader.join(timeout=5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return status

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._lines.extend(iter(self._process.stdout.readline, ""))
