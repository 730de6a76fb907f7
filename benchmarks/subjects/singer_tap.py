"""Singer's `tap-hubspot`, its records written to nowhere: a target would come on top.

`python -m benchmarks.subjects.singer_tap URL DIRECTORY`. The tap's address is a constant of its module, so this starter
sets it. The directory keeps the state between runs, as Singer's documents have it: the last state that a run writes is
given to the next one.
"""

import contextlib
import io
import json
import logging
import sys
from pathlib import Path

import tap_hubspot  # type: ignore[import-not-found]  # an environment of its own

from benchmarks.processes import TOKEN
from benchmarks.stub import NAMES
from benchmarks.subjects.told import tell


class Nowhere(io.StringIO):
    """Counts the records that are written, and keeps the last state."""

    contacts, state = 0, ""

    def write(self, text: str) -> int:
        """Take a line."""
        if '"RECORD"' in text[:20]:
            self.contacts += 1
        elif '"STATE"' in text[:20]:
            self.state = text
        return len(text)


def catalog() -> dict[str, object]:
    """One stream and the six properties that HubSpot sends unasked: every further one would cost the tap more."""
    fields = [f"property_{name}" for name in NAMES]
    chosen: list[dict[str, object]] = [{"breadcrumb": [], "metadata": {"selected": True}}]
    chosen += [{"breadcrumb": ["properties", field], "metadata": {"selected": True}} for field in fields]
    schema: dict[str, object] = {"properties": {field: {} for field in fields}}
    return {"streams": [{"stream": "contacts", "tap_stream_id": "contacts", "schema": schema, "metadata": chosen}]}


def arguments(home: Path) -> list[str]:
    """The tap's command line; `--state` where there is one."""
    config = {"start_date": "2000-01-01T00:00:00Z", "api_key": TOKEN, "select_fields_by_default": "false"}
    (home / "config.json").write_text(json.dumps(config))
    (home / "catalog.json").write_text(json.dumps(catalog()))
    state = ["--state", str(home / "state.json")] if (home / "state.json").exists() else []
    return ["tap-hubspot", "--config", f"{home}/config.json", "--properties", f"{home}/catalog.json", *state]


def pull(home: Path) -> int:
    """Run the tap as its console script does."""
    sys.argv = arguments(home)
    with contextlib.redirect_stdout(Nowhere()) as nowhere:
        tap_hubspot.main()
    (home / "state.json").write_text(json.dumps(json.loads(nowhere.state)["value"]))
    return nowhere.contacts


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # it logs each request
    tap_hubspot.BASE_URL = sys.argv[1]
    home = Path(sys.argv[2])
    tell(lambda: pull(home))
