"""Client of a node's API: pumps, datasets and systems. It works with a real node as well as with the fake one."""

from dataclasses import dataclass
from typing import Any

import requests

from contract_bench.errors import BenchError
from contract_bench.roles.process import wait_until

__all__ = ["EndlessRunError", "NodeApi", "NodeApiError", "PumpRun"]

TIMEOUT_S = 30
RUN_TIMEOUT_S = 60.0
FIRST_PAUSE_S = 0.015


class NodeApiError(BenchError):
    """The node refused a request."""

    def __init__(self, what: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"expected the node to {what}, got {status}: {said[:300]}")


class EndlessRunError(BenchError):
    """A pump did not end in time."""

    def __init__(self, pipe: str) -> None:
        self.pipe = pipe
        super().__init__(
            f"expected a run of {pipe} to end within {RUN_TIMEOUT_S:g} s, got one that is still running. "
            f"Check what the connector waits for, such as a quota or a response, or use fewer contacts"
        )


@dataclass(frozen=True, slots=True)
class PumpRun:
    """The end of a pump's run; `why` is the reason for a failure, `offset` is where the next run continues."""

    ok: bool
    why: str = ""
    offset: str = ""


class NodeApi:
    """The API of the node at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url + "/api"
        self._session = requests.Session()
        self._session.trust_env = False
        # on a persistent connection small responses take 40 ms if the server leaves Nagle's algorithm on
        self._session.headers["Connection"] = "close"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def run(self, pipe: str, *, is_rescan: bool = False) -> PumpRun:
        """Run a pump once and wait for its end."""
        self.begin(pipe, is_rescan=is_rescan)
        return self.result(pipe)

    def begin(self, pipe: str, *, is_rescan: bool = False) -> None:
        """Start a pump."""
        self._operate(pipe, "start-rescan" if is_rescan else "start")

    def is_running(self, pipe: str) -> bool:
        """Return whether the pump is running."""
        return bool(self._runtime(pipe)["is-running"])

    def result(self, pipe: str) -> PumpRun:
        """Wait for the end of a run.

        Raises:
            EndlessRunError: the run does not end in time.
        """
        runtime: dict[str, Any] = {}

        def has_ended() -> bool:
            runtime.update(self._runtime(pipe))
            return not runtime["is-running"]

        if not wait_until(has_ended, RUN_TIMEOUT_S, pause_s=FIRST_PAUSE_S):
            raise EndlessRunError(pipe)
        why = str(runtime["last-original-error-message"] or runtime["last-message"])
        return PumpRun(bool(runtime["success"]), why, str(runtime["last-seen"]))

    def offset(self, pipe: str) -> str:
        """Return where the next run continues; empty if it starts from the beginning."""
        return str(self._runtime(pipe)["last-seen"])

    def reset(self, pipe: str) -> None:
        """Empty the pump's offset, so that the next run is a full one."""
        self._operate(pipe, "update-last-seen", **{"last-seen": ""})

    def drop(self, dataset: str) -> None:
        """Delete a dataset if it exists."""
        self._call("DELETE", f"/datasets/{dataset}", may_miss=True)

    def entities(self, dataset: str) -> dict[str, dict[str, Any]]:
        """Return the entities of a dataset that are not deleted, by id; none if the dataset does not exist."""
        path = f"/datasets/{dataset}/entities?history=false&deleted=false"
        found: list[dict[str, Any]] = self._call("GET", path, may_miss=True) or []
        return {str(entity["_id"]): entity for entity in found}

    def pid(self, system: str) -> int | None:
        """Return the process of a system, None if it is not running."""
        status = self._call("GET", f"/systems/{system}/status")
        return status["pid"] if status["running"] else None

    def _runtime(self, pipe: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", f"/pipes/{pipe}/pump")["runtime"]
        return found

    def _operate(self, pipe: str, operation: str, **form: str) -> None:
        self._call("POST", f"/pipes/{pipe}/pump", form={"operation": operation, **form})

    def _call(self, method: str, path: str, *, form: dict[str, str] | None = None, may_miss: bool = False) -> Any:
        answer = self._session.request(method, self._url + path, data=form, timeout=TIMEOUT_S)
        if may_miss and answer.status_code == 404:
            return None
        if answer.status_code >= 400:
            raise NodeApiError(f"take {method} {path}", answer.status_code, answer.text)
        return answer.json()
