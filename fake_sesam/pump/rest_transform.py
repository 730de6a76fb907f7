"""The `rest` transform: sends a request for each entity and adds the response to it.

Source: docs (configuration-transforms-rest.rst). Assumed: an entity that an earlier transform has filtered passes by
without a request; the payloads of several pages are one list; `id_expression`
and `updated_expression` complete the objects of the response; with `replace_entity` an object that is not JSON keeps
the `_id` of the entity.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fake_sesam.config.operations import Operation, status_ranges
from fake_sesam.config.transforms import RestTransform
from fake_sesam.errors import ReadError, TransformError
from fake_sesam.pump.rest_client import Page, RestClient, part_of
from fake_sesam.pump.rest_source import RESPONSE, completed_entity

__all__ = ["RestCall", "request_of"]


def request_of(
    entity: Mapping[str, Any], operation: str | None, properties: Mapping[str, Any] | None
) -> tuple[str | None, dict[str, Any], Any]:
    """Return which operation an entity asks for, the variables of its templates, and its own payload.

    Source: docs (rest_expected_rest_entity_shape): what stands in the entity wins.
    """
    name = entity.get("operation") if isinstance(entity.get("operation"), str) else operation
    given = entity.get("properties")
    used = given if isinstance(given, dict) else properties or {}
    variables = {**entity, "entity": entity, "source_entity": entity, "properties": used}
    return name, variables, entity.get("payload")


class RestCall:
    """Applies a `rest` transform.

    Args:
        transform: The transform.
        config: Its configuration.
        client: Sends the requests.
    """

    def __init__(self, transform: RestTransform, config: Mapping[str, Any], client: RestClient) -> None:
        self._transform = transform
        self._part = part_of(config)
        self._client = client

    def apply(self, entity: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what an entity becomes; nothing if the status is one of those that are ignored.

        Raises:
            TransformError: The request failed.
        """
        if entity.get("_filtered") is True:
            return [entity]
        transform = self._transform
        name, variables, payload = request_of(entity, transform.operation, transform.properties)
        try:
            operation = self._client.operation(name, self._part)
            if operation.properties and not variables["properties"]:
                variables["properties"] = operation.properties
            pages = list(self._client.pages(operation, variables, payload=payload, accepts=_accepted(operation)))
        except ReadError as error:
            raise TransformError(f"rest transform: {error.message}", entity=entity) from error
        ignored = status_ranges(operation.ignored_status_codes)
        kept = [page for page in pages if not _is_within(page.status, ignored)]
        if not kept:
            return []
        return self._replaced(entity, kept) if transform.replace_entity else [self._extended(entity, operation, kept)]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _extended(self, entity: dict[str, Any], operation: Operation, pages: list[Page]) -> dict[str, Any]:
        last = pages[-1]
        payloads = [self._completed(operation, page) for page in pages]
        response = payloads[0] if len(payloads) == 1 else [each for one in payloads for each in _as_items(one)]
        extended = {**entity, operation.response_property or RESPONSE: response}
        if operation.response_headers_property is not None:
            extended[operation.response_headers_property] = dict(last.headers)
        if operation.response_status_property is not None:
            extended[operation.response_status_property] = last.status
        if self._transform.response_include_content_type:
            extended["content-type"] = last.content_type
        return extended

    def _completed(self, operation: Operation, page: Page) -> Any:
        def complete(item: Any) -> Any:
            return completed_entity(self._client, operation, page, item) if isinstance(item, dict) else item

        if isinstance(page.payload, list):
            return [complete(item) for item in page.payload]
        return complete(page.payload)

    def _replaced(self, entity: dict[str, Any], pages: list[Page]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in pages:
            if page.is_json:
                found += [dict(item) for item in page.items if isinstance(item, dict)]
            else:
                kept = {"_id": entity["_id"]} if "_id" in entity else {}
                found.append({**kept, self._transform.response_property or RESPONSE: page.body})
        return found


def _as_items(payload: Any) -> list[Any]:
    return payload if isinstance(payload, list) else [] if payload is None else [payload]


def _accepted(operation: Operation) -> Callable[[int], bool]:
    ranges = (*status_ranges(operation.allowed_status_codes), *status_ranges(operation.ignored_status_codes))
    return lambda status: _is_within(status, ranges)


def _is_within(status: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= status <= last for first, last in ranges)
