"""Singer's `tap-hubspot` without a target: the records are discarded. A target would take additional time.

`python -m benchmarks.subjects.singer_tap URL DIRECTORY`. The tap's address is a constant in its module, so this script
sets it. The directory keeps the state between runs, as Singer specifies: the last state that a run writes is passed to
the next run.
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
from benchmarks.subjects.result import print_result


class Nowhere(io.StringIO):
    """Discards output, counting the records and keeping the last state."""

    contacts, state = 0, ""

    def write(self, text: str) -> int:
        """Read a line and discard it."""
        if '"RECORD"' in text[:20]:
            self.contacts += 1
        elif '"STATE"' in text[:20]:
            self.state = text
        return len(text)


def catalog() -> dict[str, object]:
    """Select one stream and HubSpot's six default properties. More properties would slow the tap down."""
    fields = [f"property_{name}" for name in NAMES]
    chosen: list[dict[str, object]] = [{"breadcrumb": [], "metadata": {"selected": True}}]
    chosen += [{"breadcrumb": ["properties", field], "metadata": {"selected": True}} for field in fields]
    schema: dict[str, object] = {"properties": {field: {} for field in fields}}
    return {"streams": [{"stream": "contacts", "tap_stream_id": "contacts", "schema": schema, "metadata": chosen}]}


def arguments(home: Path) -> list[str]:
    """Return the tap's command line, with `--state` if there is a state."""
    config = {"start_date": "2000-01-01T00:00:00Z", "api_key": TOKEN, "select_fields_by_default": "false"}
    (home / "config.json").write_text(json.dumps(config))
    (home / "catalog.json").write_text(json.dumps(catalog()))
    state = ["--state", str(home / "state.json")] if (home / "state.json").exists() else []
    return ["tap-hubspot", "--config", f"{home}/config.json", "--properties", f"{home}/catalog.json", *state]


def pull(home: Path) -> int:
    """Run the tap like its console script."""
    sys.argv = arguments(home)
    with contextlib.redirect_stdout(Nowhere()) as nowhere:
        tap_hubspot.main()
    (home / "state.json").write_text(json.dumps(json.loads(nowhere.state)["value"]))
    return nowhere.contacts


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # it logs each request
    tap_hubspot.BASE_URL = sys.argv[1]
    home = Path(sys.argv[2])
    print_result(lambda: pull(home))
