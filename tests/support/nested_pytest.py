"""Options for pytest inside a test: without the plugins that no such run uses, and that take half a second to load."""

from fake_hubspot import catalogue

__all__ = ["LIGHT"]

# `pytester` undoes the imports of a run in this process, but not that the faults have registered themselves: they would
# be registered twice. So they are imported before.
catalogue()

WITHOUT = ("cacheprovider", "schemathesis", "hypothesispytest", "anyio", "docker")
LIGHT = tuple(word for name in WITHOUT for word in ("-p", f"no:{name}"))
