"""Which scope a call needs. Pure. Source: docs (scopes); which routes name which is inferred."""

from fake_hubspot.context import RequestContext

__all__ = ["needed_scope"]

READING = frozenset({"objects.search", "objects.batch.read"})


def needed_scope(context: RequestContext) -> str | None:
    """The scope that the call needs, None where any token will do."""
    route = context.route
    if route is None or not route.name.startswith("objects."):
        return "crm.objects.owners.read" if route is not None and route.name.startswith("owners.") else None
    object_type = context.portal.types.get(context.params.get("objectType", ""))
    if object_type is None:
        return None
    family = "custom" if object_type.is_custom else object_type.plural
    verb = "read" if route.method == "GET" or route.name in READING else "write"
    return f"crm.objects.{family}.{verb}"
