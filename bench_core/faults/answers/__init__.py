"""Faults that respond with a status other than 200."""
