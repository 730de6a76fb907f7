"""Cassettes: recorded HTTP interactions that are safe to commit and can be played in a test or over a socket."""
