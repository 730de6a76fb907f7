"""HubSpot over HTTP: one request, one answer, every failure an `UpstreamError`. It keeps no state about a walk."""

import re
from collections.abc import Mapping

import msgspec
import urllib3

from service.errors import UpstreamError
from service.settings import Settings

__all__ = ["HubSpot"]

_CONNECT_TIMEOUT_S = 10.0
_READ_TIMEOUT_S = 110.0  # Cloudflare gives up on HubSpot after 100 s with a 524, which says more than a timeout here
_EMAIL = re.compile(r"[^\s\"'<>(),;:\[\]{}]+@[^\s\"'<>(),;:\[\]{}]+")
_MESSAGE_LENGTH = 300


class HubSpot:
    """The account the settings name.

    It takes no proxy or credentials from the environment, follows no redirect and retries nothing by itself.
    """

    def __init__(self, settings: Settings, *, pool: urllib3.PoolManager | None = None) -> None:
        self._settings = settings
        self._pool = pool or urllib3.PoolManager(
            maxsize=settings.threads, timeout=urllib3.Timeout(connect=_CONNECT_TIMEOUT_S, read=_READ_TIMEOUT_S)
        )
        self._headers = {
            "Authorization": f"Bearer {settings.hubspot_api_key}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "contract-bench-service",
        }

    def list_page(self, object_type: str, after: str | None) -> bytes:
        """Fetch one page of a CRM list and return its body as it came.

        Raises:
            UpstreamError: No answer, a status other than 200, or a body cut short.
        """
        query = f"limit={self._settings.page_size}" + ("" if after is None else f"&after={after}")
        return self._get(f"/crm/v3/objects/{object_type}?{query}")

    def _get(self, target: str) -> bytes:
        path = target.partition("?")[0]
        try:
            reply = self._pool.request(
                "GET", self._settings.hubspot_base_url + target, headers=self._headers, redirect=False, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise _no_answer(path, error) from None
        if reply.status != 200:
            raise _refusal(path, reply.status, reply.headers, reply.data, secret=self._settings.hubspot_api_key)
        return reply.data


def _no_answer(path: str, error: urllib3.exceptions.HTTPError) -> UpstreamError:
    refused = isinstance(error, urllib3.exceptions.NewConnectionError)  # a subclass of the time-outs, yet none
    if isinstance(error, urllib3.exceptions.TimeoutError) and not refused:
        return UpstreamError(f"HubSpot did not answer GET {path} in time.", kind="upstream-timeout", answer_status=504)
    what = type(error).__name__
    return UpstreamError(
        f"GET {path} brought no complete answer from HubSpot ({what}). Check the base URL and the network.",
        kind="upstream-connection",
    )


def _refusal(path: str, status: int, headers: Mapping[str, str], body: bytes, *, secret: str) -> UpstreamError:
    envelope = _error_envelope(body)
    message = _clean(envelope.get("message"), secret=secret)
    correlation_id = _clean(envelope.get("correlationId") or headers.get("X-HubSpot-Correlation-Id"), secret=secret)
    said = f": {message}" if message else f" with a body of type {headers.get('Content-Type', 'unknown')[:60]}."
    return UpstreamError(
        f"HubSpot answered {status} to GET {path}{said}",
        kind="upstream-status",
        status=status,
        hubspot_message=message,
        correlation_id=correlation_id,
        answer_status=503 if status == 429 else 502,
    )


def _error_envelope(body: bytes) -> dict[str, object]:
    """HubSpot's error body, empty where it is not JSON: a missing record, 414 and most 5xx come as HTML."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except ValueError:
        return {}


def _clean(text: object, *, secret: str) -> str | None:
    """Make a text of HubSpot's fit for logs: one line, short, without the token and without e-mail addresses."""
    if not isinstance(text, str) or not text:
        return None
    line = " ".join(text.replace(secret, "***").split())
    return _EMAIL.sub("<e-mail>", line)[:_MESSAGE_LENGTH]
