"""The paths of each family of routes in every version in which HubSpot publishes it: the one table of them.

A family has the two spellings of its numbered version, and a path for each date. HubSpot answers some dates for a part
of its families only.

Source: recording for the v3 and v4 spellings, for records in 2025-09 and for labels in 2025-09; docs (changelogs of
2026-03 and 2026-09) for the dates; reader (hscli probe, 2026-04) for properties, which have no 2025-09; reader
(tap-hubspot 4.5 lists tickets under `/crm/v4/objects`) for the list of records there, assumed for their other routes.
"""

__all__ = ["DATES", "FAMILY_PATHS", "PATHS", "SINCE_2026"]

DATES = ("2025-09", "2026-03", "2026-09")
SINCE_2026 = DATES[1:]


def _dated(path: str, dates: tuple[str, ...] = SINCE_2026) -> tuple[str, ...]:
    return tuple(path.format(version=date) for date in dates)


def _crm(family: str, dates: tuple[str, ...] = SINCE_2026) -> tuple[str, ...]:
    """Return both spellings of v3 and the dated paths."""
    return (f"/crm/v3/{family}", *_dated(f"/crm/{family}/{{version}}", ("v3", *dates)))


PATHS = {
    "objects": (*_crm("objects", DATES), "/crm/v4/objects"),
    "links": ("/crm/v4/objects", *_dated("/crm/objects/{version}", DATES)),
    "associations": ("/crm/v4/associations", *_dated("/crm/associations/{version}", ("v4", *DATES))),
    "associations-v3": ("/crm/v3/associations", "/crm/associations/v3"),
    "properties": _crm("properties"),
    "owners": _crm("owners"),
    "pipelines": _crm("pipelines"),
    "lists": _crm("lists"),
    "schemas": ("/crm/v3/schemas", *_dated("/crm-object-schemas/{version}/schemas", ("v3", *SINCE_2026))),
    "account": _dated("/account-info/{version}", ("v3", *SINCE_2026)),
    "users": ("/settings/v3/users", *_dated("/settings/users/{version}", ("v3", *SINCE_2026))),
    "webhooks": ("/webhooks/v3", *_dated("/webhooks/{version}")),
    "tokens": _dated("/oauth/{version}/token", ("v1", "v3", *SINCE_2026)),
    "token-checks": _dated("/oauth/{version}/token", ("v3", *SINCE_2026)),
}

# The families besides records. Source: reader (the operations of HubSpot's clients); that 2026-09 is like 2026-03 is
# assumed.
FAMILY_PATHS = {
    "files": ("/files/v3", *_dated("/files/{version}")),
    "forms": ("/marketing/v3/forms", *_dated("/marketing/forms/{version}")),
    "emails": ("/marketing/v3/emails", *_dated("/marketing/emails/{version}")),
    "campaigns": ("/marketing/v3/campaigns", *_dated("/marketing/campaigns/{version}")),
    "marketing-events": ("/marketing/v3/marketing-events", *_dated("/marketing/marketing-events/{version}")),
    "transactional": ("/marketing/v3/transactional", *_dated("/marketing/transactional/{version}")),
    "subscriptions-v3": ("/communication-preferences/v3",),
    "subscriptions": _dated("/communication-preferences/{version}", ("v4", *SINCE_2026)),
    "flows": ("/automation/v4/flows", *_dated("/automation/flows/{version}")),
    "actions": ("/automation/v4/actions", *_dated("/automation/actions/{version}")),
    "meeting-links": _dated("/scheduler/{version}/meetings/meeting-links", ("v3", *SINCE_2026)),
    "sequences": ("/automation/v4/sequences", *_dated("/automation/sequences/{version}")),
    "occurrences": ("/events/v3/events", *_dated("/events/event-occurrences/{version}")),
    "events": _dated("/events/{version}", ("v3", *SINCE_2026)),
    "timeline": _dated("/integrators/timeline/{version}", ("v3", *SINCE_2026)),
    "imports": _crm("imports"),
    "exports": _crm("exports"),
    "calling": ("/crm/v3/extensions/calling", *_dated("/crm/extensions/calling/{version}")),
    "cards": ("/crm/v3/extensions/cards-dev", *_dated("/crm/extensions/cards-dev/{version}")),
    "videoconferencing": (
        "/crm/v3/extensions/videoconferencing/settings",
        *_dated("/crm/extensions/videoconferencing/{version}/settings"),
    ),
    "splits": ("/crm/v3/objects/deals/splits", *_dated("/deal-splits/{version}")),
    "limits": ("/crm/v3/limits", *_dated("/crm/limits/{version}")),
    "validations": ("/crm/v3/property-validations", *_dated("/crm/property-validations/{version}")),
    "library": ("/crm/v3/object-library", *_dated("/crm/object-library/{version}")),
    "currencies": ("/settings/v3/currencies", *_dated("/settings/currencies/{version}")),
    "event-journal": ("/webhooks/v4/journal", *_dated("/webhooks-journal/journal/{version}", ("v4", *SINCE_2026))),
    "event-journal-local": (
        "/webhooks/v4/journal-local",
        *_dated("/webhooks-journal/journal-local/{version}", ("v4", *SINCE_2026)),
    ),
    "event-subscriptions": (
        "/webhooks/v4/subscriptions",
        *_dated("/webhooks-journal/subscriptions/{version}", ("v4", *SINCE_2026)),
    ),
    "event-snapshots": (
        "/webhooks/v4/snapshots",
        *_dated("/webhooks-journal/snapshots/{version}", ("v4", *SINCE_2026)),
    ),
    "business-units": ("/business-units/v3", *_dated("/business-units/public/{version}")),
}
