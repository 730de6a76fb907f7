"""Reads `--connector`: the URL of a connector that runs, an image, or a command. Every command of the bench uses it."""

import ipaddress
import re
import shlex
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from contract_bench.bundled import service_command
from contract_bench.errors import BenchError

__all__ = [
    "CONNECTOR_HELP",
    "DEFAULT_CONNECTOR",
    "ConnectorKind",
    "ConnectorSpec",
    "ConnectorSpecError",
    "parse_connector",
]

DEFAULT_CONNECTOR = "python -m service"
CONNECTOR_HELP = "A URL (http://...), image:NAME or a command. A bare image needs its tag, as in example/connector:1.2."
IMAGE_PREFIX = "image:"
HAS_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
# http:host and http:/host are misspelled URLs, not images called http.
IS_HALF_A_URL = re.compile(r"^https?:", re.IGNORECASE)
PASSWORD = re.compile(r"//[^/@]*@")
IS_ADDRESS = re.compile(r"^(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+):(?P<port>\d+)(?P<path>/\S*)?$", re.IGNORECASE)
COMPONENT = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
REGISTRY = r"(?:(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\])(?::\d+)?/)"
TAG = r":[\w][\w.-]{0,127}"
DIGEST = r"@[a-z0-9]+:[0-9a-f]{32,}"
NAME = rf"{REGISTRY}?{COMPONENT}(?:/{COMPONENT})*"
IS_IMAGE = re.compile(rf"^{NAME}(?:{TAG})?(?:{DIGEST})?$", re.IGNORECASE)
IS_UNMISTAKABLY_AN_IMAGE = re.compile(rf"^{NAME}(?:{TAG}|(?:{TAG})?{DIGEST})$", re.IGNORECASE)


class ConnectorKind(StrEnum):
    """What the text of `--connector` names."""

    URL = "URL"
    IMAGE = "image"
    COMMAND = "command"


class ConnectorSpecError(BenchError):
    """`--connector` cannot be understood, or can be understood in two ways."""

    def __init__(self, text: str, problem: str, advice: str) -> None:
        self.text = text
        super().__init__(f"expected a connector (URL, image:NAME or command), got {text!r}: {problem}. {advice}")


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """How `--connector` was understood.

    Attributes:
        target: The URL, the image's name or the command, without any prefix.
    """

    kind: ConnectorKind
    target: str

    def __str__(self) -> str:
        return f"{IMAGE_PREFIX}{self.target}" if self.kind is ConnectorKind.IMAGE else self.target

    @property
    def description(self) -> str:
        """A phrase for messages: what was understood and how to say something else."""
        match self.kind:
            case ConnectorKind.URL:
                shown = PASSWORD.sub("//***@", self.target)
                return f"{shown} (understood as the URL of a connector that is already running)"
            case ConnectorKind.IMAGE:
                return f"{self.target} (understood as an image, started with docker run)"
        advice = "" if len(self.target.split()) > 1 else "; write image:NAME for an image"
        return f"{self.target} (understood as a command{advice})"

    @property
    def command(self) -> str:
        """The command that starts it; the default is found wherever contract-bench is installed."""
        return service_command() if self.target == DEFAULT_CONNECTOR else self.target

    def new_container_label(self) -> str:
        """Return a label by which the containers of one run are found again; empty if it is not an image."""
        return uuid.uuid4().hex if self.kind is ConnectorKind.IMAGE else ""

    @property
    def label(self) -> str:
        """What committed evidence may say about it: no path, no argument and no address of a developer's machine."""
        if self.target == DEFAULT_CONNECTOR:
            return "service"
        return str(self) if self.kind is ConnectorKind.IMAGE else f"a {self.kind}"


def is_program(word: str) -> bool:
    """Return whether a word names a program on the search path or a file."""
    return shutil.which(word) is not None or Path(word).is_file()


def parse_connector(text: str, *, is_program: Callable[[str], bool] = is_program) -> ConnectorSpec:
    """Read a connector's spelling.

    `http://` and `https://` begin a URL. An address with a port (`127.0.0.1:5077`, `localhost:5077`) becomes a URL.
    `image:` begins an image; a single word with a tag or a digest is one too, unless it names a program. Everything
    else is a command. A word that could be both an image and an address is refused.

    Args:
        text: What the user wrote.
        is_program: Whether a single word can be started as it is.

    Raises:
        ConnectorSpecError: the text is empty, incomplete or ambiguous.
    """
    words = _words(text)
    if len(words) != 1:
        return _command_or_prefixed(text, words)
    word = words[0]
    if HAS_SCHEME.match(word):
        return _url(text, word)
    if word.lower().startswith(IMAGE_PREFIX):
        return _image(text, word[len(IMAGE_PREFIX) :])
    if is_program(word):
        return ConnectorSpec(ConnectorKind.COMMAND, text.strip())
    if IS_HALF_A_URL.match(word):
        rest = word.partition(":")[2].lstrip("/")
        raise ConnectorSpecError(text, "a URL has two slashes", f"Write {word.partition(':')[0].lower()}://{rest}.")
    return _address(text, word) or _unmarked(text, word)


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ConnectorSpecError(text, str(error).lower(), "Check the quotation marks.") from error
    if not words or not words[0]:
        raise ConnectorSpecError(text, "it is empty", f"Example: {DEFAULT_CONNECTOR!r}.")
    return words


def _command_or_prefixed(text: str, words: list[str]) -> ConnectorSpec:
    if words[0].lower().startswith(IMAGE_PREFIX) or HAS_SCHEME.match(words[0]):
        what = "a URL" if HAS_SCHEME.match(words[0]) else "an image"
        raise ConnectorSpecError(text, f"{what} takes no arguments", "Give them in the environment, or give a command.")
    return ConnectorSpec(ConnectorKind.COMMAND, text.strip())


def _url(text: str, word: str) -> ConnectorSpec:
    scheme = word.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        raise ConnectorSpecError(text, f"{scheme}:// is not supported", "Use http://, https:// or image:NAME.")
    try:
        parts = urlsplit(word)
        is_complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_complete = False
    if not is_complete or parts.query or parts.fragment:
        raise ConnectorSpecError(text, "the URL is not a base URL", "Example: http://127.0.0.1:5077.")
    return ConnectorSpec(ConnectorKind.URL, f"{scheme}{word[len(scheme) :]}".rstrip("/"))


def _image(text: str, name: str) -> ConnectorSpec:
    if not IS_IMAGE.match(name):
        raise ConnectorSpecError(text, "this is not an image's name", "Example: image:example/connector:1.2.")
    return ConnectorSpec(ConnectorKind.IMAGE, name)


def _address(text: str, word: str) -> ConnectorSpec | None:
    """Return a URL without its scheme; None if the word is not an address."""
    found = IS_ADDRESS.match(word)
    if found is None:
        return None
    host, path = found["host"], found["path"] or ""
    if _is_ip(host) or host.lower() == "localhost":
        if path and (host.lower() == "localhost" or IS_UNMISTAKABLY_AN_IMAGE.match(word)):
            return _refuse_or_image(text, word)
        return _url(text, f"http://{word}")
    return _refuse_or_image(text, word) if path or "." in host else None


def _refuse_or_image(text: str, word: str) -> ConnectorSpec:
    """Return an address with a path: an image if it has a tag or a digest, otherwise ambiguous."""
    if "/" in word and IS_UNMISTAKABLY_AN_IMAGE.match(word):
        return ConnectorSpec(ConnectorKind.IMAGE, word)
    raise ConnectorSpecError(text, "it can be a URL or an image", f"Write http://{word} or {IMAGE_PREFIX}{word}.")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _unmarked(text: str, word: str) -> ConnectorSpec:
    kind = ConnectorKind.IMAGE if IS_UNMISTAKABLY_AN_IMAGE.match(word) else ConnectorKind.COMMAND
    return ConnectorSpec(kind, word if kind is ConnectorKind.IMAGE else text.strip())
