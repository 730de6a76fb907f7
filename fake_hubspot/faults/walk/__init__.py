"""Faults of paging: cursors, pages and links."""
