"""The JSON of records, pages and batches in requests and responses; the OpenAPI document is built from these."""

from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.portal.values import WireValue

__all__ = [
    "AssociationInput",
    "BatchResponse",
    "CreateInput",
    "ErrorResponse",
    "IdInput",
    "NextPage",
    "Paging",
    "RecordBatchResponse",
    "RecordPage",
    "RecordResponse",
    "SearchResponse",
    "UpdateInput",
]


class ErrorResponse(TypedDict):
    """HubSpot's envelope for errors."""

    status: str
    message: str
    correlationId: str
    errors: NotRequired[list[Any]]
    context: NotRequired[dict[str, list[str]]]
    links: NotRequired[dict[str, str]]
    category: NotRequired[str]
    subCategory: NotRequired[str]


class NextPage(TypedDict):
    """Where the next page is; a search has no link."""

    after: str
    link: NotRequired[str]


class Paging(TypedDict):
    """Links to other pages; `next` is the only direction."""

    next: NextPage


class AssociationResponse(TypedDict):
    """One link inside a record."""

    id: str
    type: str


class AssociationPage(TypedDict):
    """The links inside a record to one type."""

    results: list[AssociationResponse]
    paging: NotRequired[Paging]


class PastValueResponse(TypedDict):
    """A past value of a property."""

    value: str
    timestamp: str
    sourceType: str
    sourceId: str | None
    sourceLabel: str | None
    updatedByUserId: int | None


class RecordResponse(TypedDict):
    """One record. A property without a value is null."""

    id: str
    properties: dict[str, str | None]
    propertiesWithHistory: NotRequired[dict[str, list[PastValueResponse]]]
    createdAt: str
    updatedAt: str
    archived: bool
    archivedAt: NotRequired[str]
    url: NotRequired[str]
    associations: NotRequired[dict[str, AssociationPage]]
    new: NotRequired[bool]
    objectWriteTraceId: NotRequired[str]


class RecordPage(TypedDict):
    """One page of a list; `paging` is absent on the last one."""

    results: list[RecordResponse]
    paging: NotRequired[Paging]


class SearchResponse(TypedDict):
    """One page of a search."""

    total: int
    results: list[RecordResponse]
    paging: NotRequired[Paging]


class BatchResponse(TypedDict):
    """The result of a batch."""

    status: str
    results: list[Any]
    startedAt: str
    completedAt: str
    errors: NotRequired[list[Any]]
    numErrors: NotRequired[int]


class RecordBatchResponse(TypedDict):
    """The result of a batch of records; it contains the errors, whatever the status."""

    status: str
    results: list[RecordResponse]
    startedAt: str
    completedAt: str
    errors: NotRequired[list[Any]]
    numErrors: NotRequired[int]


class AssociationSpec(msgspec.Struct, frozen=True, rename="camel"):
    """The type of a link."""

    association_category: str
    association_type_id: int


class IdInput(msgspec.Struct, frozen=True):
    """A record by its id, which may be sent as a number."""

    id: str | int


class AssociationInput(msgspec.Struct, frozen=True):
    """A link to create together with a record."""

    to: IdInput
    types: list[AssociationSpec] = []


class CreateInput(msgspec.Struct, frozen=True, rename="camel"):
    """A record to create."""

    properties: dict[str, WireValue]
    associations: list[AssociationInput] | None = None
    object_write_trace_id: str | None = None


class UpdateInput(msgspec.Struct, frozen=True):
    """What to change of a record."""

    properties: dict[str, WireValue]
