"""Judges a connector's route against Sesam's JSON pull protocol, one verdict a rule."""

from fake_sesam.check.checker import Claims, check_route
from fake_sesam.check.report import as_json, as_junit, as_table
from fake_sesam.check.verdict import Verdict

__all__ = ["Claims", "Verdict", "as_json", "as_junit", "as_table", "check_route"]
