"""`fake-sesam init`: a small connector with its node folder and its test, to start from."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from fake_sesam.commands.node_options import CONFIGURATION_STATUS

__all__ = ["init"]

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,49}")

CONNECTOR = '''\
"""A connector: GET /things sends every thing as one JSON array, with `since` those that changed then or later."""

import json
import os
from collections.abc import Iterator
from datetime import datetime

from flask import Flask, Response, abort, request

app = Flask(__name__)
THINGS = [  # replace this with requests to your system
    {"id": "1", "name": "Ada", "changed": "2026-01-01T00:00:00Z"},
    {"id": "2", "name": "Ben", "changed": "2026-01-02T00:00:00Z"},
]


@app.get("/things")
def things() -> Response:
    since = request.args.get("since", "")
    try:
        since and datetime.fromisoformat(since)
    except ValueError:
        abort(400, f"expected a time such as {THINGS[0]['changed']} as since, got {since!r}")
    return Response(stream(since), mimetype="application/json")


def stream(since: str) -> Iterator[str]:
    found = (thing for thing in THINGS if thing["changed"] >= since)
    yield "["
    for index, thing in enumerate(found):
        yield ("," if index else "") + json.dumps({**thing, "_updated": thing["changed"]})
    yield "]"  # only now: an error before this line must not look like the end


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "5000")))
'''

TEST = '''\
"""The connector alone, without a node."""

import connector
import pytest

client = connector.app.test_client()


def test_everything_comes_as_one_array() -> None:
    assert [thing["name"] for thing in client.get("/things").get_json()] == ["Ada", "Ben"]


def test_since_leaves_out_what_has_not_changed() -> None:
    assert [thing["id"] for thing in client.get("/things?since=2026-01-02T00:00:00Z").get_json()] == ["2"]


def test_an_unknown_since_is_an_error_of_the_caller() -> None:
    assert client.get("/things?since=yesterday").status_code == 400


def test_a_failure_in_the_middle_does_not_end_the_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "THINGS", [*connector.THINGS, {"id": "3"}])

    with pytest.raises(KeyError):
        client.get("/things").get_data()
'''


@click.command()
@click.argument("name", default="my-connector")
def init(name: str) -> None:
    """Make the folder NAME with a node's configuration, what its pipe is expected to give, a connector and its test.

    NAME may be a path. Its last part is the id of the system; the folder must not exist or be empty.

    Exit status: 0 made, 2 NAME is not possible.
    """
    folder = Path(name)
    system_id = folder.name
    if not _ID.fullmatch(system_id):
        raise click.BadParameter(f"expected 2 to 50 lower-case letters, digits and hyphens, got {system_id!r}")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise click.BadParameter(f"{folder} is not empty; choose another name")
        for path, content in _files(system_id).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, "utf-8")
    except OSError as error:
        click.echo(f"{folder} cannot be written: {error.strerror}", err=True)
        sys.exit(CONFIGURATION_STATUS)
    click.echo(_next_steps(folder, system_id))


def _files(system_id: str) -> dict[str, str]:
    pipe_id = f"{system_id}-things-collect"
    system = {
        "_id": system_id,
        "type": "system:microservice",
        "docker": {"image": f"example/{system_id}:latest", "port": 5000, "environment": {}},
    }
    pipe = {
        "_id": pipe_id,
        "type": "pipe",
        "source": {"type": "json", "system": system_id, "url": "things", "supports_since": True},
        "transform": {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "_id", "_S.id"]]}},
        "pump": {"rescan_cron_expression": "0 3 * * *"},
    }
    things = [("1", "Ada", "2026-01-01T00:00:00Z"), ("2", "Ben", "2026-01-02T00:00:00Z")]
    expected = [{"_id": key, "changed": changed, "id": key, "name": name} for key, name, changed in things]
    return {
        f"systems/{system_id}.conf.json": _json(system),
        f"pipes/{pipe_id}.conf.json": _json(pipe),
        f"expected/{pipe_id}.test.json": _json({}),
        f"expected/{pipe_id}.json": _json(expected),
        "test-env.json": _json({}),
        "connector.py": CONNECTOR,
        "test_connector.py": TEST,
        "requirements.txt": "flask\n",
        ".gitignore": ".fake-sesam/\n__pycache__/\n",
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _next_steps(folder: Path, system_id: str) -> str:
    command = f'--system-command {system_id}="python connector.py"'
    return f"""\
{folder} has a connector (connector.py), its test and a node's configuration. Next:

  cd {folder}
  pip install -r requirements.txt pytest
  python -m pytest                                  # the connector alone
  fake-sesam test {command}      # in the node, compared with expected/
  fake-sesam run . {command} --watch"""
