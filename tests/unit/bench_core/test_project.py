"""The configuration of a project."""

import datetime
import json
from pathlib import Path

import pytest

from bench_core.project import KnownDefect, Project, ProjectError, project_schema, project_table, read_project

WHOLE = """
connector = "python connector.py"
route = "things"
node = "n"
system = "things"
pipe = "things-collect"
contacts = 3
scenario = "flaky"
faults = ["server-error"]
places = ["first"]
times = ["once"]
modes = ["full"]
pages = 2
patience = 3.5

[environment]
NAME = "VALUE"

[[known-defects]]
cell = "full/*/server-error"
reason = "ticket 17"
until = 2026-12-24
"""


def test_every_key_is_read_and_given_to_the_options_of_the_commands(tmp_path: Path) -> None:
    (tmp_path / "contract-bench.toml").write_text(WHOLE)

    project = read_project(tmp_path)

    assert project.known_defects[0].reason == "ticket 17"
    assert project.options(tmp_path) == {
        "connector": "python connector.py",
        "route": "things",
        "node_dir": tmp_path / "n",
        "system": "things",
        "pipe": "things-collect",
        "contacts": 3,
        "scenario": "flaky",
        "faults": ("server-error",),
        "places": ("first",),
        "times": ("once",),
        "modes": ("full",),
        "pages": 2,
        "patience": 3.5,
        "environment": ("NAME=VALUE",),
    }


def test_the_table_in_pyproject_is_the_same_and_the_own_file_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.contract-bench]\nroute = "a"\n[tool.other]\nx = 1\n')
    assert read_project(tmp_path).route == "a"

    (tmp_path / "contract-bench.toml").write_text('route = "b"\n')
    assert read_project(tmp_path).route == "b"


@pytest.mark.parametrize("text", [None, '[project]\nname = "x"\n'])
def test_without_a_configuration_there_are_the_defaults(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)

    assert read_project(tmp_path) == Project()
    assert Project().options(tmp_path) == {}


def test_each_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "contract-bench.toml"
    for text, said in {
        'connecter = "x"': "there is no key 'connecter'; did you mean 'connector'?",
        "colour = 1": "there is no key 'colour'; Known: connector, ",
        "contacts = -1": "Expected `int` >= 0 - at `contacts`",
        'contacts = "many"': "got `str` - at `contacts`",
        'connector = ""': "Expected `str` of length >= 1 - at `connector`",
        "[environment]\nA = 1": "Expected `str`, got `int` - at `environment",
        '[[known-defects]]\ncel = "x"': "known-defects 1: there is no key 'cel'; did you mean 'cell'?",
        '[[known-defects]]\ncell = "x"\nreason = "y"': "required field `until`",
        '[[known-defects]]\ncell = "x"\nreason = "y"\nuntil = "soon"': "at `known-defects",
        "known-defects = 1": "Expected `array`, got `int`",
        "x =": "expected TOML, got: Invalid value",
    }.items():
        file.write_text(text)
        with pytest.raises(ProjectError) as caught:
            read_project(tmp_path)
        assert str(caught.value).startswith(f"{file}: "), text
        assert said in str(caught.value), text


def test_a_known_defect_is_accepted_until_its_day_and_no_longer() -> None:
    known = KnownDefect("full/*/once/server-error", "a reason", datetime.date(2026, 12, 24))

    assert known.covers("full/list:first/once/server-error", datetime.date(2026, 12, 24))
    assert not known.covers("full/list:first/once/server-error", datetime.date(2026, 12, 25))
    assert not known.covers("incremental/list:first/once/server-error", datetime.date(2026, 12, 1))


def test_the_schema_describes_every_key_and_refuses_others() -> None:
    schema = project_schema()
    definition = schema["$defs"]["Project"]

    assert definition["additionalProperties"] is False
    assert {name for name, each in definition["properties"].items() if "description" not in each} == set()
    assert "null" not in json.dumps(schema)


def test_the_table_has_every_key() -> None:
    assert "| `connector` | string | A URL, image:NAME or a command. |" in project_table()
    assert "| known-defects: `until` | date |" in project_table()
