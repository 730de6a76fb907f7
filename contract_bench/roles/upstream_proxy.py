"""A proxy in front of an upstream, driven over its control API. It may run in this process or anywhere else."""

from collections.abc import Mapping
from typing import Any

from contract_bench.roles.hubspot import Faults, HubSpotControl

__all__ = ["UpstreamProxy"]

REQUESTS_SHOWN = 12


class UpstreamProxy:
    """The proxy between a connector and its API: its faults, and the requests that it passed on.

    Attributes:
        url: The address of the API for a connector.
        token: Empty: the connector has its own credentials.
        faults: The faults, as `hubspot_faults` has them; those that know HubSpot do not exist here.
    """

    token = ""

    def __init__(self, url: str, *, control_token: str | None = None) -> None:
        self._control = HubSpotControl(url, control_token=control_token)
        self.url = self._control.url
        self.faults = Faults(self)

    def call(self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the control API.

        Raises:
            ControlError: it was refused.
        """
        return self._control.call(method, path, body=body, query=query)

    def reset(self) -> None:
        """Remove all faults and empty the journal."""
        self.call("POST", "/_fake/reset")
        self.faults.cleared_unfired.clear()

    def journal(self, **only: Any) -> list[dict[str, Any]]:
        """Return the requests, oldest first; `only` are the filters of the control API."""
        entries: list[dict[str, Any]] = self.call("GET", "/_fake/journal", query=only)["entries"]
        return entries

    def har(self) -> dict[str, Any]:
        """Return the requests with headers and bodies, as HAR."""
        found: dict[str, Any] = self.call("GET", "/_fake/journal/har")
        return found

    def has_been_asked(self) -> bool:
        """Whether a request has come since the last reset."""
        return bool(self.journal(limit=1))

    def story(self) -> str:
        """Return the last requests and the faults that are set."""
        entries = self.journal(limit=REQUESTS_SHOWN)
        lines = [f"the last {len(entries)} requests to the upstream:"]
        for entry in entries:
            query = f"?{entry['query']}" if entry["query"] else ""
            fault = f"  <- {entry['fault']}" if entry["fault"] else ""
            lines.append(f"  {entry['ordinal']:>4}  {entry['status']}  {entry['method']} {entry['path']}{query}{fault}")
        lines += [
            f"fault {each['fault']} {each['where']}: fired {each['fired']} times" for each in self.faults.active()
        ]
        return "\n".join(lines)

    def close(self) -> None:
        """Close the connections."""
        self._control.close()
