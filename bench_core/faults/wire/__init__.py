"""Faults of the connection: bytes, time, FIN and RST."""
