"""Everything that can go wrong in the connector, with fields instead of text to be parsed.

```
ServiceError
├── SettingsError      the environment is incomplete or wrong; the process does not start
├── BadRequestError        the request for a route is wrong: 400
└── UpstreamError      HubSpot did not give what was asked for: 5xx, or a broken transfer after the first byte
    └── MismatchError  HubSpot's answer contradicts itself or an earlier one; never retried, never believed
PullAbandoned          nobody waits for the pull's result any more: the caller went away, or the service stops
AbortResponse         what the WSGI server is given to close the connection without finishing the body
```

No message holds a token, a password or a record's values.
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
        kind: A fixed word for logs and error bodies, such as `upstream-status`.
        message: One sentence: what was expected, what came, what to do.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class SettingsError(ServiceError):
    """The environment cannot be used.

    Attributes:
        problems: One sentence for each thing wrong, all of them at once. No secret's value is in it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"The settings cannot be used:{lines}", kind="settings")
        self.problems = tuple(problems)


class BadRequestError(ServiceError):
    """The request itself is wrong: answered with 400."""

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message, kind="bad-request")
        self.parameter = parameter


class UpstreamError(ServiceError):
    """HubSpot did not give what was asked for.

    Attributes:
        status: HubSpot's HTTP status, None where no answer came.
        hubspot_message: The `message` of HubSpot's error body, cleaned of e-mail addresses and secrets.
        correlation_id: HubSpot's id of the call, which its support asks for.
        answer_status: The status this service answers with while it still can.
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
        answer_status: int = 502,
        category: str | None = None,
    ) -> None:
        super().__init__(message, kind=kind)
        self.status = status
        self.hubspot_message = hubspot_message
        self.correlation_id = correlation_id
        self.answer_status = answer_status
        self.category = category


class MismatchError(UpstreamError):
    """HubSpot's answer contradicts itself or an earlier one, so nothing more of it is believed."""

    def __init__(self, message: str, *, correlation_id: str | None = None) -> None:
        super().__init__(message, kind="mismatch", status=200, correlation_id=correlation_id)


class PullAbandoned(ServiceError):  # noqa: N818 - nothing went wrong
    """Nobody waits for the pull's result any more."""


class AbortResponse(ConnectionResetError):  # noqa: N818 - it names what happens to the connection
    """Raised out of a response body: the WSGI server closes the connection, sends no final chunk and logs no traceback.

    gunicorn treats ECONNRESET as a connection that is gone, which from the caller's side it then is.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the pull broke off")
