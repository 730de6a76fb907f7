"""Which datasets a pipe reads: those of its source, and those that its transforms look up. Pure.

Source: docs (hub/dtl/dtl-functions-hops.rst, configuration-sources-dataset.rst, configuration-sources-merge.rst).
"""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["lookup_datasets", "source_datasets"]


def source_datasets(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the datasets that a pipe's source reads; none if it reads from outside the node."""
    source = config.get("source")
    if not isinstance(source, Mapping):
        return ()
    several = source.get("datasets")
    named = [source.get("dataset"), *(several if isinstance(several, list) else [])]
    return tuple(dict.fromkeys(each.split()[0] for each in named if isinstance(each, str) and each.strip()))


def lookup_datasets(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the datasets that a pipe's transforms join with, in the order of their first use."""
    return tuple(dict.fromkeys(_looked_up(config.get("transform"))))


def _looked_up(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _looked_up(each)
    elif isinstance(value, list):
        if value and value[0] in ("lookup-entity", "lookup") and len(value) > 1 and isinstance(value[1], str):
            yield value[1]
        if value and value[0] in ("hops", "apply-hops"):
            for spec in value[1:]:
                yield from _of_spec(spec)
        for each in value:
            yield from _looked_up(each)


def _of_spec(spec: Any) -> Iterator[str]:
    datasets = spec.get("datasets") if isinstance(spec, Mapping) else None
    for each in datasets if isinstance(datasets, list) else ():
        if isinstance(each, str) and each.strip():
            yield each.split()[0]
