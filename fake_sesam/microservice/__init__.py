"""How a ``system:microservice`` runs: as a local process, or at an address that somebody else looks after."""

from fake_sesam.microservice.process import LocalProcess
from fake_sesam.microservice.runner import Runner
from fake_sesam.microservice.url import GivenUrl

__all__ = ["GivenUrl", "LocalProcess", "Runner"]
