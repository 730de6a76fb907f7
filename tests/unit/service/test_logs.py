import json
import logging
import sys

from service.logs import JsonFormatter, TextFormatter
from tests.support.cases import for_each

SECRET = "pat-na1-0000"
HOSTILE = [
    "\x1b[2J\x1b]0;title\x07",
    "\r\n2026-01-01 INFO service Importing 5 contacts",
    "\x00\x7f",
    "\x9b31m",
    "\u2028\u2029",
    "\u202eevil\u2066",
    "\ud800",
    f"token {SECRET}",
]


def a_record(message: str, error: Exception | None = None, **figures: object) -> logging.LogRecord:
    found = None
    if error is not None:
        try:
            raise error
        except Exception:
            found = sys.exc_info()
    row = logging.LogRecord("service", logging.ERROR, __file__, 1, "%s", (message,), found)
    row.figures = figures
    return row


@for_each("formatter", [TextFormatter(secrets=[SECRET]), JsonFormatter(secrets=[SECRET])])
@for_each("text", HOSTILE)
def test_no_text_from_outside_reaches_a_terminal_or_another_line(formatter: logging.Formatter, text: str) -> None:
    line = formatter.format(a_record(f"before{text}after", kind=text))

    assert line.isprintable()
    assert SECRET not in line
    assert "before" in line
    assert "after" in line
    line.encode()


@for_each("formatter", [TextFormatter(secrets=[SECRET]), JsonFormatter(secrets=[SECRET])])
@for_each("text", HOSTILE)
def test_no_line_of_a_traceback_looks_like_a_line_of_the_log(formatter: logging.Formatter, text: str) -> None:
    lines = formatter.format(a_record("failed", ValueError(f"before{text}after"))).splitlines()

    assert all(line.isprintable() for line in lines)
    assert SECRET not in "".join(lines)
    assert all(line.startswith("  ") for line in lines[1:])


def test_ordinary_text_stays_as_it_is() -> None:
    line = JsonFormatter(secrets=["x", SECRET]).format(a_record("Zoë 😀 \\ fox", pages=3))

    assert json.loads(line)["message"] == "Zoë 😀 \\ fox"
    assert json.loads(line)["pages"] == 3
