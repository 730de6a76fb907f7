"""Faults of the body: not JSON, not this JSON, or not as it is labelled."""

from fake_hubspot.faults.bodies.byte_order_mark import ByteOrderMark
from fake_hubspot.faults.bodies.deep_json import DeepJson
from fake_hubspot.faults.bodies.duplicate_keys import DuplicateKeys
from fake_hubspot.faults.bodies.empty_body import EmptyBody
from fake_hubspot.faults.bodies.error_with_200 import ErrorWith200
from fake_hubspot.faults.bodies.extra_json import ExtraJson
from fake_hubspot.faults.bodies.html_with_200 import HtmlWith200
from fake_hubspot.faults.bodies.invalid_json import InvalidJson
from fake_hubspot.faults.bodies.invalid_utf8 import InvalidUtf8
from fake_hubspot.faults.bodies.no_content import NoContent
from fake_hubspot.faults.bodies.not_a_number import NotANumber
from fake_hubspot.faults.bodies.oversized_header import OversizedHeader
from fake_hubspot.faults.bodies.truncated_json import TruncatedJson
from fake_hubspot.faults.bodies.wrong_charset import WrongCharset
from fake_hubspot.faults.bodies.wrong_content_type import WrongContentType
from fake_hubspot.faults.bodies.wrong_shape import WrongShape

__all__ = ["FAULTS"]

FAULTS = (
    ByteOrderMark,
    DeepJson,
    DuplicateKeys,
    EmptyBody,
    ErrorWith200,
    ExtraJson,
    HtmlWith200,
    InvalidJson,
    InvalidUtf8,
    NoContent,
    NotANumber,
    OversizedHeader,
    TruncatedJson,
    WrongCharset,
    WrongContentType,
    WrongShape,
)
