"""The plugin as its users see it: in test runs of their own."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from contract_bench.cassettes.usage import read_usage
from contract_bench.roles.hubspot import HubSpotControl
from fake_hubspot import Server

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
SOUND = f"{sys.executable} -m tests.broken_connectors._sound"
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
    """A folder with the settings of a user's project."""
    pytester.makeini(SETTINGS)
    return pytester


def run_inside(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    """Run a test file."""
    pytester.makepyfile(text)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", *options)


def test_pull_and_failed_pull(run: pytest.Pytester) -> None:
    """The test that every connector needs, in six lines; each test has a portal and a node as new."""
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


def test_failure_tells_what_happened(run: pytest.Pytester) -> None:
    """The journal, the faults, the execution log, a HAR file and a curl line; no token in any of it."""
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


def test_expected_request_that_never_came_fails(run: pytest.Pytester) -> None:
    """So a test cannot pass because nothing happened; below it stands what came instead."""
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


def test_request_that_nobody_knows_fails_unless_allowed(run: pytest.Pytester) -> None:
    """With the nearest route that there is."""
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


def test_portals_do_not_touch_each_other(run: pytest.Pytester) -> None:
    """Two portals of one server, each with its records and faults."""
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


def test_own_connector_url_and_no_connector(pytester: pytest.Pytester) -> None:
    """A fixture of the user's wins; without any connector the message says what to give."""
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


def test_cassette_is_served_and_misses_fail(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cassette that the marker names, relative to the root of the project; what is played is noted for lint."""
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

        def test_unmarked(hubspot_cassette):
            pass
        """,
    )

    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines_random(
        ["*expected a cassette: mark the test*", "*not in the cassette*/crm/v3/owners*Nearest*"]
    )
    assert read_usage(pytester.path / "usage.jsonl") == {pytester.path / "tape.yaml": {0}}


def test_processes_share_a_server_and_not_their_portals(run: pytest.Pytester) -> None:
    """Two processes of pytest-xdist, one fake: what one of them does to its account the other never sees."""
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
    heavy = ["-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:anyio"]

    with Server() as server:
        result = run.runpytest_subprocess("-p", "no:cacheprovider", *heavy, "-n", "2", "--hubspot-url", server.url)
        with closing(HubSpotControl(server.url)) as control:
            left = control.call("GET", "/_fake/portals")

    result.assert_outcomes(passed=12)
    assert len(left["portals"]) == 1, "the two processes' portals are gone, the server's own is there"


def modules_after(statement: str) -> set[str]:
    """The packages that a statement brings into a new Python, but for pytest's own."""
    check = f"import sys, pytest; before = {{*sys.modules}}; {statement}; print(*({{*sys.modules}} - before))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_plugin_costs_nothing_until_it_is_used() -> None:
    """It is loaded in every run and brings in itself alone, so nothing that a project measures is loaded too early."""
    assert modules_after("import contract_bench.pytest_plugin") == {"contract_bench"}


def test_portal_does_not_wait_for_a_node() -> None:
    """What drives the fake HubSpot loads neither a fake nor the matrix."""
    loaded = modules_after("from contract_bench.plugin import HubSpotControl")

    assert not loaded & {"fake_hubspot", "fake_sesam", "msgspec", "sqlite3", "uvicorn"}
