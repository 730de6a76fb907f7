"""The errors of the fake that have nothing to do with HTTP.

CoreError (`bench_core.errors`)
├── UsageError            a mistake of the person who starts or controls the fake
│   ├── NotFoundError     something that the control API was asked for does not exist
│   │   └── UnknownPortalError
│   ├── SeedError         a seed file that cannot be read or holds no records
│   └── UnknownScenarioError
└── FakeHubSpotError
    ├── PortalError       a rule of the account that a request breaks (`fake_hubspot.portal.errors`)
    └── HubSpotError      an error response of HubSpot (`fake_hubspot.http_errors`)
"""

from collections.abc import Iterable

from bench_core.errors import CoreError, NotFoundError, UsageError
from bench_core.names import no_such

__all__ = [
    "CoreError",
    "FakeHubSpotError",
    "NotFoundError",
    "SeedError",
    "UnknownPortalError",
    "UnknownScenarioError",
    "UsageError",
]


class FakeHubSpotError(CoreError):
    """The base of what HubSpot would refuse."""


class SeedError(UsageError):
    """A seed file that cannot be used.

    Attributes:
        path: The file.
        problem: What was found.
        remedy: What to do about it.
    """

    def __init__(self, path: str, *, problem: str, remedy: str) -> None:
        end = "" if problem.endswith("?") else "."
        super().__init__(f"cannot seed from {path}: {problem}{end} {remedy}".rstrip())
        self.path = path
        self.problem = problem
        self.remedy = remedy


class UnknownScenarioError(UsageError):
    """A scenario that does not exist."""

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(no_such("scenario", name, self.known, listed_by="fake-hubspot scenarios"))


class UnknownPortalError(NotFoundError):
    """A portal that this server does not have."""

    def __init__(self, portal: str) -> None:
        super().__init__(f"there is no portal {portal[:50]}; GET /_fake/portals lists them, POST makes one")
        self.portal = portal
