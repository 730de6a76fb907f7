"""The errors that the fakes and the tools have in common.

CoreError
├── UsageError            a mistake of the person who starts or controls a server
│   └── NotFoundError     something that a control API was asked for does not exist
└── ConnectionGoneError   the client disconnected, or the server stopped (`bench_core.wire`)
"""

__all__ = ["CoreError", "NotFoundError", "UsageError"]


class CoreError(Exception):
    """The base of the errors that the servers of this repository raise on purpose."""


class UsageError(CoreError):
    """A mistake that the person who starts or controls a server can put right."""


class NotFoundError(UsageError):
    """Something that the control API was asked for does not exist."""
