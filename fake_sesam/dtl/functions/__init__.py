"""DTL expression functions, a group per module. `FUNCTIONS` maps each name to its builder."""

from collections.abc import Mapping
from types import MappingProxyType

from fake_sesam.dtl.compiler import FunctionBuilder
from fake_sesam.dtl.functions import (
    binary,
    dates,
    dictionaries,
    encryption,
    history,
    hops,
    identifiers,
    lists,
    logic,
    numbers,
    phonenumbers,
    strings,
)

__all__ = ["FUNCTIONS"]

FUNCTIONS: Mapping[str, FunctionBuilder] = MappingProxyType(
    {
        **logic.FUNCTIONS,
        **strings.FUNCTIONS,
        **numbers.FUNCTIONS,
        **lists.FUNCTIONS,
        **dictionaries.FUNCTIONS,
        **dates.FUNCTIONS,
        **identifiers.FUNCTIONS,
        **binary.FUNCTIONS,
        **encryption.FUNCTIONS,
        **history.FUNCTIONS,
        **hops.FUNCTIONS,
        **phonenumbers.FUNCTIONS,
    }
)
