"""The text of a module, addressed by the positions that `ast` gives."""

import ast
from dataclasses import dataclass, field
from itertools import accumulate

__all__ = ["Source"]


@dataclass(frozen=True)
class Source:
    """A module's text and its tree. `ast` counts columns in bytes of UTF-8, and so do the spans here."""

    text: str
    tree: ast.Module = field(init=False, repr=False)
    _raw: bytes = field(init=False, repr=False)
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.text))
        object.__setattr__(self, "_raw", self.text.encode())
        lengths = (len(line) for line in self._raw.splitlines(keepends=True))
        object.__setattr__(self, "_starts", (0, *accumulate(lengths)))

    def start(self, node: ast.expr | ast.stmt | ast.keyword | ast.pattern | ast.ExceptHandler) -> int:
        """Where a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.pattern | ast.ExceptHandler) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def between(self, start: int, end: int) -> str:
        """The text of a span."""
        return self._raw[start:end].decode()

    def of(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        """The text of a node."""
        return self.between(self.start(node), self.end(node))

    def line_of(self, position: int) -> int:
        """The number of the line that holds a position, from 1."""
        return self._raw.count(b"\n", 0, position) + 1

    def lines_with(self, start: int, end: int, new: str) -> tuple[str, str]:
        """The whole lines around a span, as they are and with another text in the span."""
        first = self._raw.rfind(b"\n", 0, start) + 1
        last = self._raw.find(b"\n", max(end - 1, start))
        last = len(self._raw) if last == -1 else last
        return self.between(first, last), self.between(first, start) + new + self.between(end, last)
