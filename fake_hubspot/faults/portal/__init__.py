"""Changes of the account while a walk goes on."""

from fake_hubspot.faults.portal.archived import Archived
from fake_hubspot.faults.portal.changed import Changed
from fake_hubspot.faults.portal.created import Created
from fake_hubspot.faults.portal.erased import Erased
from fake_hubspot.faults.portal.merged import Merged

__all__ = ["FAULTS"]

FAULTS = (
    Archived,
    Changed,
    Created,
    Erased,
    Merged,
)
