"""Installs the alternatives, each in an environment of its own, so that dependencies cannot conflict.

Python packages come from `requirements/alternatives/NAME.txt`, npm packages from `benchmarks/npm/package-lock.json`;
both are locked. If an alternative is not available on a machine (no Node.js, no Java, no network), the report says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ROOT

ENVIRONMENTS = ROOT / "benchmarks" / ".environments"


class NotHereError(RuntimeError):
    """An alternative could not be installed or started. The message says why."""


def python(name: str) -> Path:
    """Return the interpreter of an alternative's environment. Create the environment if it is missing or out of date.

    Raises:
        NotHereError: The installation failed.
    """
    return install_python(ROOT / "requirements" / "alternatives" / f"{name}.txt", ENVIRONMENTS / name)


def install_python(lock: Path, home: Path, *, python: str = sys.executable) -> Path:
    """Return the interpreter of an environment in `home`. Create it if it is missing or not what `lock` says.

    Args:
        lock: The packages with their versions and hashes.
        home: Where the environment is.
        python: The interpreter to make it with, or a version that uv finds or fetches.

    Raises:
        NotHereError: The installation failed.
    """
    interpreter, mark = home / "bin" / "python", home / "installed.txt"
    if not mark.exists() or mark.read_bytes() != lock.read_bytes():
        uv = Path(sys.executable).with_name("uv")
        _run(uv, "venv", "--quiet", "--clear", "--python", python, home)
        _run(uv, "pip", "install", "--quiet", "--python", interpreter, "--require-hashes", "-r", lock)
        mark.write_bytes(lock.read_bytes())
    return interpreter


def npm(program: str) -> Path:
    """Return the path of an npm program. Install the npm packages if they are missing or out of date.

    Raises:
        NotHereError: npm was not found, or the installation failed.
    """
    return install_npm(ROOT / "benchmarks" / "npm", ENVIRONMENTS / "npm") / ".bin" / program


def install_npm(source: Path, home: Path) -> Path:
    """Return `node_modules` in `home`. Install it if it is missing or not what the lock file in `source` says.

    Raises:
        NotHereError: npm was not found, or the installation failed.
    """
    if not shutil.which("npm"):
        raise NotHereError("npm was not found")
    lock = (source / "package-lock.json").read_bytes()
    mark = home / "installed.json"
    if not mark.exists() or mark.read_bytes() != lock:
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, home / name)
        _run("npm", "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund", "--prefix", home)
        mark.write_bytes(lock)
    return home / "node_modules"


def system(program: str) -> Path:
    """Return the path of a program that the operating system provides.

    Raises:
        NotHereError: It is not installed. The message names it.
    """
    found = shutil.which(program)
    if found is None:
        raise NotHereError(f"{program} was not found: install it with the operating system's package manager")
    return Path(found)


def _run(*command: str | Path) -> None:
    try:
        subprocess.run(
            [str(part) for part in command], cwd=ROOT, check=True, capture_output=True, text=True, timeout=600
        )
    except (OSError, subprocess.SubprocessError) as problem:
        said = getattr(problem, "stderr", None) or str(problem)
        raise NotHereError(f"{command[0]} failed: {said.strip()[-500:]}") from problem
