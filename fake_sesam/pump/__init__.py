"""Running a pipe: source, puller, continuation, pump, execution log."""

from fake_sesam.pump.active_pumps import ActivePumps, PumpListener, RunProgress
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.entity_stream import parse_entities
from fake_sesam.pump.execution_log import Event, ExecutionLog, log_dataset_id
from fake_sesam.pump.joined_sources import MergeDatasetsReader, MergeReader, merge_dataset_id
from fake_sesam.pump.joins import NodeDatasets
from fake_sesam.pump.puller import JsonPuller
from fake_sesam.pump.pump import Pump
from fake_sesam.pump.rest_client import RestClient
from fake_sesam.pump.rest_source import RestReader
from fake_sesam.pump.result import PumpResult
from fake_sesam.pump.run import run_pump
from fake_sesam.pump.sources import DatasetReader, EmbeddedReader, EntitySource
from fake_sesam.pump.state import PumpState, load_state, reset_state, save_state

__all__ = [
    "ActivePumps",
    "Clock",
    "DatasetReader",
    "EmbeddedReader",
    "EntitySource",
    "Event",
    "ExecutionLog",
    "JsonPuller",
    "MergeDatasetsReader",
    "MergeReader",
    "NodeDatasets",
    "Pump",
    "PumpListener",
    "PumpResult",
    "PumpState",
    "RestClient",
    "RestReader",
    "RunProgress",
    "load_state",
    "log_dataset_id",
    "merge_dataset_id",
    "parse_entities",
    "reset_state",
    "run_pump",
    "save_state",
]
