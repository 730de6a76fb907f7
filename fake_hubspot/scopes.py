"""Which scope a request needs. Source: docs (scopes); which routes name which is inferred."""

from fake_hubspot.context import RequestContext

__all__ = ["OWNERS_READ", "RECORDS_READ", "RECORDS_WRITE", "USERS_READ", "USERS_WRITE", "needed_scope"]

RECORDS_READ = "crm.objects.{family}.read"
RECORDS_WRITE = "crm.objects.{family}.write"
OWNERS_READ = "crm.objects.owners.read"
USERS_READ = "settings.users.read"
USERS_WRITE = "settings.users.write"


def needed_scope(context: RequestContext) -> str | None:
    """Return the scope that the request needs, None if any token will do."""
    scope = context.route.scope if context.route is not None else ""
    if "{family}" not in scope:
        return scope or None
    object_type = context.portal.types.find(context.params.get("objectType", ""))
    if object_type is None:
        return None
    return scope.format(family="custom" if object_type.is_custom else object_type.plural)
