"""Faults of other packages: found by their entry points, fired like built-in ones, explained when they are broken."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import requests

from bench_core.faults.discovery import ENTRY_POINT_GROUP, FaultPluginError, import_built_in
from bench_core.faults.registry import Registry
from fake_hubspot.errors import UsageError
from fake_hubspot.faults import registry
from fake_hubspot.faults.registry import catalogue, find_fault, make_fault, registered_faults
from tests.support.processes import started
from tests.unit.fake_hubspot.faults.conftest import Bench

GOOD = '''
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.faults import Body, Firing, Replacement, Response, register


@register
@dataclass(frozen=True, slots=True)
class Teapot(Replacement):
    """418 from a teapot.

    Source: reader (RFC 2324).
    """

    name = "acme-teapot"
    group = "answers"
    aliases = ("TEAPOT",)

    text: Annotated[str, Meta(description="The body.")] = "short and stout"

    def respond(self, firing: Firing) -> Response:
        return Response(418, Body(self.text.encode()), b"text/plain")
'''
META = 'Meta(description="The body.")'
TAKEN = "the name {!r} belongs to {}"
BARE = GOOD.replace("Replacement", "Fault").replace(
    "from fake_hubspot.faults import Body, Firing, Fault,",
    "from bench_core.faults.fault import Fault\nfrom fake_hubspot.faults import Body, Firing,",
)
BROKEN = {
    "syntax": ("def (", "SyntaxError: "),
    "missing-module": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "any-error": ("raise RuntimeError('first\\nsecond')", "RuntimeError: first second"),
    "nothing": ("", "it registers no fault; put @register above the class"),
    "no-register": (GOOD.replace("@register\n", ""), "it registers no fault; put @register above the class"),
    "not-a-fault": (GOOD.replace("(Replacement)", ""), "derive it from one of the base classes in"),
    "bare-fault": (BARE, "derive it from one of the base classes in"),
    "no-dataclass": (GOOD.replace("@dataclass(frozen=True, slots=True)\n", ""), "put @dataclass(frozen=True"),
    "not-frozen": (GOOD.replace("frozen=True, ", ""), "put @dataclass(frozen=True"),
    "no-name": (GOOD.replace('    name = "acme-teapot"\n', ""), "its name is None; expected lower-case words"),
    "bad-name": (GOOD.replace("acme-teapot", "Acme Teapot"), "its name is 'Acme Teapot'; expected lower-case words"),
    "no-group": (GOOD.replace('    group = "answers"\n', ""), "its group is None; expected one of answers, bodies,"),
    "bad-group": (GOOD.replace('"answers"', '"teapots"'), "its group is 'teapots'; expected one of answers, bodies,"),
    "taken-name": (
        GOOD.replace("acme-teapot", "latency"),
        TAKEN.format("latency", "bench_core.faults.wire.latency."),
    ),
    "taken-spelling": (GOOD.replace('"TEAPOT"', '"Bad_Gateway"'), TAKEN.format("Bad_Gateway", "bench_core.faults.")),
    "taken-alias": (GOOD.replace("acme-teapot", "reset-peer"), TAKEN.format("reset-peer", "bench_core.faults.")),
    "twice": (GOOD + GOOD, TAKEN.format("acme-teapot", "broken_twice.Teapot")),
    "no-docstring": (GOOD.replace("418 from a teapot.\n", "\n"), "its docstring is empty; say what the client sees"),
    "no-source": (GOOD.replace("Source: reader (RFC 2324).", "It is one."), "its docstring has no evidence"),
    "no-evidence": (GOOD.replace("reader (RFC 2324)", "hearsay"), "its docstring has no evidence"),
    "no-default": (GOOD.replace(' = "short and stout"', ""), "give the parameter text a default"),
    "no-description": (GOOD.replace(f"Annotated[str, {META}]", "str"), "describe the parameter text"),
    "odd-type": (
        GOOD.replace(f'Annotated[str, {META}] = "short and stout"', "Body = Body(b'')"),
        "type that JSON cannot",
    ),
}

Install = Callable[[str, str], EntryPoint]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Write a module where Python finds it, and return its entry point."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)

    def write(module: str, code: str) -> EntryPoint:
        (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
        invalidate_caches()
        return EntryPoint("acme", module, ENTRY_POINT_GROUP)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith(("acme_", "broken_")):
            del sys.modules[name]


def use(monkeypatch: pytest.MonkeyPatch, *plugins: EntryPoint) -> Registry:
    """Replace the registry by one that has the built-in faults and these plug-ins."""
    known = registered_faults().values()

    def register_known() -> None:
        for fault in known:
            fresh.register(fault)

    fresh = Registry(built_in=register_known, plugins=lambda: plugins)
    monkeypatch.setattr(registry, "REGISTRY", fresh)
    return fresh


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an installed package, as pip leaves it there."""
    site = tmp_path / "site"
    information = site / "acme_faults-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "acme_faults.py").write_text(GOOD, encoding="utf-8")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-faults\nVersion: 1.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[fake_hubspot.faults]\nacme = acme_faults\n", encoding="utf-8")
    return site


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with a folder of installed packages."""
    command = [sys.executable, "-m", "fake_hubspot", *arguments]
    return subprocess.run(command, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False)


@contextmanager
def serving(site: Path) -> Iterator[tuple[str, str]]:
    """Start the fake with a folder of installed packages. Yields its URL and its token."""
    command = [sys.executable, "-m", "fake_hubspot", "serve", "--port", "0"]
    with started(command, env={"PYTHONPATH": str(site)}, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1], process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.communicate(timeout=9)


def test_a_fault_of_an_installed_package_fires_over_http(site: Path) -> None:
    """Without a change to this package: the control API sets it, the catalogue describes it, the journal names it."""
    with serving(site) as (url, token), requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        rule = {"fault": "Acme_Teapot", "params": {"text": "tip me over"}}
        created = session.post(f"{url}/_fake/faults", json=rule, timeout=9)
        faults = session.get(f"{url}/_fake/faults/catalogue", timeout=9).json()["faults"]
        first, second = (session.get(f"{url}/crm/v3/objects/contacts", timeout=9) for _ in range(2))
        entries = session.get(f"{url}/_fake/journal", timeout=9).json()["entries"]

    assert created.status_code == 201
    assert {fault["name"]: fault["summary"] for fault in faults}["acme-teapot"] == "418 from a teapot."
    assert (first.status_code, first.text, second.status_code) == (418, "tip me over", 200)
    assert [entry["fault"] for entry in entries] == ["acme-teapot", None]


def test_the_command_line_lists_a_fault_of_an_installed_package(site: Path) -> None:
    """By its name, by an alias, and in the section of its group."""
    one = run(site, "faults", "teapot").stdout
    table = run(site, "faults", "--markdown").stdout

    assert one.splitlines()[:2] == ["acme-teapot", "  418 from a teapot."]
    assert table.index("### Another status") < table.index("| `acme-teapot`<br>`TEAPOT` |") < table.index("| `bad-")


@pytest.mark.parametrize(
    "arguments", [pytest.param(["faults"], marks=pytest.mark.proof), ["serve", "--scenario", "flaky"]]
)
def test_a_broken_plugin_ends_the_command_line_with_one_sentence(site: Path, arguments: list[str]) -> None:
    """It names the package to fix or to uninstall."""
    (site / "acme_faults.py").write_text("import no_such_module", encoding="utf-8")

    done = run(site, *arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "fake-hubspot: the fault plug-in 'acme' (acme_faults) cannot be used: ModuleNotFoundError: No module named"
        " 'no_such_module'. Fix or uninstall the package acme-faults"
    )


def test_a_server_without_faults_starts_despite_a_broken_plugin(site: Path) -> None:
    """Plug-ins are imported with the first fault; the request that sets it gets the sentence."""
    (site / "acme_faults.py").write_text("import no_such_module", encoding="utf-8")
    with serving(site) as (url, _):
        responses = [requests.post(f"{url}/_fake/faults", json={"fault": "latency"}, timeout=9) for _ in range(2)]

    assert [response.status_code for response in responses] == [400, 400]
    assert all("the fault plug-in 'acme' (acme_faults) cannot be used" in response.text for response in responses)


def test_a_plugin_adds_to_the_built_in_faults(install: Install, monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    """Its fault is found by every spelling and fires; nothing else changes."""
    before = [fault.name for fault in catalogue()]
    monkeypatch.setattr(bench.faults, "registry", use(monkeypatch, install("acme_good", GOOD)))
    bench.arm("ACME_TEAPOT", page=2)

    pages = [bench.page(number) for number in (1, 2, 2)]

    assert [page.status for page in pages] == [200, 418, 200]
    assert sorted(fault.name for fault in catalogue()) == sorted([*before, "acme-teapot"])
    assert find_fault("teapot").name == "acme-teapot"


def test_an_entry_point_may_name_the_class(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the module, or a package whose modules register."""
    plugin = install("acme_good", GOOD)

    use(monkeypatch, EntryPoint(plugin.name, f"{plugin.value}:Teapot", plugin.group))

    assert make_fault("acme-teapot", {}).name == "acme-teapot"


def test_a_plugin_may_be_imported_before_its_entry_point_is_read(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tests import it, for instance."""
    plugin = install("acme_good", GOOD)
    use(monkeypatch, plugin)
    import_module("acme_good")

    assert find_fault("acme-teapot").__module__ == "acme_good"


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_explained_in_one_sentence(
    install: Install, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Which plug-in, what is wrong with it, and which package to fix."""
    code, reason = BROKEN[case]
    module = f"broken_{case.replace('-', '_')}"
    use(monkeypatch, install(module, code))

    with pytest.raises(FaultPluginError) as raised:
        find_fault("latency")

    message = str(raised.value)
    assert message.startswith(f"the fault plug-in 'acme' ({module}) cannot be used: ")
    assert reason in message
    assert message.endswith(f". Fix or uninstall the package {module}")
    assert "\n" not in message


def test_a_broken_plugin_stays_broken(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the catalogue would look complete."""
    use(monkeypatch, install("broken_half", GOOD + "\nraise RuntimeError('late')"))

    for ask in (catalogue, registered_faults, lambda: find_fault("latency"), lambda: make_fault("acme-teapot", {})):
        with pytest.raises(UsageError, match="RuntimeError: late"):
            ask()


def test_two_plugins_with_one_name_are_told_apart(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one is named as broken, the first one as the owner."""
    use(monkeypatch, install("acme_good", GOOD), install("broken_second", GOOD))

    with pytest.raises(FaultPluginError, match=r"\(broken_second\) .* 'acme-teapot' belongs to acme_good\.Teapot"):
        catalogue()


def test_every_module_in_a_folder_of_a_group_is_imported() -> None:
    """No list names them; each built-in fault is in the folder of its group, in a file with its name."""
    for package in ("bench_core.faults", "fake_hubspot.faults"):
        import_built_in(package)

    places = {
        (fault.__module__, f"{package}.faults.{fault.group}.{fault.name.replace('-', '_')}")
        for fault in registered_faults().values()
        if (package := fault.__module__.partition(".")[0]) in ("bench_core", "fake_hubspot")
    }

    assert len(places) > 80
    assert [place for place in places if place[0] != place[1]] == []
