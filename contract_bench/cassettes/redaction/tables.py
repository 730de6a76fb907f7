"""Tables as CSV, redacted like a list of objects. Pure."""

import csv
import io
from collections.abc import Callable
from typing import Any

from contract_bench.cassettes.redaction.json_text import JsonObject

__all__ = ["redacted_table"]

DELIMITERS = ",;\t|"


def redacted_table(text: str, redact: Callable[[Any], Any]) -> str:
    """Return a table with the same columns, delimiter and line ends.

    Args:
        text: The file. Its first line names the columns.
        redact: Redacts a JSON document.

    Raises:
        ValueError: It is no table: rows differ in length, or a column has no name of its own.
    """
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    end = "\r\n" if first.endswith("\r") else "\n"
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not rows or len(set(rows[0])) < len(rows[0]) or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("expected rows of one length under names of their own")
    names = rows[0]
    objects = [JsonObject(tuple((name, None) for name in names))]  # for the names
    objects += [JsonObject(tuple(zip(names, row, strict=True))) for row in rows[1:]]
    clean = redact(objects)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end)
    writer.writerow(name for name, _ in clean[0].members)
    writer.writerows([value for _, value in row.members] for row in clean[1:])
    result = written.getvalue()
    return result if text.endswith("\n") else result.removesuffix(end)
