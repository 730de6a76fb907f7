"""The part of a search that one request asks for."""

from dataclasses import dataclass

__all__ = ["SearchWindow"]


@dataclass(frozen=True, slots=True)
class SearchWindow:
    """A lower bound for a search. Windows never use an offset.

    Attributes:
        at_ms: Records that changed at or after this timestamp, in order of change.
        after_id: If set, only records that changed exactly at `at_ms` and have a higher id, in order of id.

    Units: `at_ms` is in milliseconds since 1970.
    """

    at_ms: int
    after_id: str | None = None

    def filters(self, modified_property: str) -> list[dict[str, str]]:
        """Return the window as HubSpot's search filters."""
        if self.after_id is None:
            return [{"propertyName": modified_property, "operator": "GTE", "value": str(self.at_ms)}]
        return [
            {"propertyName": modified_property, "operator": "EQ", "value": str(self.at_ms)},
            {"propertyName": "hs_object_id", "operator": "GT", "value": self.after_id},
        ]

    def sort(self, modified_property: str) -> str:
        """Return the property to sort by."""
        return modified_property if self.after_id is None else "hs_object_id"
