"""Whether HubSpot answers, checked in the background so that no probe waits for it for long."""

import threading
import time
from collections.abc import Callable

from service.errors import ServiceError, UpstreamError

__all__ = ["Readiness"]

_FRESH_S = 10.0
_USABLE_S = 60.0
_WAIT_S = 1.0


class Readiness:
    """The outcome of the last check.

    One check runs at a time, in a thread of its own. The probe that starts it waits a second for it. Every other probe
    gets the last outcome at once, if there is one that is not too old.

    Args:
        query: Asks HubSpot. Raises UpstreamError if it does not answer, or not with success.
        limit_s: The longest time of a check. After it, HubSpot counts as not answering.
        clock: A monotonic clock.
    """

    def __init__(
        self, query: Callable[[], None], *, limit_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._query = query
        self._limit_s = limit_s
        self._clock = clock
        self._lock = threading.Lock()
        self._started_s: float | None = None
        self._checked_s = float("-inf")
        self._error: UpstreamError | None = None

    def check(self) -> None:
        """Start a check, unless the last outcome is recent or a check is running.

        Raises:
            UpstreamError: HubSpot did not answer, or did not accept the request, or this is not known yet.
        """
        with self._lock:
            is_due = self._started_s is None and self._clock() >= self._checked_s + _FRESH_S
            if is_due:
                self._started_s = self._clock()
        if is_due:
            thread = threading.Thread(target=self._run, name="readiness", daemon=True)
            thread.start()
            thread.join(_WAIT_S)
        error = self._outcome()
        if error is not None:
            raise error

    def _outcome(self) -> UpstreamError | None:
        with self._lock:
            now = self._clock()
            if self._started_s is not None and now >= self._started_s + self._limit_s:
                return _not_ready(f"HubSpot has not answered for {self._limit_s:g} seconds.", kind="upstream-timeout")
            if now >= self._checked_s + _USABLE_S:
                return _not_ready("HubSpot has been asked and has not answered yet.", kind="not-checked")
            return self._error

    def _run(self) -> None:
        error = self._ask()
        with self._lock:
            self._error, self._checked_s, self._started_s = error, self._clock(), None

    def _ask(self) -> UpstreamError | None:
        try:
            self._query()
        except UpstreamError as error:
            error.response_status = 503
            return error
        except ServiceError as error:
            return _not_ready(error.message, kind=error.kind)
        except Exception as error:
            return _not_ready(f"The check failed: {type(error).__name__}.", kind="internal-error")
        return None


def _not_ready(message: str, *, kind: str) -> UpstreamError:
    return UpstreamError(message, kind=kind, response_status=503)
