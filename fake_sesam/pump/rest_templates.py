"""Jinja templates in the configuration of REST operations. Pure.

Source: docs (configuration-systems-rest.rst, jinja_filters.rst): the markers `sesam:markskip` and `sesam:markjson`,
the function `secret` and the filters that are DTL functions. Assumed: a value that is missing, at any depth, and null
render to nothing. Not implemented: the filter `decode_jwt`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bench_core.json_text import parse_json
from fake_sesam.dtl import compile_program
from fake_sesam.errors import FakeSesamError

__all__ = ["SKIPPED", "TemplateFailureError", "Templates"]

SKIP_MARK = "sesam:markskip"
JSON_MARK = "sesam:markjson"
SKIPPED = object()
"""What a template with the skip mark gives."""


class TemplateFailureError(FakeSesamError):
    """A template could not be rendered."""


class Templates:
    """Renders the templates of one system.

    Args:
        secrets: What `secret('name')` returns.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._environment = ImmutableSandboxedEnvironment(undefined=ChainableUndefined, finalize=_shown)
        self._environment.globals["secret"] = secrets.get
        for name in ("bytes", "base64_encode", "base64_decode", "datetime"):
            self._environment.filters[name] = _filter(name.replace("_", "-"))
        self._environment.filters["datetime_format"] = _datetime_format
        self._compiled: dict[str, Template] = {}

    def text(self, template: str, context: Mapping[str, Any]) -> str:
        """Render a template.

        Raises:
            TemplateFailureError: It is wrong, or cannot be rendered.
        """
        try:
            return self._template(template).render(context)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            message = f"the template {template!r} cannot be rendered: {type(error).__name__}: {error}"
            raise TemplateFailureError(message) from error

    def text_or_nothing(self, template: str, context: Mapping[str, Any]) -> str:
        """Render a template; a template that calls what is missing renders to nothing.

        Source: reader (sesam-io/hubspot-connector: `body.paging.next.link.split('?')` ends the last page so).

        Raises:
            TemplateFailureError: It is wrong, or cannot be rendered for another reason.
        """
        try:
            return self.text(template, context)
        except TemplateFailureError as error:
            if isinstance(error.__cause__, UndefinedError):
                return ""
            raise

    def value(self, written: Any, context: Mapping[str, Any]) -> Any:
        """Render every text in a value, names included; what has the skip mark is left out.

        Raises:
            TemplateFailureError: A template cannot be rendered.
        """
        if isinstance(written, str):
            return self._marked(self.text(written, context))
        if isinstance(written, list):
            rendered = [self.value(each, context) for each in written]
            return [each for each in rendered if each is not SKIPPED]
        if isinstance(written, Mapping):
            named = [(self._marked(self.text(name, context)), each) for name, each in written.items()]
            pairs = [(name, self.value(each, context)) for name, each in named if name is not SKIPPED]
            return {name: each for name, each in pairs if each is not SKIPPED}
        return written

    def uses(self, template: str, name: str) -> bool:
        """Whether a template reads a variable."""
        try:
            return name in meta.find_undeclared_variables(self._environment.parse(template))
        except TemplateError:
            return False

    def _template(self, text: str) -> Template:
        if text not in self._compiled:
            self._compiled[text] = self._environment.from_string(text)
        return self._compiled[text]

    @staticmethod
    def _marked(text: str) -> Any:
        if SKIP_MARK in text:
            return SKIPPED
        if not text.endswith(JSON_MARK):
            return text
        try:
            return parse_json(text.removesuffix(JSON_MARK))
        except ValueError as error:
            raise TemplateFailureError(f"expected JSON before {JSON_MARK}: {error}") from error


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _filter(function: str) -> Callable[[Any], Any]:
    program, _ = compile_program({"default": [["add", "v", [function, "_S.v"]]]}, id_required=False)
    return lambda value: program.apply({"v": value})[0]["v"]


def _datetime_format(value: Any, pattern: str = "%Y-%m-%dT%H:%M:%SZ") -> Any:
    rules = {"default": [["add", "v", ["datetime-format", pattern, "_S.v"]]]}
    return compile_program(rules, id_required=False)[0].apply({"v": value})[0]["v"]
