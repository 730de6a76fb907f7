"""gunicorn, configured by the settings instead of its command line."""

import threading
from pathlib import Path
from typing import Any, cast

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from service.app import create_app
from service.settings import Settings

__all__ = ["GunicornServer"]

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - for gunicorn's heartbeat file, so that the image can be read-only
_ABORT_TIME_S = 2  # for pulls to abort and to log it, after their grace period


class _ServerLog(Logger):
    """Sends gunicorn's log lines to the root logger. There is no access log, because each pull logs one line."""

    def setup(self, cfg: Any) -> None:
        """Let log records propagate to the root logger."""
        self.cfg = cfg
        self.error_log.propagate = True
        self._access_log_enabled = False


class _Worker(ThreadWorker):
    """Lets running pulls finish during a grace period after SIGTERM, and then aborts them."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Handle SIGTERM."""
        super().handle_exit(sig, frame)
        timer = threading.Timer(self.cfg.graceful_timeout - _ABORT_TIME_S, cast(GunicornServer, self.app).stopping.set)
        timer.daemon = True
        timer.start()


class GunicornServer(BaseApplication):
    """The connector under gunicorn: one worker process with threads. `run()` serves until a signal ends it.

    Attributes:
        stopping: Set, in the worker process, when running pulls have to be aborted.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.stopping = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        """Configure gunicorn."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Create the application, in the worker process."""
        return create_app(self._settings, stopping=self.stopping)

    def _options(self) -> dict[str, object]:
        return {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": _Worker,
            "workers": 1,
            "threads": self._settings.threads,
            "graceful_timeout": self._settings.grace_s + _ABORT_TIME_S,
            "logger_class": _ServerLog,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_DISK) if _MEMORY_DISK.is_dir() else None,
        }
