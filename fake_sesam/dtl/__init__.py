"""Sesam's Data Transformation Language: pure functions from entity to entity."""

from fake_sesam.dtl.names import Names, NamespacedNames
from fake_sesam.dtl.namespaces import add_namespaces, remove_namespaces
from fake_sesam.dtl.program import Program, compile_program

__all__ = ["Names", "NamespacedNames", "Program", "add_namespaces", "compile_program", "remove_namespaces"]
