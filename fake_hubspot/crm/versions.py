"""The paths of each family of routes in every version in which HubSpot publishes it: the one table of them.

A family has the two spellings of its numbered version, and a path for each date. HubSpot answers some dates for a part
of its families only.

Source: recording for the v3 and v4 spellings, for records in 2025-09 and for labels in 2025-09; docs (changelogs of
2026-03 and 2026-09) for the dates; reader (hscli probe, 2026-04) for properties, which have no 2025-09; reader
(tap-hubspot 4.5 lists tickets under `/crm/v4/objects`) for the list of records there, assumed for their other routes.
"""

__all__ = ["DATES", "PATHS"]

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
    "users": ("/settings/v3/users", *_dated("/settings/users/{version}")),
    "tokens": _dated("/oauth/{version}/token", ("v1", "v3", *SINCE_2026)),
    "token-checks": _dated("/oauth/{version}/token", ("v3", *SINCE_2026)),
}
