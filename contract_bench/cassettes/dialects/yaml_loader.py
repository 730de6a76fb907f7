"""Parses YAML of any origin: bounded, and with the tags that Ruby and Python write for plain data.

A tag never decides what is executed: a tag that is not in the tables is an error.
"""

from typing import Any

import yaml

__all__ = ["MAX_FILE_BYTES", "parse_yaml"]

MAX_FILE_BYTES = 256 * 1024 * 1024
# How far aliases may expand a document: nodes and characters, for each byte of the file.
MAX_GROWTH = 16 * 1024 * 1024
GROWTH_FACTOR = 4
MAX_DEPTH = 200

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML = "tag:yaml.org,2002:"
# Tags of scalars that stand for a tag of YAML itself.
_SCALARS = {
    "!binary": "binary",
    "!str": "str",
    "!ruby/string": "str",
    "!ruby/sym": "str",
    "!ruby/symbol": "str",
    f"{_YAML}ruby/sym": "str",
    f"{_YAML}python/unicode": "str",
    f"{_YAML}python/str": "str",
    f"{_YAML}python/bytes": "binary",
    f"{_YAML}python/int": "int",
    f"{_YAML}python/long": "int",
    f"{_YAML}python/float": "float",
    f"{_YAML}python/bool": "bool",
    f"{_YAML}python/none": "null",
}
# Objects whose fields are plain data. The classes are never looked up.
_MAPPINGS = (
    "!ruby/hash",
    "!map:",
    "!ruby/object:Hash",
    "!ruby/object:ActiveSupport::HashWithIndifferentAccess",
    "!ruby/object:VCR::",
    "!ruby/struct:VCR::",
    f"{_YAML}python/dict",
    f"{_YAML}python/object:vcr.request.Request",
    f"{_YAML}python/object/new:vcr.request.Request",
    f"{_YAML}python/object:vcr.request.HeadersDict",
)
_SEQUENCES = (f"{_YAML}python/tuple", f"{_YAML}python/list", "!ruby/array")


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader, with these tags."""


def _scalar_of(plain: str) -> Any:
    construct = _Base.yaml_constructors[_YAML + plain]
    return lambda loader, node: construct(loader, node)


def _text_of(loader: Any, node: yaml.Node) -> Any:
    """Return the text of a string with fields: `!ruby/string:Foo` keeps it in `str`."""
    if isinstance(node, yaml.MappingNode):
        fields = loader.construct_mapping(node, deep=True)
        return fields.get("str", fields.get("string"))
    return loader.construct_scalar(node)


def _mapping_of(loader: Any, _: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.constructor.ConstructorError(None, None, f"expected a mapping for {node.tag}", node.start_mark)
    return loader.construct_mapping(node, deep=True)


def _sequence_of(loader: Any, _: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.SequenceNode):
        raise yaml.constructor.ConstructorError(None, None, f"expected a list for {node.tag}", node.start_mark)
    return loader.construct_sequence(node, deep=True)


for _tag, _plain in _SCALARS.items():
    _Loader.add_constructor(_tag, _scalar_of(_plain))
_Loader.add_multi_constructor("!ruby/string:", lambda loader, _, node: _text_of(loader, node))
for _tag in _MAPPINGS:
    _Loader.add_multi_constructor(_tag, _mapping_of)
for _tag in _SEQUENCES:
    _Loader.add_multi_constructor(_tag, _sequence_of)


def parse_yaml(content: bytes) -> Any:
    """Parse a YAML document, or JSON.

    Raises:
        yaml.YAMLError: It is not YAML, or it has a tag of a class.
        ValueError: It is larger or deeper than any cassette, perhaps only when its aliases are expanded.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it has more than {MAX_FILE_BYTES // 2**20} MiB")
    _check_size(content)
    return yaml.load(content, Loader=_Loader)  # noqa: S506 - a subclass of the safe one


class _Growth:
    """The size of a document with its aliases expanded, counted from its events, and its depth.

    An alias is the same node in several places, so a few lines can stand for gigabytes. A parser that builds the
    nodes first runs out of stack or memory before it can be asked.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._anchors: dict[str, int] = {}
        self._open: list[tuple[str | None, int]] = []
        self._size = 0

    def add(self, event: yaml.Event) -> None:
        """Count an event.

        Raises:
            ValueError: The document is too large, too deep, or contains itself.
        """
        match event:
            case yaml.AliasEvent(anchor=str(anchor)):
                if any(anchor == name for name, _ in self._open):
                    raise ValueError("an alias refers to a node that contains it")
                self._size += self._anchors.get(anchor, 0)
            case yaml.ScalarEvent(anchor=anchor, value=value):
                self._size += 1 + len(value)
                if anchor is not None:
                    self._anchors[anchor] = 1 + len(value)
            case yaml.CollectionStartEvent(anchor=anchor):
                self._size += 1
                self._open.append((anchor, self._size))
            case yaml.CollectionEndEvent():
                anchor, before = self._open.pop()
                if anchor is not None:
                    self._anchors[anchor] = 1 + self._size - before
        if self._size > self._limit:
            raise ValueError(f"its aliases expand to more than {self._limit // 2**20} MiB")
        if len(self._open) > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")


def _check_size(content: bytes) -> None:
    growth = _Growth(MAX_GROWTH + GROWTH_FACTOR * len(content))
    for event in yaml.parse(content, Loader=_Base):
        growth.add(event)
