"""The only module that imports vcrpy, which is part of the extra `[test]`."""

from importlib import import_module
from types import ModuleType
from typing import Any

from contract_bench.cassettes.errors import VcrpyMissingError
from contract_bench.cassettes.model import Interaction, Request, Response

__all__ = ["from_vcrpy", "load_vcrpy", "to_vcrpy"]


def load_vcrpy() -> ModuleType:
    """Import the module `vcr` and the submodules that are used.

    Raises:
        VcrpyMissingError: vcrpy is not installed.
    """
    try:
        for name in ("vcr.cassette", "vcr.patch", "vcr.record_mode", "vcr.stubs.urllib3_stubs"):
            import_module(name)
        return import_module("vcr")
    except ImportError as error:
        raise VcrpyMissingError from error


def to_vcrpy(interaction: Interaction) -> tuple[Any, dict[str, Any]]:
    """Convert an interaction to vcrpy's representation."""
    vcr = load_vcrpy()
    request, response = interaction.request, interaction.response
    headers = {name: list(values) for name, values in request.headers.items()}
    return (
        vcr.request.Request(request.method, request.uri, request.body or None, headers),
        {
            "status": {"code": response.status, "message": response.reason},
            "headers": {name: list(values) for name, values in response.headers.items()},
            "body": {"string": response.body},
        },
    )


def from_vcrpy(request: Any, response: dict[str, Any], recorded_at: str | None) -> Interaction:
    """Convert an interaction recorded by vcrpy. With urllib3 2 the body is decoded, but the headers are unchanged."""
    body = request.body or b""
    return Interaction(
        Request(
            request.method,
            request.uri,
            body if isinstance(body, bytes) else bytes(body.read()),
            {name: (str(value),) for name, value in sorted(request.headers.items())},
        ),
        Response(
            int(response["status"]["code"]),
            response["body"]["string"] or b"",
            {name: tuple(values) for name, values in sorted(response["headers"].items())},
            str(response["status"]["message"] or ""),
        ),
        recorded_at,
    )
