"""Options for pytest inside a test: without the plugins that no such run uses, and that take half a second to load."""

__all__ = ["LIGHT"]

LIGHT = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:schemathesis",
    "-p",
    "no:hypothesispytest",
    "-p",
    "no:anyio",
    "-p",
    "no:docker",
)
