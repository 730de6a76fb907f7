"""Looks at the bytes of a JSON body before the parser gets them, for what the parser would crash on or change. Pure.

The parser (ijson with yajl) ends the process at an integer with more digits than Python converts, needs memory that
grows with the square of the depth, and turns half a surrogate pair into a question mark. Only strings, brackets and
digits are looked at here; what is not JSON is left to the parser.

Source: reader (ICRAR/ijson#153; limits of Python's `int` and of yajl). Assumed: the limits.
"""

import re
from array import array
from itertools import accumulate

from bench_core.json_text import MAX_DEPTH, NOT_STRUCTURE, TO_STEP
from fake_sesam.errors import ReadError

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "BodyScan", "has_long_digits"]

MAX_DIGITS = 4300
_DIGITS = b"0123456789"
_STRIDE = 250
_SAMPLE = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS // _STRIDE - 1))
_LONG_NUMBER = re.compile(rb"[0-9]{%d,}" % (MAX_DIGITS + 1))
_STRING = re.compile(rb'"[^"]*"')
_HALF_PAIR = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])"
)
_UNFINISHED = re.compile(rb"(?:\\u[dD][89abAB][0-9a-fA-F]{2})?(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z")
_LONGEST_UNFINISHED = 11


class BodyScan:
    """Scans a body chunk by chunk; it keeps a few bytes and three numbers between the chunks."""

    def __init__(self) -> None:
        self._carry = b""
        self._digits = 0
        self._depth = 0
        self._in_string = False

    def scan(self, chunk: bytes) -> None:
        """Look at the next chunk.

        Raises:
            ReadError: The chunk has what the parser cannot take as it came.
        """
        self._scan_numbers(chunk)
        text = self._without_escapes(self._carry + chunk)
        structure = text.translate(None, NOT_STRUCTURE)
        self._scan_depth(structure)
        self._in_string ^= structure.count(b'"') % 2 == 1

    def _without_escapes(self, text: bytes) -> bytes:
        """Return a text without the escapes in its strings; one that is not finished is kept for the next chunk."""
        if b"\\" not in text:
            return text
        plain = text.replace(rb"\\", b"__")
        unfinished = _UNFINISHED.search(plain, max(0, len(plain) - _LONGEST_UNFINISHED))
        end = unfinished.start() if unfinished else len(plain)
        self._carry, plain = plain[end:], plain[:end]
        if _HALF_PAIR.search(plain):
            reason = r"an escape is half of a surrogate pair, such as \udc00 alone"
            raise ReadError(f"the body cannot be read: {reason}", error_code=1)
        return plain.replace(rb"\"", b"__")

    def _scan_depth(self, structure: bytes) -> None:
        quoted = (b'"' + structure if self._in_string else structure).replace(b'""', b"")  # strings without brackets
        steps = array("b", _STRING.sub(b"", quoted).partition(b'"')[0].translate(TO_STEP))
        if max(accumulate(steps, initial=self._depth)) > MAX_DEPTH:
            raise ReadError(f"the body cannot be read: it is nested more than {MAX_DEPTH} levels deep", error_code=1)
        self._depth += sum(steps)

    def _scan_numbers(self, chunk: bytes) -> None:
        self._scan_number_across_chunks(chunk)
        if has_long_digits(chunk):
            for match in _LONG_NUMBER.finditer(chunk):
                if not self._is_in_string(chunk[: match.start()]):
                    raise _long_number()

    def _scan_number_across_chunks(self, chunk: bytes) -> None:
        trailing = len(chunk) - len(chunk.rstrip(_DIGITS))
        if not self._digits:
            self._digits = trailing
            return
        leading = len(chunk) - len(chunk.lstrip(_DIGITS))
        if self._digits + leading > MAX_DIGITS and not self._in_string:
            raise _long_number()
        self._digits = self._digits + trailing if trailing == len(chunk) else trailing

    def _is_in_string(self, before: bytes) -> bool:
        """Whether a string is open after the bytes `before` of this chunk."""
        text = (self._carry + before).replace(rb"\\", b"").replace(rb"\"", b"")
        return self._in_string ^ (text.count(b'"') % 2 == 1)


def has_long_digits(text: bytes) -> bool:
    """Return whether a text may have so many digits in a row that they are too many; only every 250th is looked at."""
    return len(text) > MAX_DIGITS and _SAMPLE.search(text[::_STRIDE]) is not None


def _long_number() -> ReadError:
    message = f"a number has more than {MAX_DIGITS:,} digits; send it as a string"
    return ReadError(f"the body cannot be read: {message}", error_code=1)
