"""Faults of the records on a page."""

from fake_hubspot.faults.records.duplicate_id import DuplicateId
from fake_hubspot.faults.records.ids_out_of_order import IdsOutOfOrder
from fake_hubspot.faults.records.integer_id import IntegerId
from fake_hubspot.faults.records.missing_id import MissingId
from fake_hubspot.faults.records.missing_key import MissingKey
from fake_hubspot.faults.records.null_properties import NullProperties
from fake_hubspot.faults.records.null_record import NullRecord
from fake_hubspot.faults.records.whole_seconds import WholeSeconds

__all__ = ["FAULTS"]

FAULTS = (
    DuplicateId,
    IdsOutOfOrder,
    IntegerId,
    MissingId,
    MissingKey,
    NullProperties,
    NullRecord,
    WholeSeconds,
)
