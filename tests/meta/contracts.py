"""Prints the import contracts of `pyproject.toml` as Markdown, for the generated part of ARCHITECTURE.md."""

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.meta.blocks import ROOT

__all__ = ["import_contracts", "markdown"]

Contract = Mapping[str, Any]


def import_contracts() -> list[Contract]:
    """Return the contracts in the order of `pyproject.toml`."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[Contract] = document["tool"]["importlinter"]["contracts"]
    return found


def markdown(found: Sequence[Contract]) -> str:
    """Describe contracts: first the layers of each package, then the other rules.

    Raises:
        KeyError: If a contract has a type that this module does not know.
    """
    layers = [line for contract in found if contract["type"] == "layers" for line in _layers(contract)]
    rules = [RULES[contract["type"]](contract) for contract in found if contract["type"] != "layers"]
    return "\n".join(["### Layers", "", *layers, "", "### Other rules", "", *rules, ""])


def _layers(contract: Contract) -> Iterator[str]:
    for package, layers in _by_package(contract):
        yield f"- `{package}`: " + " → ".join(f"`{layer}`" for layer in layers)


def _by_package(contract: Contract) -> Iterator[tuple[str, Sequence[str]]]:
    if "containers" in contract:
        yield from ((container, contract["layers"]) for container in contract["containers"])
    else:
        prefix = contract["layers"][0].split()[0].rpartition(".")[0]
        yield prefix, [layer.replace(f"{prefix}.", "") for layer in contract["layers"]]


def _forbidden(contract: Contract) -> str:
    sources = contract["source_modules"]
    verb = "imports" if len(sources) == 1 else "import"
    directly = " directly" if contract.get("allow_indirect_imports") else ""
    return f"- {_listed(sources)} never {verb} {_listed(contract['forbidden_modules'])}{directly}."


def _independence(contract: Contract) -> str:
    return f"- {_listed(contract['modules'])} never import each other."


def _protected(contract: Contract) -> str:
    protected, importers = _listed(contract["protected_modules"]), _listed(contract["allowed_importers"])
    return f"- Only {importers} imports {protected}; everything else imports the names that the package itself offers."


def _acyclic(contract: Contract) -> str:
    return f"- {_listed(contract['ancestors'])} has no import cycles at any depth."


def _listed(modules: Sequence[str]) -> str:
    return ", ".join(f"`{module}`" for module in modules)


RULES = {
    "forbidden": _forbidden,
    "independence": _independence,
    "protected": _protected,
    "acyclic_siblings": _acyclic,
}


if __name__ == "__main__":
    sys.stdout.write(markdown(import_contracts()))
