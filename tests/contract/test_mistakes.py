"""Mistakes of users: each program answers them with status 2 and a message that names the cause and the next step."""

import json
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from contract_bench.cli import main as contract_bench
from fake_hubspot.cli import main as fake_hubspot
from fake_sesam.cli import cli as fake_sesam

PROGRAMS: dict[str, click.Command] = {
    "contract-bench": contract_bench,
    "fake-hubspot": fake_hubspot,
    "fake-sesam": fake_sesam,
}
SYSTEM = {"_id": "things", "type": "system:microservice", "docker": {"image": "x/y:1", "port": 5000}}
PIPE = {
    "_id": "things-collect",
    "type": "pipe",
    "source": {"type": "json", "system": "things", "url": "things"},
}
# What the user typed, and what must be in the answer.
MISTAKES: tuple[tuple[str, str], ...] = (
    # names
    ("contract-bench matrx", "there is no command 'matrx'; did you mean 'matrix'?"),
    ("fake-hubspot sevre", "there is no command 'sevre'; did you mean 'serve'?"),
    ("fake-sesam valdate node", "there is no command 'valdate'; did you mean 'validate'?"),
    ("contract-bench demo --scenario flaki", "there is no scenario 'flaki'; did you mean 'flaky'?"),
    ("contract-bench up --scenario server_eror", "there is no scenario 'server_eror'; did you mean 'server-error'?"),
    ("fake-hubspot serve --scenario pagign", "did you mean 'paging'? Known: backward-cursor, "),
    ("contract-bench record --scenario ful-walk", "there is no scenario 'ful-walk'; did you mean 'full-walk'?"),
    ("fake-hubspot faults sever-error", "there is no fault 'sever-error'; did you mean 'server-error'?"),
    ("contract-bench matrix --faults sever-error", "there is no fault 'sever-error'; did you mean 'server-error'?"),
    ("contract-bench matrix --times thrice", "there is no time 'thrice'; did you mean 'twice'?"),
    ("contract-bench matrix --mode ful", "'ful' is not one of 'full', 'incremental'"),
    ("contract-bench matrix --cell ful/list:middle/once/stall", "there is no mode 'ful'; did you mean 'full'?"),
    ("contract-bench matrix --cell full/list:middle/onse/stall", "there is no time 'onse'; did you mean 'once'?"),
    ("contract-bench matrix --cell full/list:middle/once/stal", "there is no fault 'stal'; did you mean 'stall'?"),
    ("contract-bench matrix --cell server-error", "expected a cell such as full/list:middle/once/server-error"),
    ("fake-sesam run node thing-collect", "there is no pipe 'thing-collect'; did you mean 'things-collect'?"),
    ("fake-sesam run node --system-url thing=http://x", "there is no system 'thing'; did you mean 'things'?"),
    ("fake-sesam run node --system-command thing=x", "there is no system 'thing'; did you mean 'things'?"),
    ("fake-sesam run node --assume folows=true", "there is no assumption 'folows'"),
    ("contract-bench matrix --fualts stall", "No such option '--fualts'"),
    # values
    ("contract-bench matrix --shard 5/4", "expected the number of a part and the number of all parts, such as 2/4"),
    ("contract-bench matrix --hubspot-port 70000", "70000 is not in the range 0<=x<=65535"),
    ("contract-bench matrix --pages 0", "0 is not in the range 1<=x<=100"),
    ("contract-bench matrix --env NAME", "expected NAME=VALUE, got 'NAME'"),
    ("contract-bench matrix --connector http:x", "expected a connector (URL, image:NAME or command), got 'http:x'"),
    (
        "fake-sesam run node --system-command 'python x.py'",
        "expected ID=COMMAND, such as hubspot='python",
    ),
    ("fake-sesam run node --system-url things=localhost", "expected a URL that starts with http:// or https://"),
    ("fake-sesam run node --env NAME", "expected NAME=VALUE, got 'NAME'"),
    (
        "fake-sesam check localhost:5000/x",
        "expected the address of a route, such as http://localhost:5000/get_contacts",
    ),
    ("fake-sesam check http://127.0.0.1:1/x --header x", "expected NAME:VALUE as a header, got 'x'"),
    ("fake-sesam init UPPER", "expected 2 to 50 lower-case letters, digits and hyphens, got 'UPPER'"),
    ("fake-hubspot serve --token ''", "expected a value, got an empty text"),
    ("fake-hubspot serve --allow-host http://x", "expected a host name without a port"),
    ("fake-hubspot serve --contacts -1", "-1 is not in the range x>=0"),
    ("fake-sesam serve node --jwt 'a b'", "expected visible ASCII characters without blanks"),
    # files and folders
    ("fake-sesam run nowhere", "Directory 'nowhere' does not exist"),
    ("fake-sesam run node --env-file nowhere.json", "cannot be read"),
    ("fake-sesam run node --profile nowhere", "there is no such profile: expected the file"),
    ("fake-sesam diff nowhere.json things", "there is no file nowhere.json"),
    ("fake-sesam diff file.json things", "there are no datasets in node/.fake-sesam; run the pipe first"),
    ("fake-sesam entities things-collect", "there are no datasets in node/.fake-sesam; run the pipe first"),
    ("fake-sesam init full", "full is not empty; choose another name"),
    ("fake-hubspot serve --db nowhere/x.db", "there is no folder nowhere. Create it first"),
    ("fake-hubspot serve --seed-cassette nowhere.yaml", "cannot seed from nowhere.yaml: No such file or directory"),
    ("fake-hubspot serve --seed-file nowhere.csv", "cannot seed from"),
    ("fake-hubspot serve --seed-file contacts=nowhere.csv", "nowhere.csv: No such file or directory"),
    (
        "contract-bench up --seed-file contacts.xlsx",
        "that ends in one of .csv, .json, .jsonl, .ndjson, got 'contacts.xlsx'",
    ),
    ("contract-bench demo --seed-file people=x", "expected a seed file as FILE or TYPE=FILE"),
    ("fake-hubspot export --format csv", "csv holds records of one type: say which one with --type"),
    ("fake-hubspot export --url http://127.0.0.1:1", "nobody listens on 127.0.0.1:1; start the server there"),
    ("contract-bench demo --node-dir nowhere", "expected a directory at nowhere, found none. Correct --node-dir"),
    ("contract-bench ledger", "expected a directory at docs/reference, found none. Correct --output"),
    ("contract-bench matrix --html file.json/m.html", "the folder file.json cannot be made"),
    ("contract-bench matrix --junit full", "File 'full' is a directory"),
    ("contract-bench matrix --baseline file.json", "expected a report that `contract-bench matrix --json`"),
    ("contract-bench merge file.json", "expected a report that `contract-bench matrix --json`"),
    ("fake-sesam check http://127.0.0.1:1/x --junit file.json/r.xml", "the folder file.json cannot be made"),
    # checks that would look at nothing
    (
        "contract-bench matrix --hunt full",
        "expected broken connectors (*.py) in full, found none, so nothing was checked",
    ),
    ("contract-bench matrix --hunt /", "for --hunt, got /; run the command above it"),
    ("contract-bench matrix --faults ,", "expected a name, got ','; leave the option out to select all"),
    ("contract-bench scenario nobody.json", "there is never a contact in it"),
    ("contract-bench lint full", "expected cassettes (*.yaml) in full, found none, so nothing was checked"),
    ("contract-bench verify full", "expected cassettes (*.yaml) in full, found none, so nothing was checked"),
    ("contract-bench verify none.yaml", "expected recorded interactions in none.yaml, found none"),
    ("contract-bench replay none.yaml", "expected recorded interactions in none.yaml, found none"),
    ("contract-bench scenario empty.json", "got a problem: it has no steps"),
    ("contract-bench scenario wrong.json", "step 1: there is no step 'pul'; did you mean 'pull'?"),
    ("fake-sesam run alone", "nothing was run: alone has no pipe and 1 system"),
    ("fake-sesam validate alone", "expected at least one pipe in alone, found 0 pipes and 1 system"),
    ("fake-sesam validate full", "expected systems/*.conf.json and pipes/*.conf.json, found none"),
    ("fake-sesam test node", "nothing to compare: no *.test.json in"),
    # nobody there
    ("contract-bench record", "no token: the environment variable HUBSPOT_TOKEN is empty"),
    ("contract-bench matrix --connector 127.0.0.1:1", "nobody listens on 127.0.0.1:1; start the server there"),
    ("contract-bench matrix --connector 'nosuchprogram x'", "cannot start system 'connector' with 'nosuchprogram x'"),
    ("contract-bench verify one.yaml --against http://127.0.0.1:1", "nobody listens on 127.0.0.1:1"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a node, a node without a pipe, and some files."""
    for path, content in {
        "node/systems/things.conf.json": SYSTEM,
        "node/pipes/things-collect.conf.json": PIPE,
        "alone/systems/things.conf.json": SYSTEM,
        "file.json": [],
        "full/file.json": [],
        "empty.json": {"contacts": 1, "steps": []},
        "wrong.json": {"contacts": 1, "steps": [{"step": "pul", "mode": "full"}]},
        "nobody.json": {"contacts": 0, "steps": [{"step": "pull", "mode": "full"}]},
        "none.yaml": {"interactions": [], "version": 1},
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(json.dumps(content))
    cassette = Path(__file__).resolve().parents[2] / "cassettes" / "contacts" / "full-walk.yaml"
    (tmp_path / "one.yaml").write_bytes(cassette.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUBSPOT_TOKEN", raising=False)
    return tmp_path


def test_each_mistake_has_status_2_and_a_message_that_helps(folder: Path) -> None:
    del folder
    wrong = []
    for typed, said in MISTAKES:
        program, *arguments = shlex.split(typed)
        done = CliRunner().invoke(PROGRAMS[program], arguments, prog_name=program)
        if done.exit_code != 2 or said not in " ".join(done.output.split()):
            wrong.append(
                f"$ {typed}\nexpected 2 and: {said}\ngot {done.exit_code}: {done.output[-600:]}{done.exception!r}"
            )

    assert len(MISTAKES) >= 60
    assert not wrong, "\n\n".join(wrong)
