"""Every route of the families besides records."""

import msgspec

from fake_hubspot.context import Handler, RequestContext, Response, Route
from fake_hubspot.crm.families import (
    campaigns,
    deal_splits,
    documents,
    emails,
    event_journal,
    exports,
    files,
    imports,
    limits,
    marketing_events,
    occurrences,
    simple,
    submissions,
    subscriptions,
    timeline,
)
from fake_hubspot.crm.families.collection import existing
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["family_routes"]

# Parameters of paths that are decimal ids of what the account does not keep: any number is accepted.
NUMBERS = ("appId", "contactId", "definitionId", "listId", "marketingEventId", "userId")

FAMILIES = (
    files,
    imports,
    exports,
    simple,
    submissions,
    campaigns,
    emails,
    subscriptions,
    occurrences,
    timeline,
    marketing_events,
    limits,
    documents,
    event_journal,
    deal_splits,
)


def family_routes() -> list[Route]:
    """Return the routes of all of them."""
    return [_with_checked_ids(route) for family in FAMILIES for route in family.routes()]


def _with_checked_ids(route: Route) -> Route:
    """Make a route answer 404 to ids that cannot be, and below campaigns that are not there. Source: assumed."""
    names = route.template.split("/")
    numbers = [at for at, name in enumerate(names) if name.strip("{}") in NUMBERS and name.startswith("{")]
    has_campaign = "{campaignGuid}/" in route.template
    if not numbers and not has_campaign:
        return route

    def respond(context: RequestContext, *, handler: Handler = route.handler) -> Response:
        # By place: routes that share a path may name its parameters differently.
        values = context.request.path.split("/")
        if any(parse_id(values[at]) is None for at in numbers):
            raise resource_not_found()
        if has_campaign:
            existing(context, "campaigns", context.params["campaignGuid"])
        return handler(context)

    return msgspec.structs.replace(route, handler=respond)
