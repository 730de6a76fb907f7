"""DTL transforms, which change the target entity, a group per module. `TRANSFORMS` maps each name to its builder."""

from collections.abc import Mapping
from types import MappingProxyType

from fake_sesam.dtl.compiler import TransformBuilder
from fake_sesam.dtl.transforms import copying, flow, merging

__all__ = ["TRANSFORMS"]

TRANSFORMS: Mapping[str, TransformBuilder] = MappingProxyType(
    {**copying.TRANSFORMS, **flow.TRANSFORMS, **merging.TRANSFORMS}
)
