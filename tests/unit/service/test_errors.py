"""The fields of each error: nobody needs to parse its text."""

import errno

from service.errors import (
    AbortResponse,
    BadRequestError,
    MismatchError,
    PullAbandoned,
    ServiceError,
    SettingsError,
    UpstreamError,
)


def test_settings_are_refused_with_every_problem() -> None:
    error = SettingsError(["PORT: no", "HOST: no"])

    assert (error.kind, error.problems) == ("settings", ("PORT: no", "HOST: no"))
    assert str(error) == error.message == "The settings cannot be used:\n  - PORT: no\n  - HOST: no"
    assert isinstance(error, ServiceError)


def test_a_bad_request_names_the_parameter() -> None:
    error = BadRequestError("limit: no", parameter="limit")

    assert (error.kind, error.message, str(error), error.parameter) == (
        "bad-request",
        "limit: no",
        "limit: no",
        "limit",
    )
    assert BadRequestError("no").parameter is None


def test_an_upstream_error_has_what_hubspot_said() -> None:
    bare, full = (
        UpstreamError("no", kind="k"),
        UpstreamError(
            "no", kind="k", status=1, hubspot_message="m", correlation_id="c", response_status=504, category="g"
        ),
    )

    assert (bare.kind, bare.message, str(bare), bare.response_status) == ("k", "no", "no", 502)
    assert (bare.status, bare.hubspot_message, bare.correlation_id, bare.category) == (None, None, None, None)
    assert (full.status, full.hubspot_message, full.correlation_id, full.response_status, full.category) == (
        1,
        "m",
        "c",
        504,
        "g",
    )


def test_a_mismatch_is_a_success_that_is_not_used() -> None:
    error = MismatchError("no", correlation_id="c")

    assert isinstance(error, UpstreamError)
    assert (error.kind, error.status, error.response_status, error.correlation_id) == ("mismatch", 200, 502, "c")
    assert MismatchError("no").correlation_id is None


def test_an_abandoned_pull_is_no_upstream_error() -> None:
    error = PullAbandoned("The client disconnected.", kind="caller-gone")

    assert (error.kind, error.message) == ("caller-gone", "The client disconnected.")
    assert isinstance(error, ServiceError)
    assert not isinstance(error, UpstreamError)


def test_an_aborted_response_looks_like_a_client_that_is_gone() -> None:
    """So that the WSGI server closes the connection without a word."""
    error = AbortResponse()

    assert isinstance(error, OSError)
    assert error.errno == errno.ECONNRESET
