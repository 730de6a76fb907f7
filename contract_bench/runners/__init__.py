"""Starts the roles: the whole loop on this machine."""

from contract_bench.runners.loop import Loop, LoopSettings

__all__ = ["Loop", "LoopSettings"]
