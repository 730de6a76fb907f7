"""An object type of an account's own, as its schema is created."""

from typing import Any

__all__ = ["CAR"]

CAR: dict[str, Any] = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "model",
    "requiredProperties": ["model"],
    "properties": [{"name": "model", "label": "Model", "type": "string", "fieldType": "text"}],
    "associatedObjects": ["CONTACT"],
}
