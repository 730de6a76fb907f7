"""The sections of the report, in its order. Each module has one `run(full) -> Section`."""

from benchmarks.figures import Run
from benchmarks.sections import fake_hubspot, full_pull, incremental, scale_out

SECTIONS: dict[str, Run] = {
    "full-pull": full_pull.run,
    "incremental": incremental.run,
    "fake-hubspot": fake_hubspot.run,
    "scale-out": scale_out.run,
}

__all__ = ["SECTIONS"]
