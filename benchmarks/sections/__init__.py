"""The sections of the report, in order. Each module has a function `run(full) -> Section`."""

from benchmarks.figures import Run
from benchmarks.sections import (
    connections,
    fake_hubspot,
    fake_sesam,
    full_pull,
    incremental,
    inner_loop,
    proxy,
    scale_out,
)

SECTIONS: dict[str, Run] = {
    "full-pull": full_pull.run,
    "connections": connections.run,
    "incremental": incremental.run,
    "fake-hubspot": fake_hubspot.run,
    "fake-sesam": fake_sesam.run,
    "proxy": proxy.run,
    "inner-loop": inner_loop.run,
    "scale-out": scale_out.run,
}

__all__ = ["SECTIONS"]
