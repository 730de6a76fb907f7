"""Cassettes: recorded from the real API, safe to commit, playable in a test and over a socket."""
