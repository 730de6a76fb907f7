"""Sesam's Data Transformation Language: pure functions from entity to entity."""

from fake_sesam.dtl.program import Program, compile_program

__all__ = ["Program", "compile_program"]
