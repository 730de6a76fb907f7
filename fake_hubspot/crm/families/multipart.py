"""Bodies of the type multipart/form-data, with which files come."""

import re

import msgspec

from fake_hubspot.context import RequestContext
from fake_hubspot.http_errors import HubSpotError, unsupported_media_type

__all__ = ["Part", "read_parts"]

BOUNDARY = re.compile(rb'boundary=(?:"(?P<quoted>[^"\r\n]{1,100})"|(?P<plain>[^\s;"]{1,100}))')
NAME = re.compile(rb'[; ]name="(?P<name>[^"\r\n]{0,200})"')
FILE_NAME = re.compile(rb'filename="(?P<name>[^"\r\n]{0,300})"')
MOST_PARTS = 100


class Part(msgspec.Struct, frozen=True):
    """One field of a form; `file_name` is empty if it is no file."""

    content: bytes
    file_name: str = ""

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", "replace")


def read_parts(context: RequestContext) -> dict[str, Part]:
    """Return the fields of a form by name; of fields with the same name the last one.

    Raises:
        HubSpotError: 415 for another content type, 400 for a body without parts. Source: assumed.
    """
    content_type = context.request.headers.get(b"content-type", b"")
    boundary = BOUNDARY.search(content_type)
    if not content_type.lower().startswith(b"multipart/form-data") or boundary is None:
        raise unsupported_media_type()
    line = b"\r\n--" + (boundary["quoted"] or boundary["plain"])
    found = {}
    for chunk in (b"\r\n" + context.request.body).split(line, MOST_PARTS)[1:]:
        head, blank, content = chunk.partition(b"\r\n\r\n")
        name = NAME.search(head)
        if blank and name is not None:
            file_name = FILE_NAME.search(head)
            found[name["name"].decode("utf-8", "replace")] = Part(
                content, file_name["name"].decode("utf-8", "replace") if file_name else ""
            )
    if not found:
        raise HubSpotError(400, "The form has no parts", category="VALIDATION_ERROR")
    return found
