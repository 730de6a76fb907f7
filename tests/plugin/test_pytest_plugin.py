"""The pytest plugin, used in nested test runs like those of its users."""

import json
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from contract_bench.cassettes.usage import read_usage
from contract_bench.roles.hubspot import HubSpotControl
from fake_hubspot import Server
from tests.support.nested_pytest import LIGHT

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
SOUND = f"{shlex.quote(sys.executable)} -m tests.broken_connectors._sound"
SETTINGS = f"""
[pytest]
contract_bench_connector = {SOUND}
contract_bench_contacts = 12
contract_bench_environment =
    HUBSPOT_PAGE_SIZE=5
    PYTHONPATH={ROOT}
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the pytest settings of a user's project."""
    pytester.makeini(SETTINGS)
    return pytester


def run_inside(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    """Run a test file in this process."""
    pytester.makepyfile(text)
    return pytester.runpytest_inprocess(*LIGHT, "-p", "no:xdist", *options)


def test_failed_pull_can_be_tested_and_each_test_starts_fresh(run: pytest.Pytester) -> None:
    """The first test is the one that every connector needs, in six lines."""
    result = run_inside(
        run,
        """
        def test_failed_page_deletes_nothing(hubspot_portal, hubspot_faults, sesam_node):
            assert sesam_node.pull().ok
            hubspot_faults.add("server-error", page=2, times="forever")
            failed = sesam_node.pull()
            assert not failed.ok
            assert failed.deleted == 0
            assert len(sesam_node.entities()) == 12
            assert sesam_node.execution_log()[-1]["event_type"] == "pump-failed"

        def test_as_new(hubspot_portal, hubspot_faults, sesam_node):
            assert hubspot_faults.active() == []
            assert hubspot_portal.journal() == []
            assert sesam_node.entities() == []
            assert sesam_node.pull_incrementally().sync_type == "full"
            assert sesam_node.pull_incrementally().sync_type == "incremental"
            hubspot_portal.expect(method="GET", path="/crm/v3/objects/contacts", atLeast=3)
        """,
    )

    result.assert_outcomes(passed=2)


def test_failure_report_shows_what_happened(run: pytest.Pytester) -> None:
    """It contains the journal, the faults, the execution log, a HAR file and a curl command, but no token."""
    result = run_inside(
        run,
        """
        def test_that_fails(hubspot_portal, hubspot_faults, sesam_node):
            hubspot_faults.add("server-error", page=2, times="forever")
            assert sesam_node.pull().ok
        """,
        "-o",
        "contract_bench_har_dir=har",
    )

    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines_random(
        [
            r"portal \d+, the last \d+ requests:",
            r" +\d+  500  GET /crm/v3/objects/contacts\?limit=5&after=\d+  <- server-error",
            r"fault server-error .*'page': 2.* forever: fired \d+ times",
            r"repeat it: curl -H \"Authorization: Bearer \$HUBSPOT_API_KEY\" .*",
            r"HAR: .*har",
            r"execution log of contacts-full:",
            r".*pump-failed.*",
        ]
    )
    assert "Bearer pat-" not in result.stdout.str()
    assert len(list((run.path / "har").glob("*.har"))) == 1


def test_expected_request_that_is_not_sent_fails_the_test(run: pytest.Pytester) -> None:
    """The report shows the requests that were sent instead."""
    result = run_inside(
        run,
        """
        import requests

        def test_something_else_happens(hubspot_portal):
            hubspot_portal.expect(method="POST", path="/crm/v3/objects/contacts/search")
            url = hubspot_portal.url + "/crm/v3/objects/contacts?limit=3"
            requests.get(url, headers={"Authorization": f"Bearer {hubspot_portal.token}"}, timeout=10)
        """,
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*expected*POST*search*got 0*",
            "portal *, the last 1 requests:",
            "*1  200  GET /crm/v3/objects/contacts[?]limit=3",
            "repeat it: curl *",
        ]
    )


def test_unknown_request_fails_the_test_unless_allowed(run: pytest.Pytester) -> None:
    """The message names the nearest route."""
    result = run_inside(
        run,
        """
        import requests

        def ask(portal):
            url = portal.url + "/crm/v3/objcts/contacts"
            requests.get(url, headers={"Authorization": f"Bearer {portal.token}"}, timeout=10)

        def test_unknown(hubspot_portal):
            ask(hubspot_portal)

        def test_allowed(hubspot_portal):
            hubspot_portal.allow_unmatched = True
            ask(hubspot_portal)
        """,
    )

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*does not know GET /crm/v3/objcts/contacts*nearest*"])


def test_portals_of_one_server_are_separate(run: pytest.Pytester) -> None:
    """Each has its own records and faults."""
    result = run_inside(
        run,
        """
        import requests

        def ask(portal):
            headers = {"Authorization": f"Bearer {portal.token}"}
            return requests.get(portal.url + "/crm/v3/objects/contacts", headers=headers, timeout=10)

        def test_two(make_hubspot_portal):
            one, two = make_hubspot_portal(contacts=1), make_hubspot_portal(contacts=2, seed=7)
            one.faults.add("server-error", times="forever")
            assert ask(one).status_code == 500
            assert len(ask(two).json()["results"]) == 2
            two.seed(records=[{"id": "77", "properties": {"email": "seeded@example.com"}}])
            assert len(ask(two).json()["results"]) == 3
        """,
    )

    result.assert_outcomes(passed=1)


def test_connector_url_can_be_overridden_and_a_missing_connector_is_an_error(pytester: pytest.Pytester) -> None:
    """The message says how to set a connector."""
    result = run_inside(
        pytester,
        """
        import pytest

        class TestOwn:
            @pytest.fixture(scope="session")
            def connector_url(self):
                return "http://127.0.0.1:1"

            def test_own(self, sesam_node):
                assert not sesam_node.pull().ok

        def test_none(sesam_node):
            pass
        """,
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*give --connector 'COMMAND', set contract_bench_connector*"])


def test_ambiguous_connector_is_an_error_with_both_spellings(run: pytest.Pytester) -> None:
    """`--connector` is spelled as on the command line."""
    result = run_inside(
        run,
        """
        def test_pull(sesam_node):
            pass
        """,
        "--connector=localhost:5000/x",
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Write http://localhost:5000/x or image:localhost:5000/x.*"])


def test_cassette_is_served_and_a_missing_recording_fails_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marker names it relative to the root of the project; what is used is recorded for `contract-bench lint`."""
    pytester.path.joinpath("tape.yaml").write_text(
        """
interactions:
- request: {method: GET, uri: 'https://api.hubapi.com/crm/v3/objects/contacts', body: null, headers: {}}
  response:
    body: {string: '{"results":[]}'}
    headers: {Content-Type: [application/json]}
    status: {code: 200, message: OK}
version: 1
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("CONTRACT_BENCH_CASSETTE_USAGE", str(pytester.path / "usage.jsonl"))

    result = run_inside(
        pytester,
        """
        import pytest, requests

        @pytest.mark.hubspot_cassette("tape.yaml")
        def test_recorded(hubspot_cassette):
            assert requests.get(hubspot_cassette + "/crm/v3/objects/contacts", timeout=10).json() == {"results": []}

        @pytest.mark.hubspot_cassette("tape.yaml")
        def test_missing(hubspot_cassette):
            requests.get(hubspot_cassette + "/crm/v3/owners", timeout=10)

        @pytest.mark.hubspot_cassette("tape.yaml")
        def test_unasked(hubspot_cassette):
            pass

        def test_unmarked(hubspot_cassette):
            pass
        """,
    )

    result.assert_outcomes(passed=3, errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "*no request reached the cassette tape.yaml: this test has proved nothing.*",
            "*expected a cassette: mark the test*",
            "*not in the cassette*/crm/v3/owners*The nearest is*",
        ]
    )
    assert read_usage(pytester.path / "usage.jsonl") == {pytester.path / "tape.yaml": {0}}


@pytest.mark.proof
def test_processes_share_a_server_but_not_portals(run: pytest.Pytester) -> None:
    """With two processes of pytest-xdist."""
    run.makepyfile(
        """
        import pytest, requests

        @pytest.mark.parametrize("turn", range(12))
        def test_alone(hubspot_portal, hubspot_faults, turn):
            assert hubspot_portal.journal() == []
            hubspot_faults.add("server-error", times="forever")
            headers = {"Authorization": f"Bearer {hubspot_portal.token}"}
            assert requests.get(hubspot_portal.url + "/crm/v3/owners", headers=headers, timeout=10).status_code == 500
            assert len(hubspot_portal.journal()) == len(hubspot_faults.active()) == 1
        """
    )

    with Server() as server:
        result = run.runpytest_subprocess(*LIGHT, "-n", "2", "--hubspot-url", server.url)
        with closing(HubSpotControl(server.url)) as control:
            left = control.call("GET", "/_fake/portals")

    result.assert_outcomes(passed=12)
    assert len(left["portals"]) == 1, "only the portal of the server is left"


def modules_after(statement: str) -> set[str]:
    """Return the packages that a statement imports in a new interpreter, without those of pytest."""
    check = f"import sys, pytest; before = {{*sys.modules}}; {statement}; print(*({{*sys.modules}} - before))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_plugin_imports_only_itself_until_it_is_used() -> None:
    """It is loaded in every run, and what it imports would be missing from the project's coverage."""
    assert modules_after("import contract_bench.pytest_plugin") == {"contract_bench"}


def test_hubspot_control_imports_neither_a_fake_nor_a_server() -> None:
    loaded = modules_after("from contract_bench.plugin import HubSpotControl")

    assert not loaded & {"fake_hubspot", "fake_sesam", "msgspec", "sqlite3", "uvicorn"}


# What pytest-rerunfailures does: it runs the same item again if an attempt failed.
RERUNS = """
    from _pytest.runner import runtestprotocol

    def pytest_runtest_protocol(item, nextitem):
        for _attempt in range(2):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            if all(report.passed for report in reports):
                break
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        return True
"""


def test_each_attempt_of_a_repeated_test_is_judged_by_itself(run: pytest.Pytester) -> None:
    """A failed first attempt neither excuses the second one nor counts against it."""
    run.makeconftest(RERUNS)

    result = run_inside(
        run,
        """
        attempts = {"unmet": 0, "met": 0, "sound": 0}

        def test_unmet(hubspot_portal):
            attempts["unmet"] += 1
            hubspot_portal.expect(path="/crm/v3/objects/contacts")
            assert attempts["unmet"] == 2

        def test_unmet_then_nothing_expected(hubspot_portal):
            attempts["met"] += 1
            if attempts["met"] == 1:
                hubspot_portal.expect(path="/crm/v3/objects/contacts")

        def test_sound_at_last(hubspot_portal):
            attempts["sound"] += 1
            assert attempts["sound"] == 2
        """,
    )

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_unmet _*", "*/crm/v3/objects/contacts*"])


def test_a_test_that_has_proved_nothing_fails_unless_it_may(run: pytest.Pytester) -> None:
    """Its connector answered without asking HubSpot, or its fault never fired."""
    text = """
        import http.server, threading
        import pytest

        class Cached(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"[]")

            def log_message(self, *_):
                pass

        @pytest.fixture(scope="session")
        def connector_url():
            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cached) as server:
                thread = threading.Thread(target=server.serve_forever)
                thread.start()
                yield f"http://127.0.0.1:{server.server_port}"
                server.shutdown()
                thread.join()

        def test_unasked(sesam_node):
            assert sesam_node.pull().ok

        def test_unfired(hubspot_faults):
            hubspot_faults.add("server-error", page=7)

        def test_removed(hubspot_faults):
            hubspot_faults.remove(hubspot_faults.add("server-error", page=7))

        def test_cleared(hubspot_faults):
            hubspot_faults.add("bad-gateway", page=8)
            hubspot_faults.clear()
        """
    result = run_inside(run, text)

    result.assert_outcomes(passed=4, errors=3)
    said = result.stdout.str()
    assert "the fault bad-gateway (where {'page': 8}, times once) never fired" in said
    assert "the connector never asked the fake HubSpot at http://127.0.0.1:" in said
    assert "the fault server-error (where {'page': 7}, times once) never fired" in said
    assert "contract_bench/pytest_plugin.py" not in said

    allowed = ("-o", "contract_bench_allow_unasked=true", "-o", "contract_bench_allow_unfired=true")
    run_inside(run, text, *allowed).assert_outcomes(passed=4)


def test_a_connector_that_dies_at_its_start_is_explained_once_without_our_source(run: pytest.Pytester) -> None:
    (run.path / "dies.py").write_text("import sys\nprint('no database')\nsys.exit(3)\n")

    result = run_inside(run, "def test_it(connector_url): ...", "--connector", "python dies.py")

    result.assert_outcomes(errors=1)
    # In CI, pytest repeats the whole message in its summary.
    said = result.stdout.str().partition("= ERRORS =")[2].partition("= short test summary")[0]
    assert "ended early with status 3" in said
    assert said.count("\nno database") == 1
    assert "open_connector" not in said


CONFIGURED = """
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = ("FROM_NODE", "SECRET")
        body = json.dumps([{"_id": name, "value": os.environ.get(name)} for name in names]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def test_the_project_s_configuration_names_connector_and_node_which_gives_the_connector_its_variables(
    pytester: pytest.Pytester,
) -> None:
    variables = {"FROM_NODE": "value", "SECRET": "$SECRET(hubspot-api-key)"}
    system = {
        "_id": "mine",
        "type": "system:microservice",
        "docker": {"image": "x", "port": 5000, "environment": variables},
    }
    source = {"type": "json", "system": "mine", "url": "things"}
    for path, content in {
        "n/systems/mine.conf.json": system,
        "n/pipes/mine-collect.conf.json": {"_id": "mine-collect", "type": "pipe", "source": source},
    }.items():
        (pytester.path / path).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / path).write_text(json.dumps(content))
    (pytester.path / "configured.py").write_text(CONFIGURED)
    (pytester.path / "contract-bench.toml").write_text(
        f'connector = "python \'{pytester.path}/configured.py\'"\nnode = "n"\nsystem = "mine"\npipe = "mine-collect"\n'
    )
    result = run_inside(
        pytester,
        """
        def test_it(hubspot_portal, sesam_node):
            assert sesam_node.pull().ok
            values = {entity["_id"]: entity["value"] for entity in sesam_node.entities()}
            assert values == {"FROM_NODE": "value", "SECRET": hubspot_portal.token}
        """,
        "-o",
        "contract_bench_allow_unasked=true",
    )

    result.assert_outcomes(passed=1)
