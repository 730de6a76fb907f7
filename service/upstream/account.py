"""A HubSpot account: everything that all pulls share."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

from service.downstream import DownstreamClient, PatientDownstreamClient
from service.metrics import NoMetrics, PullMetrics
from service.settings import Settings
from service.upstream.auth import Anonymous, Credentials, credentials_for
from service.upstream.client import Client
from service.upstream.connection import Connection, tls_context
from service.upstream.large_bodies import LargeBodies
from service.upstream.messages import Request, Response
from service.upstream.pending_set import PendingSet
from service.upstream.quota import Quota
from service.upstream.retry_policy import RetryPolicy

__all__ = ["HubSpotAccount", "PullClients"]


class PullClients:
    """The clients of one pull.

    Args:
        create: Creates a client with the given retry policy.
        retry_policy: Shared by all of them.
        create_set: See the attribute.

    Attributes:
        primary: Walks through the pages.
        secondary: Completes pages, so that the next page can travel on the primary connection meanwhile.
        create_set: Creates an empty set for results that are under way on several clients.
    """

    def __init__(
        self,
        create: Callable[[RetryPolicy], Client],
        retry_policy: RetryPolicy,
        create_set: Callable[[], PendingSet[Any]],
    ) -> None:
        self._create = create
        self._retry_policy = retry_policy
        self._others: list[Client] = []
        self.primary = create(retry_policy)
        self.secondary = create(retry_policy)
        self.create_set = create_set

    def side_by_side(self, count: int) -> list[Client]:
        """Return so many clients that walk through the pages, the primary one first. Each connects when it is used."""
        while len(self._others) < count - 1:
            self._others.append(self._create(self._retry_policy))
        return [self.primary, *self._others[: count - 1]]

    @property
    def retry_count(self) -> int:
        """How many requests were retried so far."""
        return self._retry_policy.retry_count

    def response_started(self) -> None:
        """Allow all retries: from now on, giving up means to abort the response."""
        self._retry_policy.response_started()

    def close(self) -> None:
        """Close the connections."""
        for client in (self.primary, self.secondary, *self._others):
            client.close()


class HubSpotAccount:
    """Creates clients that share credentials, rate limits and the TLS context.

    Args:
        settings: Where HubSpot is, how to authenticate, and how patient to be.
        metrics: Counts responses and retries.
        clock: A monotonic clock.
        jitter: Returns a random number from 0 to 1.
        default_downstream: Creates the downstream client if none is given.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        metrics: PullMetrics | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        default_downstream: Callable[[], DownstreamClient] = PatientDownstreamClient,
    ) -> None:
        self.settings = settings
        self._metrics = metrics or NoMetrics()
        self._clock = clock
        self._jitter = jitter
        self._default_downstream = default_downstream
        self._tls = cache(tls_context)
        self._large_bodies = LargeBodies()
        self._quota = Quota(
            searches_per_s=settings.searches_per_s,
            percent=settings.quota_percent,
            max_pause_s=settings.retry_budget_s,
            clock=clock,
        )
        self._credentials = credentials_for(settings, self._fetch_anonymously, clock=clock)

    def pull_clients(self, downstream: DownstreamClient | None = None) -> PullClients:
        """Create the clients of one pull."""
        downstream = downstream or self._default_downstream()
        return PullClients(
            lambda policy: self._client(downstream, policy, self._credentials),
            self._retry_policy(retries=self.settings.retries),
            partial(PendingSet, downstream, clock=self._clock),
        )

    def hasty_client(self, *, limit_s: float) -> Client:
        """Create a client that retries nothing and does not wait longer than the limit for a response."""
        hasty = replace(
            self.settings,
            read_timeout_s=min(limit_s, self.settings.read_timeout_s),
            transfer_timeout_s=min(limit_s, self.settings.transfer_timeout_s),
        )
        retry_policy = self._retry_policy(retries=0, budget_s=limit_s)
        return self._client(self._default_downstream(), retry_policy, self._credentials, hasty)

    def _client(
        self,
        downstream: DownstreamClient,
        retry_policy: RetryPolicy,
        credentials: Credentials,
        settings: Settings | None = None,
    ) -> Client:
        settings = settings or self.settings
        return Client(
            Connection(
                settings.hubspot_base_url,
                timeout_s=settings.read_timeout_s,
                transfer_timeout_s=settings.transfer_timeout_s,
                max_body_bytes=settings.max_body_mb * 2**20,
                large_bodies=self._large_bodies,
                proxy=settings.proxy,
                tls=self._tls,
                clock=self._clock,
            ),
            credentials=credentials,
            quota=self._quota,
            retry_policy=retry_policy,
            metrics=self._metrics,
            downstream=downstream,
            clock=self._clock,
        )

    def _retry_policy(self, *, retries: int, budget_s: float = math.inf) -> RetryPolicy:
        return RetryPolicy(
            retries=retries,
            budget_s=min(budget_s, self.settings.retry_budget_s),
            jitter=lambda: self._jitter() * self.settings.retry_jitter,
            on_retry=self._metrics.request_retried,
        )

    def _fetch_anonymously(self, request: Request) -> Response:
        """Fetch a token. The request that needs it has retries of its own, which would multiply with others here."""
        client = self._client(self._default_downstream(), self._retry_policy(retries=0), Anonymous(self.settings))
        try:
            return client.request(request)
        finally:
            client.close()
