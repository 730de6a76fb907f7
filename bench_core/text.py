"""Text from outside, made safe to show on a terminal, in XML and in HTML."""

import re

__all__ = ["counted", "encodable_json", "printable", "uncoloured"]

# Control characters (C0 but tab and newline, DEL, C1), surrogates without a partner, and the non-characters that XML
# 1.0 does not allow, not even as character references.
NOT_PRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

COLOURS = re.compile("\x1b\\[[0-9;:]{0,40}[mK]")


def printable(text: str) -> str:
    r"""Replace what a terminal would obey and what XML cannot hold by an escape that shows it, such as `\x1b`.

    Tabs and newlines stay, `\r\n` becomes `\n`. The result can be encoded as UTF-8 and be a part of an XML document.
    """
    return NOT_PRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def uncoloured(text: str) -> str:
    """Remove the sequences with which a program colours its lines on a terminal; escape other control characters."""
    return printable(COLOURS.sub("", text))


def encodable_json(document: str) -> str:
    r"""Write each lone surrogate of a JSON document as JSON's own escape, so that it can be encoded as UTF-8.

    `json.dumps(..., ensure_ascii=False)` copies them as they are: `json.loads('"\\ud800"')` is such a text.
    """
    return document.encode("utf-8", "backslashreplace").decode()


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 pipe`, `2,000 pipes`; `plural` is for nouns that do not just take an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
