"""The errors of the proxy.

`BenchError`
    `UpstreamSpecError`: `--upstream` cannot be understood.
    `UpstreamError`: a request could not be answered by the upstream; it becomes a 502 or a 504.
"""

from contract_bench.errors import BenchError

__all__ = ["UpstreamError", "UpstreamSpecError"]


class UpstreamSpecError(BenchError):
    """The upstream's spelling cannot be understood."""

    def __init__(self, text: str, problem: str) -> None:
        self.text = text
        super().__init__(
            f"expected --upstream to be a URL (https://api.example.com/v2), a cassette (recording.yaml) or a command "
            f"('python server.py'), got {text!r}: {problem}"
        )


class UpstreamError(BenchError):
    """The upstream did not answer a request.

    Attributes:
        status: The status for the client: 502, or 504 after a time limit.
        was_reset: Whether the upstream broke the connection with RST.
    """

    def __init__(self, problem: str, *, status: int = 502, was_reset: bool = False) -> None:
        self.status = status
        self.was_reset = was_reset
        super().__init__(problem)
