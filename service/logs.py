"""Log lines on standard output, as text or as JSON.

Texts from outside reach the log through these formatters only, so this is the place where control characters become
escapes and secrets become `***`.
"""

import json
import logging
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

__all__ = ["JsonFormatter", "TextFormatter", "configure_logging"]

# Control characters, line and paragraph separators, changes of the writing direction, and halves of characters.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MIN_SECRET_LENGTH = 4  # shorter ones would mask parts of ordinary words
_UNSAFE_IN_TRACEBACK = re.compile(f"(?!\n){_UNSAFE.pattern}")


def _escape(match: "re.Match[str]") -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _figures(record: logging.LogRecord) -> dict[str, object]:
    """Return the figures that a record has besides its message."""
    figures: dict[str, object] = getattr(record, "figures", {})
    return figures


class _SafeFormatter(logging.Formatter):
    """Cleans texts.

    Args:
        secrets: Strings that no line may contain.
    """

    def __init__(self, fmt: str | None = None, *, secrets: Sequence[str] = ()) -> None:
        super().__init__(fmt)
        self._secrets = sorted((text for text in secrets if len(text) >= _MIN_SECRET_LENGTH), key=len, reverse=True)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Format a traceback. Its lines are indented, so that no text from outside looks like a line of the log."""
        text = super().formatException(ei)  # type: ignore[arg-type]
        lines = _UNSAFE_IN_TRACEBACK.sub(_escape, self._masked(text)).splitlines()
        return "\n".join(f"  {line}" for line in lines)

    def _clean(self, text: str) -> str:
        return _UNSAFE.sub(_escape, self._masked(text))

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class TextFormatter(_SafeFormatter):
    """`2026-03-09 12:00:00,123 INFO service.pull Importing 250 contacts to Sesam entities=250 pages=3 ...`."""

    def __init__(self, *, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", secrets=secrets)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Add the figures to the line."""
        figures = (f"{name}={value}" for name, value in _figures(record).items())
        return self._clean(" ".join([super().formatMessage(record), *figures]))


class JsonFormatter(_SafeFormatter):
    """One JSON object per line.

    Shape: `{"time": "2026-03-09T12:00:00.123+00:00", "level", "logger", "message", <figures>, "traceback"?}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format the record as one line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": time,
            "level": record.levelname,
            "logger": record.name,
            "message": self._clean(record.getMessage()),
        }
        for name, value in _figures(record).items():
            line[name] = self._clean(value) if isinstance(value, str) else value
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(log_format: str, level: str, *, secrets: Sequence[str] = ()) -> None:
    """Send every log line of the process to standard output.

    Args:
        log_format: `text` or `json`.
        level: The lowest level that is logged.
        secrets: Strings that no line may contain.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(secrets=secrets) if log_format == "json" else TextFormatter(secrets=secrets))
    logging.basicConfig(handlers=[handler], level=level, force=True)
