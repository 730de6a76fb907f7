"""gunicorn, started from a program and not from its command line."""

import threading
from pathlib import Path
from typing import Any, cast

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from service.app import create_app
from service.settings import Settings

__all__ = ["Server"]

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file; in memory, so the image can be read-only
_LAST_WORDS_S = 2  # what a pull has to break off and say so, once its grace is over


class _ServerLog(Logger):
    """gunicorn's own lines, through the same handlers as everything else. No access log: each pull has its own line."""

    def setup(self, cfg: Any) -> None:
        """Let the lines travel up to the root logger."""
        self.cfg = cfg
        self.error_log.propagate = True
        self._access_log_enabled = False


class _Worker(ThreadWorker):
    """Threads that let running pulls finish for a while after SIGTERM, and then break them off."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM."""
        super().handle_exit(sig, frame)
        timer = threading.Timer(self.cfg.graceful_timeout - _LAST_WORDS_S, cast(Server, self.app).stopping.set)
        timer.daemon = True
        timer.start()


class Server(BaseApplication):
    """The connector under gunicorn: one process, threads. `run()` serves until a signal ends it.

    Attributes:
        stopping: Set, in the worker, when running pulls have to break off.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.stopping = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its configuration."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, in the worker process."""
        return create_app(self._settings, stopping=self.stopping)

    def _options(self) -> dict[str, object]:
        return {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": _Worker,
            "workers": 1,
            "threads": self._settings.threads,
            "graceful_timeout": self._settings.grace_s + _LAST_WORDS_S,
            "logger_class": _ServerLog,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_DISK) if _MEMORY_DISK.is_dir() else None,
        }
