"""Log lines on standard output, as text or as JSON."""

import json
import logging
import sys
from datetime import UTC, datetime

__all__ = ["JsonFormatter", "TextFormatter", "configure_logging"]


def _figures(record: logging.LogRecord) -> dict[str, object]:
    """Return the figures that a record has besides its message."""
    figures: dict[str, object] = getattr(record, "figures", {})
    return figures


class TextFormatter(logging.Formatter):
    """`2026-03-09 12:00:00,123 INFO service.pull Importing 250 contacts to Sesam entities=250 pages=3 ...`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Add the figures to the line."""
        return " ".join(
            [super().formatMessage(record), *(f"{name}={value}" for name, value in _figures(record).items())]
        )


class JsonFormatter(logging.Formatter):
    """One JSON object per line.

    Shape: `{"time": "2026-03-09T12:00:00.123+00:00", "level", "logger", "message", <figures>, "traceback"?}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format the record as one line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": time,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_figures(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(log_format: str, level: str) -> None:
    """Send every log line of the process to standard output.

    Args:
        log_format: `text` or `json`.
        level: The lowest level that is logged.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
