"""Which routes the forms of faults offer, and what people call their requests."""

from collections.abc import Mapping

__all__ = ["PLACES"]

# By route: one request, and several. `{}` stands for the type of the records.
PLACES: Mapping[str, tuple[str, str]] = {
    "objects.list": ("list of {}", "lists of {}"),
    "objects.search": ("search for {}", "searches for {}"),
    "objects.read": ("read of one of the {}", "reads of single {}"),
    "objects.batch.*": ("batch of {}", "batches of {}"),
    "objects.create": ("creation of {}", "creations of {}"),
    "objects.update": ("update of {}", "updates of {}"),
    "associations*": ("request for links of {}", "requests for links of {}"),
    "properties.*": ("request for properties of {}", "requests for properties of {}"),
    "owners.list": ("list of owners", "lists of owners"),
    "oauth.*": ("request for a token", "requests for a token"),
}
