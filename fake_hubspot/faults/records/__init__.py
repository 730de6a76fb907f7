"""Faults of the records on a page."""
