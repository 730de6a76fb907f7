"""Faults of the body: it is not JSON, not a page of records, or not what its headers say."""
