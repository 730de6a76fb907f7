"""gunicorn, configured by the settings instead of its command line."""

import errno
import socket
import threading
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from service.app import create_app
from service.settings import Settings
from service.worker import ABORT_TIME_S, MAX_CONNECTIONS_WITHOUT_PULL, Worker, in_pieces

__all__ = ["GunicornServer", "why_not_listening"]

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - for gunicorn's heartbeat file, so that the image can be read-only


def why_not_listening(settings: Settings) -> str | None:
    """Return why nothing can listen at the address of the settings, None if something can.

    gunicorn would try five times, and say it ten times.
    """
    address = (settings.host, settings.port)
    where = f"{settings.host}:{settings.port}"
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"cannot listen on {where}: another program does already. Stop it, or set PORT to another number"
        return f"cannot listen on {where}: {error.strerror or error}. Correct HOST or PORT"
    return None


class _ServerLog(Logger):
    """Sends gunicorn's log lines to the root logger. There is no access log, because each pull logs one line."""

    def setup(self, cfg: Any) -> None:
        """Let log records propagate to the root logger."""
        self.cfg = cfg
        self.error_log.propagate = True
        self._access_log_enabled = False


class GunicornServer(BaseApplication):
    """The connector under gunicorn: one worker process with threads. `run()` serves until a signal ends it.

    Attributes:
        settings: What it was created with.
        stopping: Set, in the worker process, when running pulls have to be aborted.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stopping = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        """Configure gunicorn."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Create the application, in the worker process."""
        return in_pieces(create_app(self.settings, stopping=self.stopping))

    def _options(self) -> dict[str, object]:
        settings = self.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return {
            "bind": f"{host}:{settings.port}",
            "worker_class": Worker,
            "workers": 1,
            "threads": settings.threads,
            "worker_connections": settings.threads + MAX_CONNECTIONS_WITHOUT_PULL,
            "graceful_timeout": settings.grace_s + ABORT_TIME_S,
            "logger_class": _ServerLog,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_DISK) if _MEMORY_DISK.is_dir() else None,
        }
