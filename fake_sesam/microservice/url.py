"""A microservice at an address: nothing is started, nothing is stopped."""

__all__ = ["GivenUrl"]


class GivenUrl:
    """A microservice that somebody else runs."""

    def __init__(self, url: str) -> None:
        self._url = url

    def start(self) -> str:
        """Return the address; whether it answers shows in the pull."""
        return self._url

    def stop(self) -> None:
        """Do nothing."""

    def is_running(self) -> bool:
        """Return True: the node cannot know better."""
        return True

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return nothing: its output is elsewhere."""
        del since
        return []
