"""Checks a route of a connector against Sesam's JSON pull protocol, one result per rule."""

from fake_sesam.check.checker import Claims, check_route
from fake_sesam.check.report import as_html, as_json, as_junit, as_table
from fake_sesam.check.result import RuleResult

__all__ = ["Claims", "RuleResult", "as_html", "as_json", "as_junit", "as_table", "check_route"]
