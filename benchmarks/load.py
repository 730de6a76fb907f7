"""Puts load on a server with wrk and parses the result."""

import re
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks import alternatives
from benchmarks.processes import TOKEN

CONNECTIONS = 16
UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class LoadError(RuntimeError):
    """The server did not always answer with success, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """How a server performed under load. `p99_ms` is the 99th percentile of its response times."""

    requests: int
    per_second: float
    p99_ms: float


def press(url: str, seconds: float, *, script: str = "", connections: int = CONNECTIONS) -> Load:
    """Request `url` over keep-alive connections. `script` is Lua code for wrk that changes the requests.

    Raises:
        NotHereError: wrk was not found.
        LoadError: Not every response was a success.
    """
    wrk = alternatives.system("wrk")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [wrk, "-t1", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--timeout", "10s", "--latency"]
        command += ["-H", f"Authorization: Bearer {TOKEN}", *(["-s", file.name] if script else []), url]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return parse(done.stdout)


def parse(text: str) -> Load:
    """Parse the output of wrk.

    Raises:
        LoadError: Not every response was a success, or there was no response.
    """
    if failed := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        raise LoadError(f"{failed[1]} responses were not a success")
    requests, p99 = re.search(r"(\d+) requests in", text), re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if not requests or not p99 or not rate or not int(requests[1]):
        raise LoadError(f"no responses: {text.strip()[-300:]}")
    return Load(int(requests[1]), float(rate[1]), float(p99[1]) * UNITS_MS[p99[2]])
