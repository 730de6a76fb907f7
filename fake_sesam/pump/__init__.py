"""Running a pipe: source, puller, continuation, pump, execution log."""

from fake_sesam.pump.execution_log import Event, ExecutionLog, log_dataset_id
from fake_sesam.pump.puller import JsonPuller
from fake_sesam.pump.pump import Pump, PumpResult, Ticker
from fake_sesam.pump.sources import DatasetReader, EmbeddedReader, EntitySource

__all__ = [
    "DatasetReader",
    "EmbeddedReader",
    "EntitySource",
    "Event",
    "ExecutionLog",
    "JsonPuller",
    "Pump",
    "PumpResult",
    "Ticker",
    "log_dataset_id",
]
