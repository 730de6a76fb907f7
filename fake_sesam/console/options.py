"""What the pages need to know about their server, and which paths are theirs."""

from dataclasses import dataclass

from starlette.routing import Route

from fake_sesam.api.tokens import Tokens

__all__ = ["ConsoleOptions", "is_page"]


@dataclass(slots=True)
class ConsoleOptions:
    """What the pages need to know.

    Attributes:
        tokens: What a browser must give one of first; None lets everybody in who reaches the server.
        api: The routes of the API, below `/api`.
        other_side: The address of the fake HubSpot's pages, if there is one beside this node.
    """

    tokens: Tokens | None = None
    api: tuple[Route, ...] = ()
    other_side: str = ""


def is_page(path: str) -> bool:
    """Whether a path belongs to the pages."""
    return path == "/" or path == "/ui" or path.startswith("/ui/")
