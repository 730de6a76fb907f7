"""`python -m service`: read the settings, or say what is wrong with them, and serve."""

import os
import sys

from service.errors import SettingsError
from service.logs import configure_logging
from service.server import Server
from service.settings import Settings

__all__ = ["main"]


def main() -> int:
    """Serve until a signal ends it. Exit status 2 where the settings cannot be used."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    configure_logging(settings.log_format, settings.log_level)
    Server(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
