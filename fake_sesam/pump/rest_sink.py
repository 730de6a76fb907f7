"""The `rest` sink: sends a request for each entity.

Source: docs (configuration-sinks-rest.rst). Assumed: a status other than 2xx is a write error of its entity; a filtered
entity is not sent; nothing is deleted because a run did not see it.
"""

from typing import Any

from fake_sesam.config import SinkConfig
from fake_sesam.dataset import SeenOffsets, WriteCounts
from fake_sesam.errors import ReadError, WriteError
from fake_sesam.pump.rest_client import RestClient, part_of
from fake_sesam.pump.rest_transform import request_of

__all__ = ["RestSink"]


class RestSink:
    """Sends the entities of one run."""

    start = 0
    seen: SeenOffsets | None = None

    def __init__(self, sink: SinkConfig, config: dict[str, Any], client: RestClient) -> None:
        self._sink = sink
        self._part = part_of(config)
        self._client = client

    def write(self, entities: list[dict[str, Any]]) -> WriteCounts:
        """Send a batch, one entity after the other.

        Raises:
            WriteError: An entity was refused; those before it have been sent.
        """
        sent = [entity for entity in entities if entity.get("_filtered") is not True]
        for entity in sent:
            self._send(entity)
        return WriteCounts(len(sent), sum(entity.get("_deleted") is True for entity in sent))

    def begin(self) -> None:
        """Prepare nothing."""

    def commit(self) -> None:
        """Do nothing: what was sent has been seen."""

    def forget_seen(self, *, tracks_deletions: bool) -> None:
        """Do nothing: there is nothing to compare with."""

    def keep(self, entities: list[dict[str, Any]]) -> None:
        """Do nothing: there is nothing to compare with."""

    def stop_tracking(self) -> None:
        """Do nothing: there is nothing to compare with."""

    def delete_unseen(self) -> WriteCounts:
        """Delete nothing, and close the connections."""
        self._client.close()
        return WriteCounts()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, entity: dict[str, Any]) -> None:
        name, variables, payload = request_of(entity, self._sink.operation, self._sink.properties)
        try:
            operation = self._client.operation(name, self._part)
            for _ in self._client.pages(operation, variables, payload=payload):
                return
        except ReadError as error:
            raise WriteError(f"rest sink: {error.message}", entity=entity) from error
