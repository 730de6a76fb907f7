"""gunicorn, started from a program and not from its command line."""

import logging
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from service.app import create_app
from service.settings import Settings

__all__ = ["Server", "configure_logging"]

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file; in memory, so the image can be read-only
_GRACEFUL_TIMEOUT_S = 8  # Docker kills ten seconds after SIGTERM


def configure_logging() -> None:
    """Send every line to stdout. Time stamps are there for people; Sesam's own log view adds another."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )


class _ServerLog(Logger):
    """gunicorn's own lines, through the same handlers as everything else. No access log: each pull has its own line."""

    def setup(self, cfg: Any) -> None:
        """Let the lines travel up to the root logger."""
        self.cfg = cfg
        self.error_log.propagate = True
        self._access_log_enabled = False


class Server(BaseApplication):
    """The connector under gunicorn: one process, threads. `run()` serves until a signal ends it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its configuration."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, in the worker process."""
        return create_app(self._settings)

    def _options(self) -> dict[str, object]:
        return {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._settings.threads,
            "graceful_timeout": _GRACEFUL_TIMEOUT_S,
            "logger_class": _ServerLog,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_DISK) if _MEMORY_DISK.is_dir() else None,
        }
