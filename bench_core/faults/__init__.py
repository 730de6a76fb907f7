"""Faults that need no knowledge of the API behind a server, and the machinery that all faults share.

A fault is a module in the folder of its group and registers itself. `fake_hubspot.faults` adds those that know HubSpot.
`fault.py` has the base classes, `registry.py` finds faults by name, `rule.py` says when one fires, and `fault_set.py`
holds those that are set.
"""
