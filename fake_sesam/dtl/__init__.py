"""Sesam's Data Transformation Language (DTL): compiles rules, then turns one entity into others. Pure."""

from fake_sesam.dtl.datasets import NO_DATASETS, Datasets, JoinPath
from fake_sesam.dtl.joining import join_keys, overlaps
from fake_sesam.dtl.names import Names, NamespacedNames
from fake_sesam.dtl.namespaces import add_namespaces, remove_namespaces
from fake_sesam.dtl.program import DtlProgram, compile_program
from fake_sesam.dtl.queries import Equality, compile_equality, compile_subset, dataset_aliases

__all__ = [
    "NO_DATASETS",
    "Datasets",
    "DtlProgram",
    "Equality",
    "JoinPath",
    "Names",
    "NamespacedNames",
    "add_namespaces",
    "compile_equality",
    "compile_program",
    "compile_subset",
    "dataset_aliases",
    "join_keys",
    "overlaps",
    "remove_namespaces",
]
