"""Sesam's Data Transformation Language: pure functions from entity to entity."""

from fake_sesam.dtl.datasets import NO_DATASETS, Datasets, JoinPath
from fake_sesam.dtl.joining import join_keys, overlap
from fake_sesam.dtl.names import Names, NamespacedNames
from fake_sesam.dtl.namespaces import add_namespaces, remove_namespaces
from fake_sesam.dtl.program import Program, compile_program

__all__ = [
    "NO_DATASETS",
    "Datasets",
    "JoinPath",
    "Names",
    "NamespacedNames",
    "Program",
    "add_namespaces",
    "compile_program",
    "join_keys",
    "overlap",
    "remove_namespaces",
]
