"""`/config`: uploads and downloads the whole configuration, as a zip or as JSON.

Source: reader (sesam-py 2.11): a multipart upload with the field `file`; a refused upload is answered with 400
and `validation_errors`. Assumed: an uploaded configuration lasts until the process ends; every start reads the files of
the node's directory.
"""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench_core.json_text import parse_json
from fake_sesam.api.query import boolean
from fake_sesam.api.representations import validation_errors
from fake_sesam.api.responses import json_response
from fake_sesam.config.files import ConfigFile, files_from_entities, read_zip, write_zip
from fake_sesam.errors import ConfigurationError, FakeSesamError, Problem
from fake_sesam.node import Node
from fake_sesam.resetting import use_configuration

__all__ = ["routes"]

EMPTY_METADATA = {"_id": "node", "type": "metadata"}


def routes(node: Node) -> list[Route]:
    """Return the routes of the configuration."""

    def download(request: Request) -> Response:
        entities = _entities(node)
        if "application/zip" in request.headers.get("accept", ""):
            return Response(write_zip(entities), media_type="application/zip")
        return json_response(entities)

    async def upload(request: Request) -> Response:
        content, kind = await _posted(request)
        is_forced = boolean(request, "force", default=False)
        return await run_in_threadpool(_replace, node, content, kind, is_forced=is_forced)

    return [
        Route("/config", download),
        Route("/config", upload, methods=["PUT"]),
        Route("/config-all", download),
    ]


def _entities(node: Node) -> list[dict[str, Any]]:
    entities = [file.content for file in node.configuration.current.files]
    has_metadata = any(file.is_metadata for file in node.configuration.current.files)
    return entities if has_metadata else [EMPTY_METADATA, *entities]


async def _posted(request: Request) -> tuple[bytes, str]:
    """Return the posted file and its content type; it is a form's file or the body itself."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return await request.body(), kind
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise FakeSesamError("expected the configuration as a file in the form field 'file'")
        return await file.read(), file.content_type or ""


def _replace(node: Node, content: bytes, kind: str, *, is_forced: bool) -> Response:
    files, problems = _read(content, kind)
    try:
        use_configuration(node, files, problems=problems, is_forced=is_forced)
    except ConfigurationError as error:
        errors = tuple(problem for problem in error.problems if problem.level == "error")
        return json_response({"validation_errors": validation_errors(errors, tuple(files))}, status=400)
    return json_response({"validation_errors": []})


def _read(content: bytes, kind: str) -> tuple[list[ConfigFile], list[Problem]]:
    if "json" not in kind:
        return read_zip(content)
    try:
        entities = parse_json(content)
    except ValueError as error:
        return [], [Problem("error", f"not JSON: {error}", "upload")]
    return files_from_entities(entities if isinstance(entities, list) else [entities])
