"""A client that does what sesam-py does: upload, run, verify, download, wipe. Written from the requests it sends."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.api.run_all_pipes import KEPT_RUNS
from tests.support.cases import Cases
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.api.conftest import Client
from tests.unit.fake_sesam.conftest import PIPE, SYSTEM, Connector

METADATA = {
    "_id": "node",
    "type": "metadata",
    "task_manager": {"disable_user_pipes": True},
    "global_defaults": {"eager_load_microservices": False},
}
PUBLISHER = {
    "_id": "things-endpoint",
    "type": "pipe",
    "source": {"type": "dataset", "dataset": "things-collect"},
    "sink": {"type": "http_endpoint"},
    "transform": {"type": "dtl", "rules": {"default": [["copy", ["list", "_id", "name"]]]}},
}


class SesamPy:
    """The commands of sesam-py as the requests that they are."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def upload(self, entities: list[dict[str, Any]], env: dict[str, Any], *, force: str = "false") -> Any:
        """Put the environment, then the configuration as a multipart zip."""
        assert self.client.get("/")["status"]["developer_mode"] is True
        assert self.client.request("PUT", "/env", json=env).json() == env
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for entity in entities:
                folder = "pipes" if entity["type"] == "pipe" else "systems"
                name = (
                    "node-metadata.conf.json" if entity["type"] == "metadata" else f"{folder}/{entity['_id']}.conf.json"
                )
                archive.writestr(name, json.dumps(entity))
        files = {"file": ("config", buffer.getvalue(), "application/zip")}
        return self.client.request("PUT", "/config", params={"force": force}, files=files)

    def run(self, *, mode: str = "sync", **parameters: str) -> dict[str, Any]:
        """Run all pipes until nothing changes."""
        query = {"extra_zero_runs": 2, "max_run_time": 900, "max_runs": 100, "request_mode": mode, **parameters}
        answer: dict[str, Any] = self.client.request("POST", "/pipes/run-all-pipes", params=query).json()
        return answer

    def download(self) -> dict[str, Any]:
        """Get the configuration as a zip."""
        response = self.client.request("GET", "/config", headers={"Accept": "application/zip"})
        assert response.headers["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            return {name: json.loads(archive.read(name)) for name in archive.namelist()}

    def wipe(self) -> None:
        """Stop, then replace the configuration by nothing, sent as JSON."""
        self.client.request("POST", "/pipes/stop-run-all-pipes", params={"terminate_timeout": 30}).raise_for_status()
        for content in ([METADATA], []):
            files = {"file": ("config", json.dumps(content), "application/json")}
            response = self.client.request("PUT", "/config", params={"force": "true"}, files=files)
            assert response.json() == {"validation_errors": []}
        assert self.client.request("PUT", "/env", json={}).json() == {}


def test_upload_run_verify_download_and_wipe(client: Client, connector: Connector, node: Node) -> None:
    """The whole of `sesam test` and `sesam wipe`."""
    sesam = SesamPy(client)
    connector.gives([{"id": "b", "name": "Ben"}, {"id": "a", "name": "Ada"}])
    env = {"things-url": connector.url}

    assert sesam.upload([METADATA, SYSTEM, PIPE, PUBLISHER], env).json() == {"validation_errors": []}
    assert sesam.run()["status"] == "success"

    (output,) = [
        pipe for pipe in client.get("/pipes") if pipe["config"]["effective"]["sink"]["type"] == "http_endpoint"
    ]
    published = client.get(f"/publishers/{output['_id']}/entities")
    assert sorted((entity["_id"], entity["name"]) for entity in published) == [("a", "Ada"), ("b", "Ben")]
    stored = client.get("/pipes/things-collect/entities")
    assert sorted(entity["_id"] for entity in stored) == ["a", "b"]

    downloaded = sesam.download()
    assert downloaded["pipes/things-collect.conf.json"] == PIPE
    assert downloaded["node-metadata.conf.json"] == METADATA

    sesam.wipe()
    assert client.get("/pipes") == []


def test_an_asynchronous_run_is_asked_for_its_status_and_log(client: Client, connector: Connector) -> None:
    """The token leads to both."""
    sesam = SesamPy(client)
    connector.gives([{"id": "a"}])

    token = sesam.run(mode="async")["token"]

    status = wait_until(
        lambda: client.get("/pipes/get-pipe-runner-status", params={"token": token})["status"],
        "the pipe runner to finish",
        is_met=lambda status: status != "running",
    )
    lines = client.get("/pipes/get-run-all-pipes-log", params={"token": token, "since": ""})
    assert status == "success"
    assert {"timestamp", "loglevel", "logdata"} == set(lines[0])
    assert lines[0]["logdata"] == "things-collect: ok, 1 processed, 1 changed"
    later = client.get("/pipes/get-run-all-pipes-log", params={"token": token, "since": lines[-1]["timestamp"]})
    assert later == []


def test_a_failing_input_pipe_fails_the_run_with_its_reason_where_the_client_checks_them(
    client: Client, connector: Connector
) -> None:
    """`additional_info` says which and why."""
    connector.sends(b'{"message": "HubSpot answered 500"}', status=500)

    answer = SesamPy(client).run(check_input_pipes="True")

    assert answer["status"] == "failed"
    assert "things-collect" in answer["additional_info"]
    assert "HubSpot answered 500" in answer["additional_info"]


def test_a_failing_input_pipe_is_named_and_the_other_pipes_run(client: Client, connector: Connector) -> None:
    """sesam-py prints `additional_info` of a run that succeeded too; without anything to say it is null."""
    other = {"_id": "other", "type": "pipe", "source": {"type": "embedded", "entities": [{"_id": "x"}]}}
    client.request("POST", "/pipes", json=[other]).raise_for_status()
    assert SesamPy(client).run()["additional_info"] is None
    connector.sends(b'{"message": "HubSpot answered 500"}', status=500)

    answer = SesamPy(client).run()

    assert answer["status"] == "success"
    assert "things-collect" in answer["additional_info"]
    assert "HubSpot answered 500" in answer["additional_info"]
    assert [entity["_id"] for entity in client.get("/pipes/other/entities")] == ["x"]


def entities_of(client: Client, dataset_id: str) -> dict[str, Any]:
    """Return the live entities of a dataset with their property `n`."""
    found = client.get(f"/datasets/{dataset_id}/entities", params={"history": "false", "deleted": "false"})
    return {entity["_id"]: entity.get("n") for entity in found}


def greeting(text: str) -> dict[str, Any]:
    """Return a pipe that adds `n` to what another one has read."""
    rules = {"default": [["copy", "_id"], ["add", "n", text]]}
    return {
        "_id": "mid",
        "type": "pipe",
        "source": {"type": "dataset", "dataset": "src"},
        "transform": {"type": "dtl", "rules": rules},
    }


SRC: dict[str, Any] = {"_id": "src", "type": "pipe", "source": {"type": "embedded", "entities": [{"_id": "1"}]}}
INBOX: dict[str, Any] = {"_id": "inbox", "type": "pipe", "source": {"type": "http_endpoint"}}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "goodbye"),
        ({"reset_pipes_and_delete_sink_datasets": "True"}, "goodbye"),
        ({"reset_pipes_and_delete_sink_datasets": "False"}, "hello"),
    ],
)
def test_a_run_of_all_pipes_starts_from_nothing_unless_the_client_says_otherwise(
    client: Client, parameters: dict[str, str], expected: str
) -> None:
    """sesam-py sends the parameter only to turn it off, so that no test passes on data of an earlier configuration."""
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC, greeting("hello")], {})
    sesam.run()
    sesam.upload([METADATA, SRC, greeting("goodbye")], {})

    sesam.run(**parameters)

    assert entities_of(client, "mid") == {"1": expected}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {}),
        ({"delete_input_datasets": "True"}, {}),
        ({"delete_input_datasets": "False"}, {"posted": 1}),
        ({"reset_pipes_and_delete_sink_datasets": "False"}, {"posted": 1}),
    ],
)
def test_posted_test_data_survives_a_run_where_the_client_says_so(
    client: Client, parameters: dict[str, str], expected: dict[str, int]
) -> None:
    """sesam-py turns `delete_input_datasets` off if there is a directory `testdata`, which it has just posted."""
    sesam = SesamPy(client)
    sesam.upload([METADATA, INBOX], {})
    client.request("POST", "/receivers/inbox/entities", json=[{"_id": "posted", "n": 1}]).raise_for_status()

    assert sesam.run(**parameters)["status"] == "success"

    assert entities_of(client, "inbox") == expected


def test_a_reset_forgets_failed_entities_and_keeps_a_disabled_pump(client: Client, node: Node) -> None:
    """A retry would write an entity of an earlier configuration; enabling is not what a client has asked for."""
    rules = {"default": [["if", ["eq", "_S._id", "bad"], ["fail!", "no"]], ["copy", "*"]]}
    failing = {
        **SRC,
        "source": {"type": "embedded", "entities": [{"_id": "bad"}, {"_id": "good"}]},
        "transform": {"type": "dtl", "rules": rules},
        "pump": {"max_write_errors_in_retry_dataset": 5, "max_consecutive_write_errors": 5},
    }
    sesam = SesamPy(client)
    sesam.upload([METADATA, failing, INBOX, {**SRC, "_id": "off"}], {})
    client.operate("off", "disable").raise_for_status()
    sesam.run()
    mended = {name: value for name, value in failing.items() if name != "transform"}
    sesam.upload([METADATA, {**mended, "source": {"type": "embedded", "entities": [{"_id": "good"}]}}], {})
    client.request("POST", "/pipes", json=[{**SRC, "_id": "off"}])

    sesam.run()

    assert entities_of(client, "src") == {"good": None}


def test_a_disabled_pump_stays_disabled_and_does_not_fail_the_run(client: Client) -> None:
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC, {**SRC, "_id": "off"}], {})
    client.operate("off", "disable").raise_for_status()

    assert sesam.run()["status"] == "success"

    assert client.get("/pipes/off/pump")["runtime"]["is-disabled"] is True
    assert (entities_of(client, "src"), client.request("GET", "/datasets/off").status_code) == ({"1": None}, 404)


def test_after_a_wipe_nothing_is_left(client: Client, node: Node) -> None:
    """Neither datasets nor offsets nor execution logs, so that no old entity appears after the next upload."""
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC, greeting("hello"), INBOX], {})
    client.request("POST", "/receivers/inbox/entities", json=[{"_id": "posted"}]).raise_for_status()
    client.request("POST", "/datasets/by-hand/entities", json=[{"_id": "posted"}]).raise_for_status()
    sesam.run(delete_input_datasets="False")

    sesam.wipe()

    assert client.get("/datasets", params={"include-internal-datasets": "true"}) == []
    sesam.upload([METADATA, SRC], {})
    assert client.request("GET", "/datasets/src/entities").status_code == 404
    assert client.get("/pipes/src/pump")["runtime"]["last-seen"] == ""
    assert client.get("/pipes/src/log") == []


def remove_by_upload(client: Client) -> None:
    SesamPy(client).upload([METADATA, {**SRC, "_id": "kept"}], {})


def remove_by_request(client: Client) -> None:
    client.request("DELETE", "/pipes/src").raise_for_status()


def rename_sink(client: Client) -> None:
    renamed = {**SRC, "sink": {"type": "dataset", "dataset": "renamed"}}
    client.request("PUT", "/pipes/src/config", json=renamed).raise_for_status()


@pytest.mark.parametrize("remove", [remove_by_upload, remove_by_request, rename_sink])
def test_a_dataset_that_no_pipe_writes_any_more_goes(client: Client, remove: Callable[[Client], None]) -> None:
    """However the configuration changes; what the other pipes have written stays."""
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC, {**SRC, "_id": "kept"}], {})
    sesam.run()

    remove(client)

    assert client.request("GET", "/datasets/src/entities").status_code == 404
    assert entities_of(client, "kept") == {"1": None}


def test_a_pipe_that_an_upload_breaks_keeps_its_dataset(client: Client) -> None:
    """It may be mended by the next upload."""
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC], {})
    sesam.run()

    sesam.upload([METADATA, {**SRC, "source": {"type": "embedded"}}], {}, force="true")

    assert entities_of(client, "src") == {"1": None}


def test_the_statistics_of_a_run_are_shown_where_the_client_asks(client: Client) -> None:
    sesam = SesamPy(client)
    sesam.upload([METADATA, SRC], {})

    answer = sesam.run(output_run_statistics="True")

    assert answer["additional_info"].startswith("src: 4 runs, 4 processed, 1 changed, 0 deleted, ")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"scheduler_mode": "passive"}, "expected one of active, poll as scheduler_mode, got 'passive'"),
        ({"request_mode": "later"}, "expected one of sync, async as request_mode, got 'later'"),
        ({"max_runs": "-1"}, "expected 0 or more as max_runs, got -1"),
    ],
)
def test_a_parameter_that_is_not_understood_is_refused(
    client: Client, parameters: dict[str, str], message: str
) -> None:
    response = client.request("POST", "/pipes/run-all-pipes", params=parameters)

    assert (response.status_code, response.json()["detail"]) == (400, message)


@dataclass(frozen=True)
class Parameter:
    """A parameter that sesam-py (2.11.13) or its library (sesamclient 1.2.6) sends, and what it changes.

    Attributes:
        path: What is requested, with POST for a run, otherwise with GET.
        name: The parameter.
        default: What a request without it means.
        other: Another value, which gives another response.
        source: The function that sends it.
    """

    path: str
    name: str
    default: str
    other: str
    source: str


RUN, ENTITIES, MID = "/pipes/run-all-pipes", "/datasets/d/entities", "/pipes/mid/entities"
RUN_PARAMETERS = [
    Parameter(RUN, "reset_pipes_and_delete_sink_datasets", "True", "False", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "delete_input_datasets", "True", "False", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "check_input_pipes", "False", "True", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "output_run_statistics", "False", "True", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "request_mode", "sync", "async", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "max_runs", "100", "1", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "max_run_time", "900", "0", "SesamNode.run_internal_scheduler"),
    Parameter(RUN, "extra_zero_runs", "0", "100", "SesamNode.run_internal_scheduler"),
]
READ_PARAMETERS = [  # the last one holds entities back
    Parameter(ENTITIES, "history", "True", "False", "Dataset.get_entities_as_response"),
    Parameter(ENTITIES, "reverse", "False", "True", "Dataset.get_entities_as_response"),
    Parameter(ENTITIES, "since", "-1", "0", "Dataset.get_entities_as_response"),
    Parameter(ENTITIES, "limit", "1000", "1", "Dataset.get_entities_as_response"),
    Parameter("/datasets/d/entities?history=False", "deleted", "True", "False", "Dataset.get_entities"),
    Parameter("/datasets", "include-internal-datasets", "False", "True", "Connection.get_datasets"),
    Parameter(MID, "stage", "sink", "source", "SesamNode.get_pipe_entities"),
    Parameter(MID, "limit", "1000", "1", "Pipe.get_entities"),
    Parameter("/publishers/out/entities", "limit", "1000", "1", "SesamNode.get_published_data"),
    Parameter(ENTITIES, "uncommitted", "False", "True", "Dataset.get_entities_as_response"),
]
_VARIES = ("token", "_ts", "last-modified")


def prepare(client: Client) -> None:
    """Give the node pipes that have run, one that cannot, and entities."""
    sesam = SesamPy(client)
    sesam.wipe()
    failing = {"_id": "failing", "type": "pipe", "source": {"type": "json", "system": "things", "url": "x"}}
    out = {**greeting("out"), "_id": "out", "sink": {"type": "http_endpoint"}}
    two = {**SRC, "source": {"type": "embedded", "entities": [{"_id": "1"}, {"_id": "2"}]}}
    sesam.upload([METADATA, SYSTEM, failing, two, greeting("hello"), INBOX, out], {"things-url": "http://127.0.0.1:1"})
    sesam.run(extra_zero_runs="0")
    sesam.upload(
        [METADATA, SYSTEM, failing, two, greeting("goodbye"), INBOX, out], {"things-url": "http://127.0.0.1:1"}
    )
    client.request("POST", "/receivers/inbox/entities", json=[{"_id": "posted"}]).raise_for_status()
    for entity in ({"_id": "a"}, {"_id": "b"}, {"_id": "a", "n": 1}, {"_id": "c", "_deleted": True}):
        client.request("POST", "/datasets/d/entities", json=[entity]).raise_for_status()


def outcome_of_run(client: Client, **parameters: str) -> Any:
    """Return what a run of all pipes gives, and what all datasets hold then, on a node prepared in the same way."""
    prepare(client)
    response = client.request("POST", "/pipes/run-all-pipes", params=parameters).json()
    client.request("POST", "/pipes/stop-run-all-pipes").raise_for_status()
    held = [client.request("GET", f"/datasets/{each}/entities").json() for each in ("src", "mid", "inbox")]
    return without_what_varies([response, held])


def without_what_varies(value: Any) -> Any:
    """Return a value without tokens and times."""
    if isinstance(value, dict):
        return {name: without_what_varies(each) for name, each in value.items() if name not in _VARIES}
    if isinstance(value, list):
        return [without_what_varies(each) for each in value]
    return re.sub(r"[0-9.]+ s\b", "", value) if isinstance(value, str) else value


def test_a_parameter_of_a_run_has_its_default_and_its_effect(client: Client, cases: Cases) -> None:
    """A request without a parameter means its default, and another value makes a difference."""
    absent = outcome_of_run(client)

    for parameter in RUN_PARAMETERS:
        with cases.case(parameter.name):
            assert outcome_of_run(client, **{parameter.name: parameter.default}) == absent
            assert outcome_of_run(client, **{parameter.name: parameter.other}) != absent


def test_a_parameter_of_a_read_has_its_default_and_its_effect(client: Client, node: Node, cases: Cases) -> None:
    prepare(client)

    for parameter in READ_PARAMETERS:
        if parameter.name == "uncommitted":
            node.dataset("d").hold(2)

        with cases.case(f"{parameter.path} {parameter.name}"):
            absent, default, other = (
                without_what_varies(client.request("GET", parameter.path, params=params).json())
                for params in ({}, {parameter.name: parameter.default}, {parameter.name: parameter.other})
            )
            assert default == absent
            assert other != absent


def test_the_last_runs_are_remembered_and_older_ones_forgotten(client: Client) -> None:
    """A node that runs for weeks does not grow."""
    SesamPy(client).wipe()
    tokens = [client.request("POST", "/pipes/run-all-pipes").json()["token"] for _ in range(KEPT_RUNS + 1)]

    found = [client.get("/pipes/get-pipe-runner-status", params={"token": each})["status"] for each in tokens]

    assert found == ["not-running", *["success"] * KEPT_RUNS]


def test_zero_is_a_limit_and_not_the_default(client: Client) -> None:
    response = client.request("POST", "/pipes/run-all-pipes", params={"max_runs": "0"})

    assert response.json()["additional_info"] == "still changing after max_runs (0)"


def test_stopping_waits_until_the_run_has_ended(client: Client, connector: Connector) -> None:
    """So that the next run does not meet the pumps of the last one."""
    sesam = SesamPy(client)
    connector.gives([{"id": "a"}])
    token = sesam.run(mode="async")["token"]

    answer = client.request("POST", "/pipes/stop-run-all-pipes", params={"terminate_timeout": 30}).json()

    assert answer == {"status": "stopped"}
    status = client.get("/pipes/get-pipe-runner-status", params={"token": token})["status"]
    assert status in ("success", "failed")


def test_a_wrong_upload_is_refused_and_changes_nothing(client: Client, connector: Connector) -> None:
    """400 with the errors of each configuration; `force=true` takes what is right."""
    wrong = {"_id": "wrong", "type": "pipe", "source": {"type": "json", "system": "nowhere"}}
    sesam = SesamPy(client)
    env = {"things-url": connector.url}

    refused = sesam.upload([SYSTEM, PIPE, wrong], env)

    assert refused.status_code == 400
    (error,) = refused.json()["validation_errors"]
    assert error["posted-config"] == wrong
    assert {each["elements"][0] for each in error["config-errors"]} == {"source.url", "source.system"}
    assert {each["level"] for each in error["config-errors"]} == {"error"}
    assert sesam.upload([SYSTEM, PIPE, wrong], env, force="true").status_code == 200
    valid = {pipe["_id"]: pipe["runtime"]["is-valid-config"] for pipe in client.get("/pipes")}
    assert valid == {"things-collect": True, "wrong": False}


def test_what_only_this_node_cannot_run_is_no_reason_to_refuse_an_upload(client: Client) -> None:
    """A real node would take it. The pipe is shown as invalid with its reason, and the others run."""
    unsupported = {"_id": "g", "type": "pipe", "source": {"type": "kafka", "system": "x", "topic": "t"}}
    sesam = SesamPy(client)

    assert sesam.upload([METADATA, SRC, unsupported], {}).json() == {"validation_errors": []}

    answer = sesam.run()
    assert answer["status"] == "success"
    assert answer["additional_info"] == "pipe 'g' did not run: its configuration is invalid"
    shown = client.get("/pipes/g")
    assert shown["config"]["original"] == unsupported
    assert shown["config"]["effective"]["sink"] == {"type": "dataset", "dataset": "g"}
    assert shown["runtime"]["is-valid-config"] is False
    (error,) = shown["runtime"]["config-errors"]
    assert (error["level"], error["elements"], "not 'kafka'" in error["msg"]) == ("error", ["source.type"], True)
    refused = client.operate("g", "start")
    assert (refused.status_code, "not 'kafka'" in refused.json()["detail"]) == (400, True)
    assert client.request("DELETE", "/pipes/g").status_code == 200
    assert client.request("GET", "/pipes/g").status_code == 404


@pytest.mark.parametrize("operation", ["restart", "reset"])
def test_the_node_restarts(client: Client, connector: Connector, node: Node, operation: str) -> None:
    """The start time changes; a reset forgets the datasets too."""
    connector.gives([{"id": "a"}])
    SesamPy(client).run()
    before = client.get("/status")["node_start_time"]

    answer = client.request("POST", "/admin", data={"operation": operation})

    assert answer.json() == {"message": "OK"}
    assert client.get("/status")["node_start_time"] != before
    assert node.dataset("things-collect").count == (1 if operation == "restart" else 0)
