"""How a `system:microservice` runs: as a local process, in a container, or at a URL where it already runs."""

from fake_sesam.microservice.container import Container
from fake_sesam.microservice.process import LocalProcess
from fake_sesam.microservice.runner import Runner
from fake_sesam.microservice.url import GivenUrl

__all__ = ["Container", "GivenUrl", "LocalProcess", "Runner"]
