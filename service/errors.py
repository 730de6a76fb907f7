"""All errors of the connector. They have fields, so that nobody needs to parse their text.

```
ServiceError
├── SettingsError      the environment is incomplete or invalid; the process does not start
├── BadRequestError    the request to this service is invalid: 400
├── UpstreamError      HubSpot did not deliver: 5xx, or an aborted response after the first byte
│   └── MismatchError  a response contradicts itself or an earlier one; never retried, never used
└── PullAbandoned      nobody wants the result any more: the client disconnected, or the service is shutting down
AbortResponse          tells the WSGI server to close the connection without finishing the body
```

No message contains a token, a password or a record's values.
"""

import errno
from collections.abc import Sequence

__all__ = [
    "AbortResponse",
    "BadRequestError",
    "MismatchError",
    "PullAbandoned",
    "ServiceError",
    "SettingsError",
    "UpstreamError",
]


class ServiceError(Exception):
    """Base of the connector's errors.

    Attributes:
        kind: A fixed word for logs, metrics and error bodies, such as `upstream-status`.
        message: One sentence: what was expected, what arrived, what to do next.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class SettingsError(ServiceError):
    """The environment cannot be used.

    Attributes:
        problems: Every problem, one sentence each. None contains a secret.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"The settings cannot be used:{lines}", kind="settings")
        self.problems = tuple(problems)


class BadRequestError(ServiceError):
    """The request to this service is invalid: 400.

    Attributes:
        parameter: The name of the invalid parameter.
    """

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message, kind="bad-request")
        self.parameter = parameter


class UpstreamError(ServiceError):
    """HubSpot did not deliver what was requested.

    Attributes:
        status: HubSpot's HTTP status, None if no response arrived.
        hubspot_message: The `message` of HubSpot's error body, without e-mail addresses and secrets.
        correlation_id: HubSpot's id of the request, which HubSpot support asks for.
        response_status: The status of this service's response, if the error occurs before the first byte.
        category: HubSpot's `policyName` or `category`, such as `DAILY` or `MISSING_SCOPES`.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        status: int | None = None,
        hubspot_message: str | None = None,
        correlation_id: str | None = None,
        response_status: int = 502,
        category: str | None = None,
    ) -> None:
        super().__init__(message, kind=kind)
        self.status = status
        self.hubspot_message = hubspot_message
        self.correlation_id = correlation_id
        self.response_status = response_status
        self.category = category


class MismatchError(UpstreamError):
    """A successful response contradicts itself or an earlier one, so none of it is used."""

    def __init__(self, message: str, *, correlation_id: str | None = None) -> None:
        super().__init__(message, kind="mismatch", status=200, correlation_id=correlation_id)


class PullAbandoned(ServiceError):  # noqa: N818 - nothing went wrong
    """Nobody wants the pull's result any more."""


class AbortResponse(ConnectionResetError):  # noqa: N818 - an instruction to the server, not a report
    """Raised from a response body to make the WSGI server close the connection without a final chunk.

    gunicorn treats ECONNRESET as a client that disconnected, so it logs no traceback.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the pull was aborted")
