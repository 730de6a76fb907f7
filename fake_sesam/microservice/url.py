"""A microservice at a URL: it is neither started nor stopped."""

__all__ = ["GivenUrl"]


class GivenUrl:
    """A microservice that runs elsewhere."""

    def __init__(self, url: str) -> None:
        self._url = url

    def start(self) -> str:
        """Return the URL; the pull shows whether it answers."""
        return self._url

    def stop(self) -> None:
        """Do nothing."""

    def is_running(self) -> bool:
        """Return True: the node cannot know better."""
        return True

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return no lines: its output is elsewhere."""
        del since
        return []
