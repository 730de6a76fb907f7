"""DTL expression functions. `FUNCTIONS` maps each name to its builder."""

from collections.abc import Mapping
from types import MappingProxyType

from fake_sesam.dtl.compiler import FunctionBuilder

__all__ = ["FUNCTIONS"]

FUNCTIONS: Mapping[str, FunctionBuilder] = MappingProxyType({})
