"""Sesam's Data Transformation Language (DTL): compiles rules, then turns one entity into others. Pure."""

from fake_sesam.dtl.datasets import NO_DATASETS, Datasets, JoinPath
from fake_sesam.dtl.joining import join_keys, overlaps
from fake_sesam.dtl.names import Names, NamespacedNames
from fake_sesam.dtl.namespaces import add_namespaces, remove_namespaces
from fake_sesam.dtl.program import DtlProgram, compile_program

__all__ = [
    "NO_DATASETS",
    "Datasets",
    "DtlProgram",
    "JoinPath",
    "Names",
    "NamespacedNames",
    "add_namespaces",
    "compile_program",
    "join_keys",
    "overlaps",
    "remove_namespaces",
]
