"""The `rest` source: the entities that an operation of a REST system returns, page by page.

Source: docs (configuration-sources-rest.rst). Assumed: in expressions the variables of the operation win over
properties of the entity with the same name; a payload that is missing is empty.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from fake_sesam.config import SourceConfig
from fake_sesam.config.operations import Operation
from fake_sesam.errors import ReadError
from fake_sesam.pump.rest_client import Page, RestClient, part_of
from fake_sesam.pump.sources import EntitySource

__all__ = ["RestReader", "completed_entity"]

logger = logging.getLogger(__name__)
RESPONSE = "response"


class RestReader(EntitySource):
    """Reads an operation.

    Args:
        source: The source.
        config: Its configuration with the defaults filled in.
        client: Sends the requests; it is closed after each read.
    """

    def __init__(self, source: SourceConfig, config: Mapping[str, Any], client: RestClient) -> None:
        self._source = source
        self._config = config
        self._client = client

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Yield the entities of every page.

        Args:
            since: What the templates know as `since`; None or an empty string is not sent.

        Raises:
            ReadError: The operation could not be read to the end.
        """
        operation = self._client.operation(self._source.operation, part_of(self._config))
        variables: dict[str, Any] = {"properties": dict(operation.properties or {})}
        if self._source.supports_since and since not in (None, ""):
            variables["since"] = since
        try:
            for page in self._client.pages(operation, variables):
                if operation.payload_property and page.payload is None:
                    logger.warning("the response has no %r; it counts as empty", operation.payload_property)
                yield from self._entities(operation, page)
        finally:
            self._client.close()

    def _entities(self, operation: Operation, page: Page) -> Iterator[dict[str, Any]]:
        if not page.is_json:
            if page.body:
                yield self._described(operation, page, {operation.response_property or RESPONSE: page.body})
            return
        for number, item in enumerate(page.items, 1):
            if isinstance(item, dict):
                entity = completed_entity(self._client, operation, page, item)
            elif operation.response_property is not None:
                entity = {}
            else:
                message = f"expected an object as item {number} of the response, got {type(item).__name__}"
                raise ReadError(message, error_code=1)
            if operation.response_property is not None:
                kept: dict[str, Any] = {name: entity[name] for name in ("_id", "_updated") if name in entity}
                entity = {**kept, operation.response_property: item}
            yield self._described(operation, page, entity)

    def _described(self, operation: Operation, page: Page, entity: dict[str, Any]) -> dict[str, Any]:
        if operation.response_headers_property is not None:
            entity[operation.response_headers_property] = dict(page.headers)
        if operation.response_status_property is not None:
            entity[operation.response_status_property] = page.status
        if self._source.response_include_content_type:
            entity["content-type"] = page.content_type
        return entity


def completed_entity(client: RestClient, operation: Operation, page: Page, item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of a response with the `_id` and `_updated` that its operation's expressions give."""
    entity = dict(item)
    known = {**item, **page.context, "entity": item}
    for name, expression in (("_id", operation.id_expression), ("_updated", operation.updated_expression)):
        if expression is not None and name not in entity:
            value = client.templates.text(expression, known)
            if value:
                entity[name] = value
    return entity
