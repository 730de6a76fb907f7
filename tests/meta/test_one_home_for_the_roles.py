"""Only `contract_bench.roles` starts a fake or a connector and speaks their control APIs."""

import ast
from collections.abc import Iterator

from tests.meta.blocks import ROOT
from tests.support.cases import for_each

BENCH = ROOT / "contract_bench"
STARTS_A_ROLE = {"Server", "NodeServer", "Node", "Child", "Popen", "check_call", "check_output"}
CONTROL_PATHS = ("/_fake/", "/api/")


def uses(source: str) -> Iterator[str]:
    """Yield what a module does that only `contract_bench.roles` may do."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in STARTS_A_ROLE:
            yield f"calls {_name(node.func)}"
        elif isinstance(node, ast.Import | ast.ImportFrom) and "subprocess" in ast.unparse(node):
            yield "imports subprocess"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from (f"speaks to {path}" for path in CONTROL_PATHS if node.value.startswith(path))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_no_other_module_of_the_bench_starts_or_controls_a_role() -> None:
    """If this fails, use a function of `contract_bench.roles` or add one there."""
    modules = [path for path in sorted(BENCH.rglob("*.py")) if not path.is_relative_to(BENCH / "roles")]

    found = [f"{path.relative_to(ROOT)} {use}" for path in modules for use in uses(path.read_text("utf-8"))]

    assert len(modules) > 50
    assert found == []


def test_uses_in_the_roles_package_are_found() -> None:
    """So the test above is able to fail."""
    found = {use for path in (BENCH / "roles").rglob("*.py") for use in uses(path.read_text("utf-8"))}

    calls = {"calls Server", "calls NodeServer", "calls Node", "calls Child"}
    assert found == {*calls, "imports subprocess", "speaks to /_fake/", "speaks to /api/"}


@for_each(
    ("source", "found"),
    [
        ('"""Ask `POST /_fake/faults`."""', []),
        ("def f(server: Server) -> None: ...", []),
        ("import fake_hubspot\nfake_hubspot.Server()", ["calls Server"]),
        ("def f():\n    from subprocess import run", ["imports subprocess"]),
        ('x = f"/_fake/portals/{number}"', ["speaks to /_fake/"]),
        ('get("/api/pipes")', ["speaks to /api/"]),
    ],
)
def test_each_kind_of_use_is_found(source: str, found: list[str]) -> None:
    """Prose and annotations are not uses."""
    assert list(uses(source)) == found
