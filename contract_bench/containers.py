"""The public name of the testcontainers classes in `contract_bench.roles.containers`. Needs the extra `[test]`."""

from contract_bench.roles.containers import (
    ConnectorContainer,
    ContainerStartError,
    FakeHubSpotContainer,
    FakeSesamContainer,
    ProxyContainer,
    RoleContainer,
)
from contract_bench.roles.leftovers import owner_labels

__all__ = [
    "ConnectorContainer",
    "ContainerStartError",
    "FakeHubSpotContainer",
    "FakeSesamContainer",
    "ProxyContainer",
    "RoleContainer",
    "owner_labels",
]
