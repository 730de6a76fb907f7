"""Faults that answer with a status other than 200."""

from fake_hubspot.faults.answers.bad_gateway import BadGateway
from fake_hubspot.faults.answers.bad_request import BadRequest
from fake_hubspot.faults.answers.cloudflare_ban import CloudflareBan
from fake_hubspot.faults.answers.cloudflare_error import CloudflareError
from fake_hubspot.faults.answers.conflict import Conflict
from fake_hubspot.faults.answers.gateway_timeout import GatewayTimeout
from fake_hubspot.faults.answers.locked import Locked
from fake_hubspot.faults.answers.method_not_allowed import MethodNotAllowed
from fake_hubspot.faults.answers.migration import Migration
from fake_hubspot.faults.answers.missing_scopes import MissingScopes
from fake_hubspot.faults.answers.not_found import NotFound
from fake_hubspot.faults.answers.rate_limit_daily import RateLimitDaily
from fake_hubspot.faults.answers.rate_limit_secondly import RateLimitSecondly
from fake_hubspot.faults.answers.rate_limit_ten_secondly import RateLimitTenSecondly
from fake_hubspot.faults.answers.redirect import Redirect
from fake_hubspot.faults.answers.server_error import ServerError
from fake_hubspot.faults.answers.service_unavailable import ServiceUnavailable
from fake_hubspot.faults.answers.status import Status
from fake_hubspot.faults.answers.token_expired import TokenExpired
from fake_hubspot.faults.answers.unauthorized import Unauthorized
from fake_hubspot.faults.answers.unsupported_media_type import UnsupportedMediaType
from fake_hubspot.faults.answers.uri_too_long import UriTooLong

__all__ = ["FAULTS"]

FAULTS = (
    BadGateway,
    BadRequest,
    CloudflareBan,
    CloudflareError,
    Conflict,
    GatewayTimeout,
    Locked,
    MethodNotAllowed,
    Migration,
    MissingScopes,
    NotFound,
    RateLimitDaily,
    RateLimitSecondly,
    RateLimitTenSecondly,
    Redirect,
    ServerError,
    ServiceUnavailable,
    Status,
    TokenExpired,
    Unauthorized,
    UnsupportedMediaType,
    UriTooLong,
)
