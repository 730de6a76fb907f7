"""What comes with contract-bench besides its packages: the connector `service/` and the node folder `node/`.

The wheel holds both in this package. In a checkout they are at its root.
"""

import shlex
import sys
from pathlib import Path

__all__ = ["NODE", "SERVICE", "bundled", "own_or_bundled", "service_command"]

NODE = "node"
SERVICE = "service"
HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]


def bundled(name: str) -> Path:
    """Return the folder of this name that comes with contract-bench."""
    inside = HERE / name
    return inside if inside.is_dir() else CHECKOUT / name


def own_or_bundled(folder: Path, name: str = NODE) -> Path:
    """Return a folder of the user; if it is the default and does not exist, the one that comes with contract-bench."""
    return bundled(name) if folder == Path(name) and not folder.exists() else folder


def service_command() -> str:
    """Return the command that starts the connector: the one in the current folder, or the one that comes with us."""
    module = SERVICE if (Path(SERVICE) / "__main__.py").is_file() else __name__
    return f"{shlex.quote(sys.executable)} -m {module}"
