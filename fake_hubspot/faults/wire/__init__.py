"""Faults of the connection: bytes, time, FIN and RST."""

from fake_hubspot.faults.wire.bad_gzip import BadGzip
from fake_hubspot.faults.wire.bad_status_line import BadStatusLine
from fake_hubspot.faults.wire.bandwidth import Bandwidth
from fake_hubspot.faults.wire.close_in_body import CloseInBody
from fake_hubspot.faults.wire.connection_reset import ConnectionReset
from fake_hubspot.faults.wire.content_length_long import ContentLengthLong
from fake_hubspot.faults.wire.content_length_short import ContentLengthShort
from fake_hubspot.faults.wire.cut_chunk import CutChunk
from fake_hubspot.faults.wire.dribble import Dribble
from fake_hubspot.faults.wire.empty_response import EmptyResponse
from fake_hubspot.faults.wire.gzip_checksum import GzipChecksum
from fake_hubspot.faults.wire.latency import Latency
from fake_hubspot.faults.wire.limit_data import LimitData
from fake_hubspot.faults.wire.malformed_chunk import MalformedChunk
from fake_hubspot.faults.wire.missing_last_chunk import MissingLastChunk
from fake_hubspot.faults.wire.random_data import RandomData
from fake_hubspot.faults.wire.reset_in_body import ResetInBody
from fake_hubspot.faults.wire.slicer import Slicer
from fake_hubspot.faults.wire.slow_close import SlowClose
from fake_hubspot.faults.wire.slow_headers import SlowHeaders
from fake_hubspot.faults.wire.stall import Stall
from fake_hubspot.faults.wire.timeout import Timeout
from fake_hubspot.faults.wire.truncated_gzip import TruncatedGzip
from fake_hubspot.faults.wire.unmarked_cut import UnmarkedCut

__all__ = ["FAULTS"]

FAULTS = (
    BadGzip,
    BadStatusLine,
    Bandwidth,
    CloseInBody,
    ConnectionReset,
    ContentLengthLong,
    ContentLengthShort,
    CutChunk,
    Dribble,
    EmptyResponse,
    GzipChecksum,
    Latency,
    LimitData,
    MalformedChunk,
    MissingLastChunk,
    RandomData,
    ResetInBody,
    Slicer,
    SlowClose,
    SlowHeaders,
    Stall,
    Timeout,
    TruncatedGzip,
    UnmarkedCut,
)
