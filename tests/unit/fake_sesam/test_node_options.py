"""The connector that a project's configuration names becomes a system of the node for which it is."""

from pathlib import Path
from typing import Any

import pytest

from fake_sesam.commands.node_options import with_project
from tests.support.cases import Cases

COMMAND, URL = "python connector.py", "http://127.0.0.1:5000"


def test_the_connector_of_the_project(cases: Cases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for the node of the project, and only if no option says otherwise."""
    monkeypatch.chdir(tmp_path)
    for name, settings, options, urls, commands in [
        ("no file", None, {}, (), ()),
        ("a command", {"connector": COMMAND, "system": "things"}, {}, (), (("things", COMMAND),)),
        ("a URL", {"connector": URL, "system": "things"}, {}, (("things", URL),), ()),
        ("an image", {"connector": "image:things:1", "system": "things"}, {}, (), ()),
        ("no system", {"connector": COMMAND}, {}, (), ()),
        ("no connector", {"system": "things"}, {}, (), ()),
        ("another node", {"connector": COMMAND, "system": "things", "node": "other"}, {}, (), ()),
        ("this node by name", {"connector": COMMAND, "system": "a", "node": "node/"}, {}, (), (("a", COMMAND),)),
        ("an option", {"connector": COMMAND, "system": "a"}, {"system_urls": (("a", "x"),)}, (("a", "x"),), ()),
        ("a command", {"connector": URL, "system": "a"}, {"system_commands": (("a", "x"),)}, (), (("a", "x"),)),
        (
            "an option for another system",
            {"connector": URL, "system": "a"},
            {"system_urls": (("b", "x"),)},
            (("b", "x"), ("a", URL)),
            (),
        ),
    ]:
        with cases.case(name):
            file = tmp_path / "contract-bench.toml"
            file.unlink(missing_ok=True)
            if settings is not None:
                file.write_text("".join(f'{key} = "{value}"\n' for key, value in settings.items()), "utf-8")
            given: dict[str, Any] = {"node_dir": Path("node"), "system_urls": (), "system_commands": ()}

            made = with_project({**given, **options})

            assert (made["system_urls"], made["system_commands"]) == (urls, commands)
